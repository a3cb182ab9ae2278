import type { VolumeSnapshot, VolumeSnapshotContent } from '../objects.ts';
import type { SnapshotController } from './controller.ts';
import { reportError } from './report.ts';

/** The content that belongs to a snapshot, or `undefined` while there is none; throws on one that does not fit. */
export async function contentOf(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<VolumeSnapshotContent | undefined> {
  const name = snapshot.spec.source.volumeSnapshotContentName ?? dynamicContentName(snapshot);
  const content = controller.caches.contents.get(undefined, name);
  if (content === undefined) return undefined;
  const mismatch = mismatchOf(snapshot, content);
  if (mismatch === undefined) return content;
  await reportError(controller, snapshot, { ...mismatch, unready: true });
  throw new Error(mismatch.message);
}

export function dynamicContentName(snapshot: VolumeSnapshot): string {
  return `snapcontent-${snapshot.metadata.uid}`;
}

/** Whether content and snapshot name each other. */
export function isBoundTo(content: VolumeSnapshotContent, snapshot: VolumeSnapshot): boolean {
  const { name, namespace, uid } = content.spec.volumeSnapshotRef;
  const { metadata } = snapshot;
  return name === metadata.name && namespace === metadata.namespace && uid === metadata.uid;
}

function mismatchOf(
  snapshot: VolumeSnapshot,
  content: VolumeSnapshotContent,
): { reason: string; message: string } | undefined {
  const preProvisioned = snapshot.spec.source.volumeSnapshotContentName !== undefined;
  const { name } = content.metadata;
  if (preProvisioned && content.spec.source.snapshotHandle === undefined) {
    const message = 'VolumeSnapshotContent is dynamically provisioned while expecting a pre-provisioned one';
    return { reason: 'SnapshotContentMismatch', message };
  }
  if (!preProvisioned && content.spec.source.volumeHandle === undefined) {
    const message = `VolumeSnapshotContent ${name} is pre-provisioned while expecting a dynamically provisioned one`;
    return { reason: 'SnapshotContentMismatch', message };
  }
  const awaits = preProvisioned && !content.spec.volumeSnapshotRef.uid;
  const ref = { ...content.spec.volumeSnapshotRef, ...(awaits ? { uid: snapshot.metadata.uid } : {}) };
  if (isBoundTo({ ...content, spec: { ...content.spec, volumeSnapshotRef: ref } }, snapshot))
    return undefined;
  const message = `VolumeSnapshotContent [${name}] is bound to a different snapshot`;
  return { reason: 'SnapshotContentMisbound', message };
}
