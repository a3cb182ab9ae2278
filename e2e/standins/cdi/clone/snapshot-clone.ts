import type { ClaimSpec, VolumeSnapshot } from '../../storage/objects.ts';
import type { Clone, Phase, PhaseResult } from './plan.ts';
import {
  createTemporary,
  type Role,
  specLike,
  temporaryClaim,
  whenBoundOrWaiting,
} from './temporary-claim.ts';

/** A claim beside the snapshot is made from it, of exactly its size: to become the target's, or to be copied. */
export function snapshotClone(clone: Clone, snapshotName: string, role: Role = 'tmp-pvc'): Phase {
  return { name: 'SnapshotClone', step: () => step(clone, snapshotName, role) };
}

async function step(clone: Clone, snapshotName: string, role: Role): Promise<PhaseResult> {
  const existing = temporaryClaim(clone, role);
  if (existing) return whenBoundOrWaiting(clone, existing);
  const snapshot = clone.cdi.caches.snapshots.get(clone.namespace, snapshotName);
  if (snapshot === undefined) throw new Error('source snapshot does not exist');
  if (!snapshot.status?.readyToUse) return 'wait';
  const dataSourceRef = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: snapshotName };
  const change = { dataSourceRef, size: snapshot.status.restoreSize };
  const spec = specLike(clone, role === 'tmp-pvc' ? change : { ...change, ...asTaken(clone, snapshot) });
  return whenBoundOrWaiting(clone, await createTemporary(clone, spec, role));
}

/** What is copied has the snapshot's own volume mode, and the first class of its driver by name. */
function asTaken({ cdi }: Clone, { status }: VolumeSnapshot): Partial<ClaimSpec> {
  const content = cdi.caches.contents.get(undefined, status?.boundVolumeSnapshotContentName ?? '');
  const classes = cdi.caches.classes.list().filter(({ provisioner }) => provisioner === content?.spec.driver);
  const [storageClassName] = classes.map(({ metadata }) => metadata.name).sort();
  if (storageClassName === undefined) {
    throw new Error('unable to find a valid storage class for the temporal source claim');
  }
  return { storageClassName, accessModes: ['ReadWriteOnce'], volumeMode: content?.spec.sourceVolumeMode };
}
