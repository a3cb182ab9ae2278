import { resourcePath, VolumeSnapshotContents, VolumeSnapshots } from '../../kube/kinds.ts';
import { hasFinalizer, isDeleting, keyOf, splitKey } from '../../kube/objects.ts';
import { snapshotAsSource, snapshotBound } from '../names.ts';
import type { VolumeSnapshot, VolumeSnapshotContent } from '../objects.ts';
import { addFinalizers } from '../patches.ts';
import { contentOf, isBoundTo } from './bound-content.ts';
import { releaseClaim } from './claim-protection.ts';
import { createContent } from './content-creation.ts';
import { type SnapshotController, updateError } from './controller.ts';
import { withClass } from './default-class.ts';
import { deleteSnapshot } from './deletion.ts';
import { isMember } from './members.ts';
import { reportError } from './report.ts';
import { updateStatus } from './status.ts';

/**
 * One pass over a VolumeSnapshot, in the order of the real one:
 *
 *     finalizer as-source → claim protected → content made → bound in status → finalizer bound
 *       → (content has a time and is ready) → time, size and readiness in one update → claim released
 */
export async function reconcileSnapshot(controller: SnapshotController, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const found = controller.caches.snapshots.get(namespace, name);
  if (found === undefined) return;
  const snapshot = await withClass(controller, found);
  await releaseClaim(controller, snapshot, false);
  if (isDeleting(snapshot)) return deleteSnapshot(controller, snapshot);
  const protectedSnapshot = await addProtection(controller, snapshot);
  if (snapshot.status?.readyToUse && snapshot.status.boundVolumeSnapshotContentName) {
    return checkBinding(controller, protectedSnapshot);
  }
  return makeReady(controller, protectedSnapshot);
}

async function addProtection(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<VolumeSnapshot> {
  const content = await contentOf(controller, snapshot);
  const missing = hasFinalizer(snapshot, snapshotAsSource) ? [] : [snapshotAsSource];
  const guardsContent = content?.spec.deletionPolicy === 'Delete';
  if (guardsContent && !hasFinalizer(snapshot, snapshotBound)) missing.push(snapshotBound);
  if (missing.length === 0) return snapshot;
  const { namespace, name } = snapshot.metadata;
  const path = resourcePath(VolumeSnapshots, namespace, name);
  try {
    const patched = await controller.client.jsonPatch<VolumeSnapshot>(path, addFinalizers(snapshot, missing));
    return controller.caches.snapshots.observe(patched);
  } catch (error) {
    throw updateError(keyOf(snapshot), (error as Error).message);
  }
}

async function makeReady(controller: SnapshotController, snapshot: VolumeSnapshot): Promise<void> {
  if (snapshot.spec.source.volumeSnapshotContentName !== undefined) {
    return bindPreProvisioned(controller, snapshot);
  }
  if (isMember(snapshot)) return followMember(controller, snapshot);
  const content = await contentOf(controller, snapshot);
  if (content === undefined)
    return updateStatus(controller, snapshot, await newContent(controller, snapshot));
  // The real one reads the snapshot here and again for the status: each request counts against its limit.
  const { namespace, name } = snapshot.metadata;
  const fresh = await controller.client.get<VolumeSnapshot>(resourcePath(VolumeSnapshots, namespace, name));
  await updateStatus(controller, fresh, content);
}

async function newContent(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<VolumeSnapshotContent> {
  try {
    return await createContent(controller, snapshot);
  } catch (error) {
    if (isBeingBound(controller, snapshot)) throw error;
    const message = `Failed to create snapshot content with error ${(error as Error).message}`;
    await reportError(controller, snapshot, {
      reason: 'SnapshotContentCreationFailed',
      message,
      unready: true,
    });
    throw error;
  }
}

const BOUND_WITHIN_MS = 2000;

/** The real one looks seconds apart, and does not see a claim in the moment between its creation and its binding. */
function isBeingBound({ caches }: SnapshotController, { metadata, spec }: VolumeSnapshot): boolean {
  const claim = caches.claims.get(metadata.namespace, spec.source.persistentVolumeClaimName ?? '');
  const storageClass = caches.classes.get(undefined, claim?.spec.storageClassName ?? '');
  if (claim?.status?.phase !== 'Pending' || storageClass?.volumeBindingMode !== 'Immediate') return false;
  return Date.now() - Date.parse(claim.metadata.creationTimestamp) < BOUND_WITHIN_MS;
}

/** A member is bound by its group; until it is, or while the content is not seen, it waits. */
async function followMember(controller: SnapshotController, snapshot: VolumeSnapshot): Promise<void> {
  const name = snapshot.status?.boundVolumeSnapshotContentName;
  if (name === undefined) {
    throw new Error(`detected group snapshot member ${keyOf(snapshot)} with no content, retrying`);
  }
  const content = controller.caches.contents.get(undefined, name);
  if (content === undefined) {
    throw new Error(`group snapshot member ${keyOf(snapshot)} requests an non-existing content ${name}`);
  }
  // The real one decides first on the content as it was when the two were bound.
  const isNew = snapshot.status?.readyToUse === undefined;
  await updateStatus(controller, snapshot, isNew ? withoutStatus(content) : content);
}

function withoutStatus({ status: _, ...content }: VolumeSnapshotContent): VolumeSnapshotContent {
  return content;
}

async function bindPreProvisioned(controller: SnapshotController, snapshot: VolumeSnapshot): Promise<void> {
  const content = await contentOf(controller, snapshot);
  if (content === undefined) {
    const message = 'VolumeSnapshotContent is missing';
    await reportError(controller, snapshot, { reason: 'SnapshotContentMissing', message, unready: true });
    const name = snapshot.spec.source.volumeSnapshotContentName;
    throw new Error(`snapshot ${keyOf(snapshot)} requests an non-existing content ${name}`);
  }
  await updateStatus(controller, snapshot, await bindContent(controller, snapshot, content));
}

async function bindContent(
  { client, caches }: SnapshotController,
  snapshot: VolumeSnapshot,
  content: VolumeSnapshotContent,
): Promise<VolumeSnapshotContent> {
  const { volumeSnapshotRef, volumeSnapshotClassName } = content.spec;
  if (volumeSnapshotRef.uid && volumeSnapshotClassName) return content;
  const className = snapshot.spec.volumeSnapshotClassName;
  const spec = {
    volumeSnapshotRef: { uid: snapshot.metadata.uid },
    ...(className === undefined ? {} : { volumeSnapshotClassName: className }),
  };
  const path = resourcePath(VolumeSnapshotContents, undefined, content.metadata.name);
  return caches.contents.observe(await client.mergePatch<VolumeSnapshotContent>(path, { spec }));
}

async function checkBinding(controller: SnapshotController, snapshot: VolumeSnapshot): Promise<void> {
  const name = snapshot.status!.boundVolumeSnapshotContentName!;
  const content = controller.caches.contents.get(undefined, name);
  if (content === undefined) {
    const message = 'VolumeSnapshotContent is missing';
    await reportError(controller, snapshot, { reason: 'SnapshotContentMissing', message, unready: true });
  } else if (!isBoundTo(content, snapshot)) {
    const message = 'VolumeSnapshotContent is not bound to the VolumeSnapshot correctly';
    await reportError(controller, snapshot, { reason: 'SnapshotMisbound', message, unready: true });
  }
}
