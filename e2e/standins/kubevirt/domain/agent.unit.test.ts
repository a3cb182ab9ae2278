import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FileSystems } from './agent.ts';

const POLL_MS = 5000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function polled(): FileSystems {
  const fileSystems = new FileSystems(POLL_MS, () => {});
  fileSystems.start();
  return fileSystems;
}

test('a freeze is told at the next poll, and so is its end', () => {
  const guest = polled();
  vi.advanceTimersByTime(1000);
  guest.freeze(0);
  expect([guest.frozen, guest.toldFrozen]).toEqual([true, false]);
  vi.advanceTimersByTime(POLL_MS - 1000);
  expect(guest.toldFrozen).toBe(true);
  guest.unfreeze();
  expect([guest.frozen, guest.toldFrozen]).toEqual([false, true]);
  vi.advanceTimersByTime(POLL_MS);
  expect(guest.toldFrozen).toBe(false);
});

test('a freeze shorter than the poll is never told', () => {
  const guest = polled();
  vi.advanceTimersByTime(1000);
  guest.freeze(500);
  vi.advanceTimersByTime(4 * POLL_MS);
  expect([guest.frozen, guest.toldFrozen]).toEqual([false, false]);
});

test.each([
  [4000, 60_000],
  [4000, 1000],
])('a second freeze (%i, then %i ms) changes nothing about the timer', (first, second) => {
  const guest = polled();
  guest.freeze(first);
  vi.advanceTimersByTime(500);
  guest.freeze(second);
  vi.advanceTimersByTime(first - 501);
  expect(guest.frozen).toBe(true);
  vi.advanceTimersByTime(1);
  expect(guest.frozen).toBe(false);
});

test('an unfreeze cancels the timer: it does not hit a later freeze', () => {
  const guest = polled();
  guest.freeze(4000);
  guest.unfreeze();
  guest.freeze(0);
  vi.advanceTimersByTime(60_000);
  expect(guest.frozen).toBe(true);
});

test('a timer that runs out in a pause is lost', () => {
  const guest = polled();
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
  const guest = polled();
  guest.freeze(10_000);
  guest.setPaused(true);
  vi.advanceTimersByTime(2000);
  guest.setPaused(false);
  vi.advanceTimersByTime(8000);
  expect(guest.frozen).toBe(false);
});

test('a negative timeout thaws at once', () => {
  const guest = polled();
  guest.freeze(-1000);
  vi.advanceTimersByTime(1);
  expect(guest.frozen).toBe(false);
});
