import { resourcePath, VolumeSnapshots } from '../../kube/kinds.ts';
import { annotation } from '../../kube/objects.ts';
import { defaultSnapshotClass } from '../names.ts';
import type { SnapshotClass, VolumeSnapshot } from '../objects.ts';
import { sourceVolume } from './content-creation.ts';
import type { SnapshotController } from './controller.ts';
import { isMember } from './members.ts';
import { reportError } from './report.ts';

/** The snapshot with its class, or with the default one of its volume's driver; throws when there is none. */
export async function withClass(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<VolumeSnapshot> {
  const { volumeSnapshotClassName: name, source } = snapshot.spec;
  if (name !== undefined) return withNamedClass(controller, snapshot, name);
  if (source.volumeSnapshotContentName !== undefined || isMember(snapshot)) return snapshot;
  try {
    return await withDefaultClass(controller, snapshot);
  } catch (error) {
    const message = `Failed to set default snapshot class with error ${(error as Error).message}`;
    await reportError(controller, snapshot, {
      reason: 'SetDefaultSnapshotClassFailed',
      message,
      unready: false,
    });
    throw error;
  }
}

async function withNamedClass(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
  name: string,
): Promise<VolumeSnapshot> {
  if (controller.caches.snapshotClasses.get(undefined, name)) return snapshot;
  const notFound = `volumesnapshotclass.snapshot.storage.k8s.io "${name}" not found`;
  const message = `Failed to get snapshot class with error ${notFound}`;
  await reportError(controller, snapshot, { reason: 'GetSnapshotClassFailed', message, unready: false });
  // What is being deleted goes on without its class.
  if (snapshot.metadata.deletionTimestamp) return snapshot;
  throw new Error(notFound);
}

async function withDefaultClass(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<VolumeSnapshot> {
  const { client, caches } = controller;
  const volume = await sourceVolume(controller, snapshot);
  const value = onlyDefault(caches.snapshotClasses.list(), defaultSnapshotClass, volume.spec.csi!.driver);
  const { namespace, name } = snapshot.metadata;
  const path = resourcePath(VolumeSnapshots, namespace, name);
  const patch = [{ op: 'add', path: '/spec/volumeSnapshotClassName', value } as const];
  return caches.snapshots.observe(await client.jsonPatch<VolumeSnapshot>(path, patch));
}

/** The name of the one default class of a driver. */
export function onlyDefault(classes: readonly SnapshotClass[], mark: string, driver: string): string {
  const defaults = classes.filter((each) => annotation(each, mark) === 'true' && each.driver === driver);
  if (defaults.length === 1) return defaults[0]!.metadata.name;
  const kind = mark === defaultSnapshotClass ? 'snapshot' : 'group snapshot';
  if (defaults.length === 0) throw new Error(`cannot find default ${kind} class`);
  throw new Error(`${defaults.length} default snapshot classes were found`);
}
