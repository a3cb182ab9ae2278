import { claimNameOf } from '../../claim-name.ts';
import type { Claim, Pod, VirtualMachine } from '../../types.ts';
import type { Caches } from '../../world.ts';
import { refuseBackendStorage } from '../backend-storage.ts';
import type { SnapshotSource } from './source.ts';

type Check = (caches: Caches, snapshot: string, source: SnapshotSource) => string | undefined;

const checks: readonly Check[] = [volumeIsNotReady, podsUseVolumes, anotherSnapshotIsInProgress];

/** Why a VM cannot be taken for a snapshot now, as the snapshot says it after "Source not locked". */
export function obstacleToLock(caches: Caches, snapshot: string, source: SnapshotSource): string | undefined {
  refuseBackendStorage(source.vm);
  for (const check of checks) {
    const obstacle = check(caches, snapshot, source);
    if (obstacle !== undefined) return ` ${obstacle}`;
  }
  return undefined;
}

function volumeIsNotReady(caches: Caches, _snapshot: string, { vm }: SnapshotSource): string | undefined {
  const { namespace, name } = vm.metadata;
  for (const claimName of claimNames(vm)) {
    const fault = faultOf(caches, caches.claims.get(namespace, claimName));
    if (fault !== undefined) return `source ${namespace}/${name} ${fault}: ${claimName}`;
  }
  return undefined;
}

function faultOf({ dataVolumes }: Caches, claim: Claim | undefined): string | undefined {
  if (claim === undefined) return 'volume doesnt exist';
  const { namespace, deletionTimestamp, ownerReferences = [] } = claim.metadata;
  if (deletionTimestamp !== undefined) return 'volume is being deleted';
  if (claim.status?.phase !== 'Bound') return 'volume not bound';
  const owner = ownerReferences.find(({ controller, kind }) => controller && kind === 'DataVolume');
  if (owner === undefined) return undefined;
  const dataVolume = dataVolumes.get(namespace, owner.name);
  if (dataVolume === undefined) throw new Error(`Data volume ${namespace}/${owner.name} doesnt exist`);
  return dataVolume.status?.phase === 'Succeeded' ? undefined : 'volume not populated';
}

/** A VM that has just stopped may still be written to by its launcher. */
function podsUseVolumes({ pods }: Caches, _snapshot: string, { vm, online }: SnapshotSource) {
  if (online) return undefined;
  const names = claimNames(vm);
  const users = pods.list(vm.metadata.namespace).filter((pod) => uses(pod, names)).length;
  return users === 0 ? undefined : `source is offline but ${users} pods using PVCs [${names.join(' ')}]`;
}

function uses({ spec, status }: Pod, names: readonly string[]): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  const volumes = (spec.volumes ?? []) as { persistentVolumeClaim?: { claimName: string } }[];
  return volumes.some(
    ({ persistentVolumeClaim }) =>
      persistentVolumeClaim !== undefined && names.includes(persistentVolumeClaim.claimName),
  );
}

function anotherSnapshotIsInProgress(_caches: Caches, snapshot: string, { vm }: SnapshotSource) {
  const other = vm.status?.snapshotInProgress;
  return other === undefined || other === snapshot ? undefined : `snapshot "${other}" in progress`;
}

function claimNames({ spec }: VirtualMachine): string[] {
  const names = (spec.template.spec.volumes ?? []).flatMap((volume) => claimNameOf(volume) ?? []);
  return [...new Set(names)].sort();
}
