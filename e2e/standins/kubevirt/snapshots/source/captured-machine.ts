import type { KubeObject, ObjectMeta } from '../../../kube/objects.ts';
import type { VirtualMachineSpec } from '../../types.ts';
import { startRevisionOf } from '../../vm/revision.ts';
import type { World } from '../../world.ts';
import type { CapturedMachine } from '../types.ts';
import type { SnapshotSource } from './source.ts';

/** A VM as a snapshot keeps it: a running one as it was started, but with the volumes that it has now. */
export function capturedMachine(world: World, source: SnapshotSource): CapturedMachine {
  const spec = source.online ? startedSpec(world, source) : source.vm.spec;
  refuseInstancetypeRevisions(spec);
  return { metadata: withoutManagers(source.vm), spec, status: {} };
}

export function withoutManagers({ metadata }: KubeObject): ObjectMeta {
  return { ...metadata, managedFields: undefined } as ObjectMeta;
}

function startedSpec(world: World, { vm }: SnapshotSource): VirtualMachineSpec {
  const vmi = world.caches.vmis.get(vm.metadata.namespace, vm.metadata.name);
  if (vmi === undefined) throw new Error("can't get vm revision, vmi doesn't exist");
  const revision = startRevisionOf(world, vmi);
  if (revision === undefined)
    throw new Error(`vm revision ${vmi.status?.virtualMachineRevisionName} doesn't exist`);
  return withVolumesOf(vm.spec, revision.spec);
}

function withVolumesOf(now: VirtualMachineSpec, started: VirtualMachineSpec): VirtualMachineSpec {
  const { volumes, domain } = now.template.spec;
  const { spec } = started.template;
  const devices = { ...spec.domain.devices, disks: domain.devices.disks };
  return {
    ...started,
    dataVolumeTemplates: now.dataVolumeTemplates,
    template: { ...started.template, spec: { ...spec, volumes, domain: { ...spec.domain, devices } } },
  };
}

function refuseInstancetypeRevisions({ instancetype, preference }: VirtualMachineSpec): void {
  const revision = instancetype?.revisionName ?? preference?.revisionName;
  if (revision)
    throw new Error(`the revision ${revision} of an instance type is not modelled by the stand-in`);
}
