/**
 * external-provisioner puts a finalizer on a snapshot that it makes a volume from, and takes it off when that has
 * succeeded. Where the claim is deleted first, it may leave it for ever (kubernetes-csi/external-provisioner#1507), and
 * the snapshot, its namespace and our clone with it. So it is taken off our own snapshots as soon as no claim is left
 * that the snapshot could still fill.
 */
import {
  type PersistentVolumeClaim,
  type VolumeSnapshot,
  volumeSnapshots,
} from '../../cluster/kinds.generated.ts';
import type { Step } from '../steps.ts';
import { isBound } from './filled.ts';

export const provisionerProtection = 'provisioner.storage.kubernetes.io/volumesnapshot-as-source-protection';

/** The step that lets a snapshot of ours go; none while it is not being deleted, or while a claim waits for it. */
export function releaseSnapshot(
  snapshot: VolumeSnapshot,
  claims: Iterable<PersistentVolumeClaim>,
): readonly Step[] {
  const { deletionTimestamp, finalizers } = snapshot.metadata;
  if (!deletionTimestamp || !finalizers?.includes(provisionerProtection)) return [];
  for (const claim of claims) if (waitsFor(claim, snapshot.metadata.name)) return [];
  return [
    { step: 'removeFinalizer', kind: volumeSnapshots, object: snapshot, finalizer: provisionerProtection },
  ];
}

function waitsFor(claim: PersistentVolumeClaim, snapshot: string): boolean {
  const source = claim.spec?.dataSourceRef;
  return !isBound(claim) && source?.kind === 'VolumeSnapshot' && source.name === snapshot;
}
