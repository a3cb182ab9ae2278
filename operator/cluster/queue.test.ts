import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WorkQueue } from './queue.ts';
import { FakeClock, settled } from './testing/clocks.ts';

/** A queue whose handler is told by the test when to end. */
function startedQueue(workers = 2) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ name: 'test', clock, baseDelayMs: 100, maxDelayMs: 1_000, random: () => 1 });
  const stopping = new AbortController();
  const handled: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const drained = queue.run(
    workers,
    (key) => {
      handled.push(key);
      const end = Promise.withResolvers<void>();
      ends.set(key, end);
      return end.promise;
    },
    stopping.signal,
  );
  const finish = async (key: string) => {
    ends.get(key)?.resolve();
    await settled();
  };
  const fail = async (key: string, error = new Error('no')) => {
    ends.get(key)?.reject(error);
    await settled();
  };
  return { clock, queue, stop: () => stopping.abort(), handled, drained, finish, fail };
}

test('a key added many times before it is handled is handled once', async () => {
  const { queue, handled } = startedQueue(1);
  queue.add('busy');
  await settled();
  for (let times = 0; times < 5; times++) queue.add('a');
  expect(queue.depth).toBe(1);
  expect(handled).toEqual(['busy']);
});

test('a key added while it is handled is handled once more, and not before', async () => {
  const { queue, handled, finish } = startedQueue();
  queue.add('a');
  await settled();
  queue.add('a');
  queue.add('a');
  await settled();
  expect(handled).toEqual(['a']);
  await finish('a');
  expect(handled).toEqual(['a', 'a']);
  await finish('a');
  expect(handled).toEqual(['a', 'a']);
});

test('keys are taken in the order in which they became due, by as many workers as there are', async () => {
  const { queue, handled, finish } = startedQueue(2);
  for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
  await settled();
  expect(handled).toEqual(['a', 'b']);
  expect(queue.active).toBe(2);
  await finish('b');
  expect(handled).toEqual(['a', 'b', 'c']);
});

test('a failed key comes back after delays that double up to the longest, and start again after a success', async () => {
  const { clock, queue, handled, finish, fail } = startedQueue();
  queue.add('a');
  await settled();
  for (const delay of [100, 200, 400, 800, 1_000, 1_000]) {
    const before = handled.length;
    await fail('a');
    await clock.advance(delay - 1);
    expect(handled.length).toBe(before);
    await clock.advance(1);
    expect(handled.length).toBe(before + 1);
  }
  await finish('a');
  queue.add('a');
  await settled();
  await fail('a');
  expect(clock.pending).toEqual([clock.now() + 100]);
});

test('a failure that says when to come back is not tried before', async () => {
  const { clock, queue, handled, fail } = startedQueue();
  queue.add('a');
  await settled();
  await fail('a', Object.assign(new Error('slow down'), { retryAfterSeconds: 7 }));
  await clock.advance(6_999);
  expect(handled.length).toBe(1);
  await clock.advance(1);
  expect(handled.length).toBe(2);
});

test('a failing key does not hold up the others', async () => {
  const { queue, handled, fail } = startedQueue(1);
  queue.add('a');
  queue.add('b');
  await settled();
  await fail('a');
  expect(handled).toEqual(['a', 'b']);
});

test('of several delays for a key the earliest counts', async () => {
  const { clock, queue, handled } = startedQueue();
  queue.addAfter('a', 500);
  queue.addAfter('a', 50);
  queue.addAfter('a', 900);
  await clock.advance(50);
  expect(handled).toEqual(['a']);
  expect(clock.pending).toEqual([]);
});

test('after the abort no key is begun, and run ends when what was being handled is done', async () => {
  const { clock, queue, stop, handled, drained, finish } = startedQueue(1);
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 10);
  await settled();
  stop();
  let ended = false;
  void drained.then(() => {
    ended = true;
  });
  await settled();
  expect(ended).toBe(false);
  await finish('a');
  expect(ended).toBe(true);
  expect(handled).toEqual(['a']);
  expect(clock.pending).toEqual([]);
});

test('each handling is reported with how long the key waited and what went wrong', async () => {
  const clock = new FakeClock();
  const reports: unknown[] = [];
  const queue = new WorkQueue({ name: 'test', clock, onHandled: (handled) => reports.push(handled) });
  const stopping = new AbortController();
  const problem = new Error('no');
  queue.add('a');
  await clock.advance(30);
  void queue.run(1, () => clock.sleep(5).then(() => Promise.reject(problem)), stopping.signal);
  await clock.advance(5);
  stopping.abort();
  expect(reports).toEqual([{ queue: 'test', key: 'a', waitedMs: 30, tookMs: 5, error: problem }]);
});

const key = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key }),
  fc.record({ do: fc.constant('addAfter' as const), key, ms: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 300 }) }),
);

test('no key is ever handled twice at once, and every key is handled after it was last added', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: 'max' }),
      fc.infiniteStream(fc.tuple(fc.nat(80), fc.boolean())),
      fc.integer({ min: 1, max: 4 }),
      async (steps, outcomes, workers) => {
        const clock = new FakeClock();
        const queue = new WorkQueue({
          name: 'test',
          clock,
          baseDelayMs: 10,
          maxDelayMs: 40,
          random: () => 0,
        });
        const stopping = new AbortController();
        const active = new Set<string>();
        const wanted = new Map<string, number>();
        const begun = new Map<string, number>();
        let overlaps = 0;
        let moment = 0;
        const drained = queue.run(
          workers,
          async (key) => {
            if (active.has(key)) overlaps++;
            active.add(key);
            begun.set(key, ++moment);
            const { value } = outcomes.next();
            const [ms, succeeds] = value ?? [0, true];
            await clock.sleep(ms);
            active.delete(key);
            if (!succeeds) throw new Error('no');
          },
          stopping.signal,
        );
        for (const step of steps) {
          if (step.do === 'advance') await clock.advance(step.ms);
          else if (step.do === 'add') queue.add(step.key);
          else queue.addAfter(step.key, step.ms);
          if (step.do !== 'advance') wanted.set(step.key, ++moment);
        }
        await clock.advance(5_000);
        for (const [key, added] of wanted) expect(begun.get(key)).toBeGreaterThan(added);
        expect(overlaps).toBe(0);
        stopping.abort();
        await clock.advance(100);
        await drained;
      },
    ),
    { numRuns: 100 },
  );
});
