import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WorkQueue } from './queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function drain(queue: WorkQueue): string[] {
  const keys: string[] = [];
  for (let key = queue.take(); key !== undefined; key = queue.take()) keys.push(key);
  return keys;
}

test('a key that is added many times is worked on once, in the order of the first', () => {
  const queue = new WorkQueue(() => {});
  for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
  expect(drain(queue)).toEqual(['a', 'b']);
});

test('a key that is added while it is in hand waits until it is done', () => {
  const queue = new WorkQueue(() => {});
  queue.add('a');
  expect(queue.take()).toBe('a');
  queue.add('a');
  expect(queue.take()).toBeUndefined();
  queue.done('a');
  expect(queue.take()).toBe('a');
  queue.done('a');
  expect(queue.take()).toBeUndefined();
});

test('of several delays of a key the shortest counts, whichever is set first', () => {
  const queue = new WorkQueue(() => {});
  queue.addAfter('a', 1000);
  queue.addAfter('a', 100);
  queue.addAfter('a', 500);
  vi.advanceTimersByTime(99);
  expect(drain(queue)).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(drain(queue)).toEqual(['a']);
  queue.done('a');
  vi.advanceTimersByTime(2000);
  expect(drain(queue)).toEqual([]);
});

test('a stopped queue forgets what waits and what is to come', () => {
  const queue = new WorkQueue(() => {});
  queue.add('a');
  queue.addAfter('b', 10);
  queue.stop();
  vi.advanceTimersByTime(100);
  expect(drain(queue)).toEqual([]);
});
