/** Removes cluster-scoped contents whose clone is gone: no object of a namespace can own them, and a finalizer can be taken off by hand. */

import { keyFrom } from '../cluster/index.ts';
import { environmentClones, volumeSnapshotContents } from '../cluster/kinds.generated.ts';
import { annotations, labels } from '../names.ts';
import type { Step } from '../plan/steps.ts';
import { type Controller, type ControllerContext, carryOut } from './controller.ts';

/** A content is left alone this long: the cache may know it before it knows its clone. */
const graceMs = 60_000;

export function contentSweep(context: ControllerContext): Controller {
  const { world, client, now } = context;

  async function reconcile(name: string): Promise<number | undefined> {
    const content = world.contents.get(undefined, name);
    const uid = content?.metadata.labels?.[labels.clone];
    if (!content || !uid || content.metadata.deletionTimestamp) return undefined;
    const age = now() - Date.parse(content.metadata.creationTimestamp!);
    if (age < graceMs) return graceMs - age;
    const key = content.metadata.annotations?.[annotations.cloneName];
    const clone = key ? await client.get(environmentClones, keyFrom(key)) : undefined;
    if (clone?.metadata.uid === uid) return undefined;
    const step: Step = {
      step: 'delete',
      kind: volumeSnapshotContents,
      key: { name },
      uid: content.metadata.uid,
    };
    await carryOut(context, content, [step]);
    return undefined;
  }

  function watch(enqueue: (key: string) => void): void {
    world.contents.onChange(({ type, object }) => {
      if (type === 'added' && object.metadata.labels?.[labels.clone]) enqueue(object.metadata.name);
    });
    world.clones.onChange(({ type, object }) => {
      if (type !== 'deleted') return;
      for (const content of world.contents.byIndex('clone', object.metadata.uid!))
        enqueue(content.metadata.name);
    });
  }

  return { name: 'content-sweep', watch, reconcile };
}
