import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect } from './client.ts';
import { startInformer } from './informer.ts';
import { keyOf } from './objects.ts';
import type { Change } from './store.ts';
import { FakeApi, hurriedClock, temporaryKubeconfig, type Widget, widgets } from './testing/index.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), name, size: fc.nat(99) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replace' as const), name, size: fc.nat(99) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('bookmark', 'end', 'reset', 'reset in a line', 'expire'),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ do: 'let it catch up' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const manners = fc.record({
  watchList: fc.constantFrom('served', 'refused', 'silent', 'cut short'),
  pageSize: fc.integer({ min: 1, max: 5 }),
});

async function perform(api: FakeApi, step: Step): Promise<void> {
  switch (step.do) {
    case 'put':
      api.put(step.name, step.size);
      return;
    case 'delete':
      return api.delete(step.name);
    case 'replace':
      api.delete(step.name);
      api.put(step.name, step.size);
      return;
    case 'bookmark':
      return api.bookmark();
    case 'end':
      return api.endWatches();
    case 'reset':
      return api.resetWatches();
    case 'reset in a line':
      return api.resetWatches('{"type":"MODIFIED","object":{"metada');
    case 'expire':
      return api.expire();
    case 'let it catch up':
      for (let tries = 0; tries < 20 && api.watching === 0; tries++) await sleep(1);
      await sleep(2);
  }
}

/** The state that somebody has who knows only what listeners are told; fails on changes that do not fit it. */
class Mirror {
  readonly objects = new Map<string, Widget>();

  apply({ type, object, old }: Change<Widget>): void {
    const held = this.objects.get(keyOf(object));
    expect(old).toEqual(held);
    if (type === 'added') expect(held).toBeUndefined();
    else expect(held?.metadata.uid).toBe(object.metadata.uid);
    if (type === 'deleted') this.objects.delete(keyOf(object));
    else this.objects.set(keyOf(object), object);
  }
}

test('whatever happens to objects and watches, cache and listeners end up with what the server holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
      manners,
      async (steps, manners) => {
        await using api = await FakeApi.start();
        await using kubeconfig = await temporaryKubeconfig(api.url);
        Object.assign(api.manners, manners);
        const stopping = new AbortController();
        const clock = hurriedClock(500);
        await using client = connect({
          kubeconfig: kubeconfig.path,
          fieldManager: 'test',
          userAgent: 'test',
          signal: stopping.signal,
          clock,
        });
        const problems: unknown[] = [];
        const informer = startInformer(client, widgets, {
          signal: stopping.signal,
          clock,
          initialEventsMs: 5_000,
          onError: (error) => problems.push(error),
        });
        const mirror = new Mirror();
        const misfits: unknown[] = [];
        informer.onChange((change) => {
          try {
            mirror.apply(change);
          } catch (error) {
            misfits.push(error);
          }
        });
        for (const step of steps) await perform(api, step);
        const last = api.put('last', 0);
        await expect
          .poll(() => informer.get('here', 'last')?.metadata.resourceVersion, {
            timeout: 20_000,
            interval: 2,
          })
          .toBe(last.metadata.resourceVersion);
        stopping.abort();
        expect(misfits).toEqual([]);
        expect(sorted(informer.list())).toEqual(sorted(api.objects()));
        expect(sorted(mirror.objects.values())).toEqual(sorted(api.objects()));
      },
    ),
    { numRuns: 60, endOnFailure: false },
  );
}, 120_000);

function sorted(objects: Iterable<Widget>): Widget[] {
  return [...objects].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}
