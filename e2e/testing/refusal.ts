/** What bad input gets: a condition and an event that name the object and the remedy, and nothing half-made. */
import { expect, vi } from 'vitest';
import { type EventObject, eventKind } from '../../operator/cluster/index.ts';
import type { EnvironmentCloneObject } from '../../operator/schema/index.ts';
import type { Scene } from './scene.ts';

/** Expects the clone to stand still for this reason, in words that contain these. */
export async function expectRefusal(
  scene: Scene,
  clone: EnvironmentCloneObject,
  reason: string,
  ...words: readonly string[]
): Promise<void> {
  const message = await scene.blockedBy(reason, clone.metadata.name);
  for (const word of words) expect(message).toContain(word);
  const { status } = await scene.cloneIs('there', () => true, clone.metadata.name);
  expect(status?.phase).toBe('Blocked');
  const planned = status?.conditions?.find(({ type }) => type === 'Planned');
  expect(planned).toMatchObject({ status: 'False', reason });
  await expectWarning(scene, clone, reason, message);
  expect((await scene.madeBy(clone)).filter(isNotTheCapture)).toEqual([]);
}

/** A capture that is waiting, or made already, is what a mended clone goes on with. */
function isNotTheCapture(made: string): boolean {
  return !made.startsWith('EnvironmentSnapshot ');
}

async function expectWarning(
  scene: Scene,
  { metadata: { uid } }: EnvironmentCloneObject,
  reason: string,
  message: string,
): Promise<void> {
  await vi.waitFor(
    async () => {
      const { items } = await scene.client.list<EventObject>(eventKind, { namespace: scene.target });
      const own = items.filter(({ regarding }) => (regarding as { uid?: string }).uid === uid);
      expect(own).toContainEqual(
        expect.objectContaining({
          type: 'Warning',
          reason,
          note: expect.stringContaining(message.slice(0, 200)),
        }),
      );
    },
    { timeout: 10_000, interval: 100 },
  );
}
