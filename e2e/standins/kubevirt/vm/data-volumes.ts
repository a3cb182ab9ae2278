import { KubeError } from '../../kube/error.ts';
import { DataVolumes, resourcePath } from '../../kube/kinds.ts';
import { ownerReference } from '../../kube/objects.ts';
import type { DataVolume, DataVolumeTemplate, VirtualMachine } from '../types.ts';
import { isReadyForLauncher } from '../volumes.ts';
import type { World } from '../world.ts';
import { cloneIsForbidden } from './clone-rights.ts';
import { type Failure, failedCreate } from './status.ts';

const PREFIX = 'Error encountered while creating DataVolumes: ';

/** Makes the DataVolumes of a VM's templates that are not there, and takes those that are nobody's. */
export async function makeDataVolumes(world: World, vm: VirtualMachine): Promise<Failure | undefined> {
  const { client, events } = world.controller;
  await adoptDataVolumes(world, vm);
  for (const template of missingDataVolumes(world, vm)) {
    const { name } = template.metadata;
    const forbidden = await cloneIsForbidden(world, vm, template);
    if (forbidden !== undefined) {
      const message = `Not authorized to create DataVolume ${name}: ${forbidden}`;
      events.recordEvent(vm, 'Warning', 'UnauthorizedDataVolumeCreate', message);
      return failedCreate(`${PREFIX}not authorized to create DataVolume: ${forbidden}`);
    }
    try {
      const path = resourcePath(DataVolumes, vm.metadata.namespace);
      world.caches.dataVolumes.observe(await client.create<DataVolume>(path, dataVolumeOf(vm, template)));
      events.recordEvent(vm, 'Normal', 'SuccessfulDataVolumeCreate', `Created DataVolume ${name}`);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      events.recordEvent(
        vm,
        'Warning',
        'FailedDataVolumeCreate',
        `Error creating DataVolume ${name}: ${error.message}`,
      );
      return failedCreate(PREFIX + error.message);
    }
  }
  return undefined;
}

export function dataVolumesAreReady({ caches }: World, vm: VirtualMachine): boolean {
  return (vm.spec.dataVolumeTemplates ?? []).every(({ metadata }) => {
    const dataVolume = caches.dataVolumes.get(vm.metadata.namespace, metadata.name);
    return dataVolume !== undefined && isReadyForLauncher(dataVolume);
  });
}

async function adoptDataVolumes({ caches, controller }: World, vm: VirtualMachine): Promise<void> {
  const { namespace } = vm.metadata;
  for (const { metadata } of vm.spec.dataVolumeTemplates ?? []) {
    const found = caches.dataVolumes.get(namespace, metadata.name);
    if (found === undefined || found.metadata.ownerReferences?.length) continue;
    const ownerReferences = [ownerReference(vm, { controller: true, blockOwnerDeletion: true })];
    const path = resourcePath(DataVolumes, namespace, metadata.name);
    const adopted = controller.client.mergePatch<DataVolume>(path, { metadata: { ownerReferences } });
    caches.dataVolumes.observe(await adopted);
  }
}

function missingDataVolumes({ caches }: World, vm: VirtualMachine): DataVolumeTemplate[] {
  return (vm.spec.dataVolumeTemplates ?? []).filter(
    ({ metadata }) => caches.dataVolumes.get(vm.metadata.namespace, metadata.name) === undefined,
  );
}

function dataVolumeOf(vm: VirtualMachine, { metadata, spec }: DataVolumeTemplate) {
  return {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'DataVolume',
    metadata: {
      ...metadata,
      namespace: vm.metadata.namespace,
      labels: { ...metadata.labels, 'kubevirt.io/created-by': vm.metadata.uid },
      annotations: { ...metadata.annotations, 'cdi.kubevirt.io/allowClaimAdoption': 'true' },
      ownerReferences: [ownerReference(vm, { controller: true, blockOwnerDeletion: true })],
    },
    spec,
  };
}
