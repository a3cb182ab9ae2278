import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FileSystems, thawMs } from './agent.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function thawed(): FileSystems {
  return new FileSystems(() => {});
}

test.each([
  [4000, 60_000],
  [4000, 1000],
])('a second freeze (%i, then %i ms) changes nothing about the timer', (first, second) => {
  const guest = thawed();
  guest.freeze(first);
  vi.advanceTimersByTime(500);
  guest.freeze(second);
  vi.advanceTimersByTime(first - 501);
  expect(guest.frozen).toBe(true);
  vi.advanceTimersByTime(1 + thawMs);
  expect(guest.frozen).toBe(false);
});

test('an unfreeze cancels the timer: it does not hit a later freeze', () => {
  const guest = thawed();
  guest.freeze(4000);
  guest.unfreeze();
  guest.freeze(0);
  vi.advanceTimersByTime(60_000);
  expect(guest.frozen).toBe(true);
});

test('a timer that runs out in a pause is lost', () => {
  const guest = thawed();
  guest.freeze(4000);
  guest.setPaused(true);
  vi.advanceTimersByTime(8000);
  guest.setPaused(false);
  vi.advanceTimersByTime(60_000);
  expect(guest.frozen).toBe(true);
  guest.unfreeze();
  expect(guest.frozen).toBe(false);
});

test('a timer that runs out after the pause works', () => {
  const guest = thawed();
  guest.freeze(10_000);
  guest.setPaused(true);
  vi.advanceTimersByTime(2000);
  guest.setPaused(false);
  vi.advanceTimersByTime(8000 + thawMs);
  expect(guest.frozen).toBe(false);
});

test('a negative timeout thaws as soon as the agent can', () => {
  const guest = thawed();
  guest.freeze(-1000);
  expect(guest.frozen).toBe(true);
  vi.advanceTimersByTime(thawMs);
  expect(guest.frozen).toBe(false);
});
