/**
 * Removes what a clone made outside its namespace once the clone is gone. Its finalizer does that; but a finalizer can
 * be taken off by hand, and no object of a namespace can own what is in another or in none.
 */
import { type Informer, type Kind, type KubeObject, keyFrom, keyOf } from '../cluster/index.ts';
import {
  environmentClones,
  environmentSnapshots,
  volumeSnapshotContents,
} from '../cluster/kinds.generated.ts';
import { annotations, isPin, labels, pinOf } from '../names.ts';
import type { Step } from '../plan/steps.ts';
import { type Controller, type ControllerContext, carryOut, StepsFailed } from './controller.ts';

/** An object is left alone this long: the cache may know it before it knows its clone. */
const graceMs = 60_000;

export function contentSweep(context: ControllerContext): Controller {
  return sweepOf('content-sweep', volumeSnapshotContents, context.world.contents, context);
}

export function captureSweep(context: ControllerContext): Controller {
  return sweepOf('capture-sweep', environmentSnapshots, context.world.snapshots, context);
}

function sweepOf<T extends KubeObject>(
  name: string,
  kind: Kind<T>,
  cache: Informer<T>,
  context: ControllerContext,
): Controller {
  const { world, client, now } = context;

  async function reconcile(key: string): Promise<number | undefined> {
    const { namespace, name: objectName } = keyFrom(key);
    const object = cache.get(namespace, objectName);
    if (!object) return undefined;
    const age = now() - Date.parse(object.metadata.creationTimestamp!);
    if (age < graceMs) return graceMs - age;
    const steps = [...(await deleteOrphan(object)), ...unpinOrphan(object)];
    const failures = await carryOut(context, object, steps);
    if (failures.length > 0) throw new StepsFailed(failures);
    return undefined;
  }

  async function deleteOrphan({ metadata }: T): Promise<readonly Step[]> {
    const {
      name: objectName,
      namespace,
      uid,
      labels: marks,
      annotations: notes,
      deletionTimestamp,
    } = metadata;
    const cloneUid = marks?.[labels.clone];
    if (!cloneUid || deletionTimestamp || isKnown(cloneUid)) return [];
    if (await cloneExists(cloneUid, notes?.[annotations.cloneName])) return [];
    return [{ step: 'delete', kind, key: { namespace, name: objectName }, uid }];
  }

  /** The cache is believed when it knows the clone, and the API server asked when it does not. */
  async function cloneExists(uid: string, cloneName: string | undefined): Promise<boolean> {
    if (!cloneName) return false;
    const cloneKey = keyFrom(cloneName);
    if (world.clones.get(cloneKey.namespace, cloneKey.name)?.metadata.uid === uid) return true;
    return (await client.get(environmentClones, cloneKey))?.metadata.uid === uid;
  }

  function isKnown(cloneUid: string): boolean {
    return [...world.clones.list()].some((clone) => clone.metadata.uid === cloneUid);
  }

  /** A pin is put by a clone that the cache knows, so one whose clone it does not know is a leftover. */
  function unpinOrphan(object: T): readonly Step[] {
    const pins = new Set([...world.clones.list()].map(({ metadata }) => pinOf(metadata.uid!)));
    return (object.metadata.finalizers ?? [])
      .filter((finalizer) => isPin(finalizer) && !pins.has(finalizer))
      .map((finalizer): Step => ({ step: 'removeFinalizer', kind, object, finalizer }));
  }

  function watch(enqueue: (key: string) => void): void {
    cache.onChange(({ type, object }) => {
      if (type !== 'deleted') enqueue(keyOf(object));
    });
    world.clones.onChange(({ type, object }) => {
      if (type !== 'deleted') return;
      const uid = object.metadata.uid!;
      for (const each of cache.list())
        if (each.metadata.labels?.[labels.clone] === uid || each.metadata.finalizers?.includes(pinOf(uid)))
          enqueue(keyOf(each));
    });
  }

  return { name, watch, reconcile };
}
