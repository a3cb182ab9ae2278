import { runController, source } from '../../kube/controller.ts';
import { joinKey, keyOf } from '../../kube/objects.ts';
import type { VolumeGroupSnapshotContent, VolumeSnapshotContent } from '../objects.ts';
import { reconcileContent } from './content.ts';
import type { SnapshotController } from './controller.ts';
import { reconcileGroup } from './group.ts';
import { reconcileGroupContent } from './group-content.ts';
import { reconcileSnapshot } from './snapshot.ts';

/** The real one has 10, and a limit on its requests that slows it more: what waits for that must not hold others up. */
const WORKERS = 100;

/** Runs the snapshot-controller's four loops until aborted. */
export async function runSnapshotController(
  controller: SnapshotController,
  backOff: { readonly first: number; readonly longest: number },
  signal: AbortSignal,
): Promise<void> {
  const { snapshots, contents, groups, groupContents } = controller.caches;
  const common = { concurrency: WORKERS, backOff, signal };
  await Promise.all([
    runController({
      ...common,
      name: 'snapshot-controller snapshots',
      sources: [source(snapshots), source(contents, snapshotOf)],
      reconcile: (key) => reconcileSnapshot(controller, key),
    }),
    runController({
      ...common,
      name: 'snapshot-controller contents',
      sources: [source(contents)],
      reconcile: (key) => reconcileContent(controller, key),
    }),
    runController({
      ...common,
      name: 'snapshot-controller groups',
      sources: [source(groups), source(groupContents, groupOf)],
      reconcile: (key) => reconcileGroup(controller, key),
    }),
    runController({
      ...common,
      name: 'snapshot-controller group contents',
      sources: [source(groupContents)],
      reconcile: (key) => reconcileGroupContent(controller, key),
    }),
  ]);
}

/** A content calls for its snapshot once it has something to tell. */
function snapshotOf(content: VolumeSnapshotContent): string[] {
  const { namespace, name } = content.spec.volumeSnapshotRef;
  return content.status === undefined ? [] : [joinKey(namespace, name!)];
}

function groupOf(content: VolumeGroupSnapshotContent): string[] {
  const { namespace, name } = content.spec.volumeGroupSnapshotRef;
  return content.status === undefined ? [] : [joinKey(namespace, name ?? keyOf(content))];
}
