import { describe, expect, it } from 'vitest';
import { type ControllerRevision, controllerRevisions } from '../cluster/kinds.generated.ts';
import { encodeAttempt, encodeVerdict } from '../plan/capture/revisions.ts';
import { accepted, anAttempt, aSnapshot, MemoryClient } from '../testing/index.ts';
import { AttemptCache } from './environment-snapshot.ts';

const snapshot = aSnapshot();
const { machines, table } = encodeAttempt(snapshot, anAttempt());
const verdict = encodeVerdict(snapshot, 1, accepted);

/** A cache before an API server that counts how often it is asked. */
function aCache(...there: readonly ControllerRevision[]) {
  const client = new MemoryClient();
  for (const each of there) client.put(controllerRevisions, each);
  return { client, cache: new AttemptCache(client.asClient()) };
}

describe('the attempts of a capture', () => {
  it('are read once from the API server', async () => {
    const { client, cache } = aCache(...machines, table, verdict);
    expect(await cache.of(snapshot)).toMatchObject([{ attempt: 1, verdict: accepted }]);
    await cache.of(snapshot);
    expect(client.lists).toBe(1);
  });

  it('include what we wrote ourselves, without another look', async () => {
    const { client, cache } = aCache();
    expect(await cache.of(snapshot)).toEqual([]);
    for (const each of [...machines, table]) await cache.add(each);
    expect(await cache.of(snapshot)).toMatchObject([{ attempt: 1 }]);
    await cache.add(verdict);
    await cache.add(verdict);
    expect(await cache.of(snapshot)).toMatchObject([{ verdict: accepted }]);
    expect(client.lists).toBe(1);
  });

  it('are read again when a write may or may not have been made', async () => {
    const { client, cache } = aCache();
    await cache.of(snapshot);
    for (const each of [...machines, table]) client.put(controllerRevisions, each);
    cache.forget(snapshot.metadata.uid!);
    expect(await cache.of(snapshot)).toHaveLength(1);
  });

  it('of another capture are not mixed in', async () => {
    const { cache } = aCache(...machines, table);
    expect(await cache.of(aSnapshot({ metadata: { name: 'nightly', uid: 'recreated' } }))).toEqual([]);
  });

  it('that cannot be read are said to be so, and are read again the next time', async () => {
    const { client, cache } = aCache(table);
    expect(await cache.read(snapshot)).toMatchObject({
      known: [],
      unreadable: expect.stringContaining('is gone'),
    });
    for (const each of machines) client.put(controllerRevisions, each);
    expect(await cache.read(snapshot)).toMatchObject({ known: [{ attempt: 1 }] });
  });
});
