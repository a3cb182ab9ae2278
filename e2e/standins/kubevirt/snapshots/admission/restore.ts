import { unlessNotFound } from '../../../kube/error.ts';
import {
  resourcePath,
  VirtualMachineSnapshotContents,
  VirtualMachineSnapshots,
  VirtualMachines,
} from '../../../kube/kinds.ts';
import type { AdmissionRequest } from '../../admission/admit.ts';
import { type Cause, invalid, required } from '../../admission/cause.ts';
import { sameJson } from '../../patch.ts';
import type { VirtualMachine } from '../../types.ts';
import type { World } from '../../world.ts';
import { needsBackendStorage } from '../backend-storage.ts';
import type {
  VirtualMachineRestore,
  VirtualMachineSnapshot,
  VirtualMachineSnapshotContent,
} from '../types.ts';
import { machineCauses, specIsChanged } from './snapshot.ts';

/** Why a VirtualMachineRestore may not be made or changed so. Throws what virt-api answers as a bad request. */
export async function validateRestore(
  world: World,
  { object, oldObject }: AdmissionRequest<VirtualMachineRestore>,
): Promise<Cause[]> {
  if (oldObject !== null) return specIsChanged(object, oldObject);
  const reference = machineCauses(object.spec.target, 'spec.target');
  const causes =
    reference.length > 0 ? reference : [...(await targetCauses(world, object)), ...volumeCauses(object)];
  return [...causes, ...restoresInProgress(world, object)];
}

/** A snapshot that is not there yet is no reason to refuse a restore; nothing else is looked at then. */
async function targetCauses({ api }: World, { metadata, spec }: VirtualMachineRestore): Promise<Cause[]> {
  const { namespace } = metadata;
  const fetch = <T>(path: string) => unlessNotFound(api.client.get<T>(path));
  const name = spec.virtualMachineSnapshotName;
  const snapshot = await fetch<VirtualMachineSnapshot>(
    resourcePath(VirtualMachineSnapshots, namespace, name),
  );
  if (snapshot === undefined) return [];
  const causes = (spec.patches ?? []).flatMap(patchCauses);
  const target = await fetch<VirtualMachine>(resourcePath(VirtualMachines, namespace, spec.target.name));
  const { sourceUID, virtualMachineSnapshotContentName: contentName } = snapshot.status ?? {};
  if (target !== undefined && (sourceUID === undefined || target.metadata.uid === sourceUID)) return causes;
  if (contentName === undefined) throw new Error('snapshot content name is nil in vmSnapshot status');
  const path = resourcePath(VirtualMachineSnapshotContents, namespace, contentName);
  const content = await api.client.get<VirtualMachineSnapshotContent>(path);
  return needsBackendStorage(content.spec.source.virtualMachine.spec) ? [...causes, backendStorage] : causes;
}

const backendStorage = invalid(
  'spec',
  'Restore to a different VM is not supported when snapshotted VM has backend storage (persistent TPM or EFI)',
);

/** A patch is taken apart at every comma and colon, so that no value may have one. */
function patchCauses(patch: string): Cause[] {
  return patch
    .replace(/^[{}]+|[{}]+$/g, '')
    .split(',')
    .flatMap((pair) => {
      const [key, value, ...more] = pair.split(':');
      if (value === undefined || more.length > 0) {
        const message = `patch format is not valid - one ":" expected in a single key-value json patch: ${pair}`;
        return [invalid('spec.patches', message)];
      }
      return key!.trim() === '"path"' ? pathCauses(value.trim(), pair) : [];
    });
}

const OPEN = ['"/metadata/labels/', '"/metadata/annotations/', '"/spec/'];

function pathCauses(path: string, pair: string): Cause[] {
  if (OPEN.some((prefix) => path.startsWith(prefix))) return [];
  return [invalid('spec.patches', `patching is valid only for elements under /spec/ only: ${pair}`)];
}

function volumeCauses({ spec }: VirtualMachineRestore): Cause[] {
  const { volumeRestoreOverrides = [], volumeRestorePolicy: policy, volumeOwnershipPolicy: ownership } = spec;
  const at = (index: number) => `spec.volumeRestoreOverrides[${index}]`;
  return [
    ...volumeRestoreOverrides.flatMap(({ volumeName, restoreName, labels, annotations }, index) => [
      ...(volumeName ? [] : [required(`${at(index)}.volumeName`, 'must provide a volume name')]),
      ...(((restoreName || labels) ?? annotations)
        ? []
        : [required(at(index), 'must provide at least one overriden field')]),
    ]),
    ...policyCauses(policy),
    ...(ownership === undefined || ['Vm', 'None'].includes(ownership)
      ? []
      : [invalid('spec.volumeOwnershipPolicy', `volume ownership policy "${ownership}" doesn't exist`)]),
  ];
}

function policyCauses(policy: string | undefined): Cause[] {
  const field = 'spec.volumeRestorePolicy';
  if (policy === 'InPlace')
    return [invalid(field, 'volumeRestorePolicy InPlace is not modelled by the stand-in')];
  if (policy === undefined || ['RandomizeNames', 'PrefixTargetName'].includes(policy)) return [];
  return [invalid(field, `volume restore policy "${policy}" doesn't exist`)];
}

function restoresInProgress({ caches }: World, { metadata, spec }: VirtualMachineRestore): Cause[] {
  return caches.vmRestores
    .list(metadata.namespace)
    .filter((other) => sameJson(other.spec.target, spec.target) && other.status?.complete !== true)
    .map((other) => invalid('spec.target', `VirtualMachineRestore "${other.metadata.name}" in progress`));
}
