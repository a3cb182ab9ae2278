import { expect, test } from 'vitest';
import { type Informer, type InformerOptions, startInformer } from './informer.ts';
import type { Change } from './store.ts';
import { hurriedClock } from './testing/clocks.ts';
import { connectedTo } from './testing/connected.ts';
import { eventually } from './testing/eventually.ts';
import { FakeApi, type Widget, widgets } from './testing/fake-api.ts';

const clock = hurriedClock(100);

/** An informer of a fake API, and what it told. */
async function informed(
  prepare: (api: FakeApi) => void = () => {},
  options: Partial<InformerOptions<Widget>> = {},
) {
  const api = await FakeApi.start();
  prepare(api);
  const connected = await connectedTo(api.url, { clock });
  const errors: unknown[] = [];
  const informer = startInformer(connected.client, widgets, {
    signal: connected.signal,
    clock,
    onError: (error) => errors.push(error),
    ...options,
  });
  const changes: Change<Widget>[] = [];
  informer.onChange((change) => changes.push(change));
  return {
    api,
    informer,
    changes,
    errors,
    connected,
    told: () => changes.map(({ type, object }) => `${type} ${object.metadata.name}`),
    async [Symbol.asyncDispose]() {
      await connected[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

function sizeOf(informer: Informer<Widget>, name: string): number | undefined {
  return informer.get('here', name)?.spec.size;
}

function watchVersions(api: FakeApi): (string | null)[] {
  return api.requests
    .filter(({ query }) => query.has('watch'))
    .map(({ query }) => query.get('resourceVersion'));
}

const withTwo = (api: FakeApi) => {
  api.put('a', 1);
  api.put('b', 2);
};

test('it is synced when everything there was has been read, by one watch', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  expect([...test.informer.list()].map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  expect(test.api.requests.length).toBe(1);
  test.api.put('a', 5);
  await eventually(() => sizeOf(test.informer, 'a')).toBe(5);
  expect(test.told()).toEqual(['added a', 'added b', 'modified a']);
});

test('a server that refuses to begin a watch with everything is listed', async () => {
  await using test = await informed((api) => {
    withTwo(api);
    api.manners.watchList = 'refused';
  });
  await test.informer.synced;
  test.api.delete('a');
  await eventually(() => test.told()).toEqual(['added a', 'added b', 'deleted a']);
});

test('a server that never says that the beginning is complete is listed', async () => {
  await using test = await informed(
    (api) => {
      withTwo(api);
      api.manners.watchList = 'silent';
    },
    { initialEventsMs: 2_000 },
  );
  await test.informer.synced;
  expect(test.told()).toEqual(['added a', 'added b']);
});

test('a server that ends the watch before the beginning is complete is listed', async () => {
  await using test = await informed((api) => {
    withTwo(api);
    api.manners.watchList = 'cut short';
  });
  await test.informer.synced;
  expect(test.told()).toEqual(['added a', 'added b']);
});

test('whatever ends a watch, the next goes on from the last version seen', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  const ends = [
    () => test.api.endWatches(),
    () => test.api.resetWatches(),
    () => test.api.resetWatches('{"type":'),
  ];
  for (const [index, end] of ends.entries()) {
    const { metadata } = test.api.put('a', 10 + index);
    await eventually(() => sizeOf(test.informer, 'a')).toBe(10 + index);
    end();
    await eventually(() => test.api.watching).toBe(1);
    expect(watchVersions(test.api).at(-1)).toBe(metadata.resourceVersion);
  }
});

test('a bookmark moves the version on although nothing changed', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  const { metadata } = test.api.put('a', 9);
  await eventually(() => sizeOf(test.informer, 'a')).toBe(9);
  test.api.bookmark();
  test.api.endWatches();
  await eventually(() => test.api.watching).toBe(1);
  expect(watchVersions(test.api).at(-1)).toBe(metadata.resourceVersion);
});

test('after the server forgot the version everything is read again, and what is gone is reported', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  test.api.endWatches();
  test.api.delete('a');
  test.api.put('b', 3);
  test.api.expire();
  await eventually(() => test.told().slice(2)).toEqual(['deleted a', 'modified b']);
  expect(test.errors).toEqual([]);
});

test('an object that was replaced between two readings is a deletion and an addition', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  test.api.endWatches();
  test.api.delete('a');
  test.api.put('a', 1);
  test.api.expire();
  await eventually(() => test.told().slice(2)).toEqual(['deleted a', 'added a']);
});

test('a kind that may be missing is empty, counts as synced, and is found when it comes', async () => {
  await using test = await informed(
    (api) => {
      api.manners.served = false;
    },
    { optional: true },
  );
  await test.informer.synced;
  expect([test.informer.served, [...test.informer.list()]]).toEqual([false, []]);
  test.api.manners.served = true;
  test.api.put('a', 1);
  await eventually(() => test.told()).toEqual(['added a']);
  expect(test.informer.served).toBe(true);
});

test('a kind that goes away takes its objects with it', async () => {
  await using test = await informed(withTwo, { optional: true });
  await test.informer.synced;
  test.api.manners.served = false;
  test.api.endWatches();
  await eventually(() => test.told().slice(2)).toEqual(['deleted a', 'deleted b']);
  expect(test.informer.served).toBe(false);
  test.api.manners.served = true;
  await eventually(() => test.told().slice(4)).toEqual(['added a', 'added b']);
});

test('a 404 that the server itself does not confirm takes nothing away', async () => {
  await using test = await informed(withTwo, { optional: true });
  await test.informer.synced;
  test.api.manners.served = 'unrouted';
  test.api.endWatches();
  await eventually(() => test.errors.length).toBeGreaterThan(2);
  expect([test.informer.served, test.told()]).toEqual([true, ['added a', 'added b']]);
  test.api.manners.served = true;
  test.api.put('c', 3);
  await eventually(() => test.told().slice(2)).toEqual(['added c']);
});

test('a kind that must be there is waited for, and its absence is reported', async () => {
  await using test = await informed((api) => {
    api.manners.served = false;
  });
  await eventually(() => String(test.errors[0])).toContain('does not serve widgets.test.envclone.io');
  test.api.manners.served = true;
  await test.informer.synced;
});

test('a listener that throws is reported and hinders neither the others nor the informer', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  const problem = new Error('a bug');
  test.informer.onChange(() => {
    throw problem;
  });
  const later: string[] = [];
  test.informer.onChange(({ object }) => later.push(object.metadata.name));
  test.api.put('c', 1);
  await eventually(() => later).toEqual(['a', 'b', 'c']);
  expect(test.errors).toEqual([problem, problem, problem]);
});

test('stop means stop: no change is told and no request is made after it', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  test.connected.stop();
  test.informer.observe(test.api.put('c', 1));
  test.api.resetWatches();
  const before = test.api.requests.length;
  await clock.sleep(20_000);
  expect(test.told()).toEqual(['added a', 'added b']);
  expect(test.api.requests.length).toBe(before);
  expect(test.errors).toEqual([]);
});

test('stopped before it was synced, it says so', async () => {
  await using test = await informed((api) => {
    api.manners.watchList = 'silent';
  });
  test.connected.stop();
  await expect(test.informer.synced).rejects.toMatchObject({ name: 'AbortError' });
});

test('an answer to our own write is seen at once, and told once', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  const written = test.api.put('a', 7);
  test.informer.observe(written);
  expect(sizeOf(test.informer, 'a')).toBe(7);
  test.api.put('last', 0);
  await eventually(() => test.told().slice(2)).toEqual(['modified a', 'added last']);
});

test('an answer that comes after the watch has passed it changes nothing', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  const written = test.api.put('a', 7);
  test.api.delete('a');
  await eventually(() => sizeOf(test.informer, 'a')).toBeUndefined();
  test.informer.observe(written);
  expect(sizeOf(test.informer, 'a')).toBeUndefined();
});

test('an answer about an object that is not selected is not kept', async () => {
  await using test = await informed(withTwo, { labelSelector: 'app=web', namespace: 'here' });
  await test.informer.synced;
  const other = { ...test.api.put('c', 1) };
  const elsewhere = { ...other, metadata: { ...other.metadata, namespace: 'there', labels: { app: 'web' } } };
  const before = [...test.informer.list()].length;
  test.informer.observe({ ...other, metadata: { ...other.metadata, name: 'unlabelled' } });
  test.informer.observe(elsewhere);
  expect([...test.informer.list()].length - before).toBe(0);
});

test('an object that was forgotten does not come back by events from before its deletion', async () => {
  await using test = await informed(withTwo);
  await test.informer.synced;
  const { metadata } = test.informer.get('here', 'a')!;
  test.api.put('a', 3);
  test.api.delete('a');
  test.informer.forget('here', 'a', 'another uid');
  expect(sizeOf(test.informer, 'a')).toBe(1);
  test.informer.forget('here', 'a', metadata.uid);
  expect(sizeOf(test.informer, 'a')).toBeUndefined();
  test.api.put('a', 4);
  await eventually(() => test.told().slice(2)).toEqual(['deleted a', 'added a']);
});

test('managed fields are dropped, and what is kept can be trimmed further', async () => {
  await using test = await informed(withTwo, {
    transform: (object) => ({ ...object, spec: { size: object.spec.size * 100 } }),
    indexes: { size: ({ spec }) => [String(spec.size)] },
  });
  await test.informer.synced;
  const managed = {
    ...test.api.put('a', 7),
    metadata: { ...test.api.put('a', 8).metadata, managedFields: [{}] },
  };
  test.informer.observe(managed);
  expect(test.informer.get('here', 'a')?.metadata).not.toHaveProperty('managedFields');
  expect(test.informer.byIndex('size', '200').map(({ metadata }) => metadata.name)).toEqual(['b']);
});
