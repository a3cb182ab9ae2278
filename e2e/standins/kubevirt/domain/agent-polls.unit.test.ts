import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AgentPolls } from './agent-polls.ts';

const POLL_MS = 5000;

let frozen: boolean;
let told: boolean[];
beforeEach(() => {
  vi.useFakeTimers();
  frozen = false;
  told = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function started(): AgentPolls {
  const polls = new AgentPolls(
    POLL_MS,
    () => frozen,
    () => told.push(frozen),
  );
  polls.start();
  return polls;
}

function freezeFrom(ms: number, to: number): void {
  vi.advanceTimersByTime(ms);
  frozen = true;
  vi.advanceTimersByTime(to - ms);
  frozen = false;
}

test('a freeze is told at the next poll, and so is its end', () => {
  const polls = started();
  freezeFrom(1000, 5001);
  expect(polls.frozen).toBe(true);
  vi.advanceTimersByTime(POLL_MS);
  expect(polls.frozen).toBe(false);
  expect(told).toEqual([true, false]);
});

test('a freeze between two polls is never told', () => {
  started();
  freezeFrom(1000, 4000);
  vi.advanceTimersByTime(4 * POLL_MS);
  expect(told).toEqual([]);
});

test.each([
  ['10 s', 10_000],
  ['30 s', 30_000],
  ['70 s', 70_000],
])('a guest that is frozen after %s is known to be able to do little until it is asked again', (_, at) => {
  const polls = started();
  freezeFrom(at - 1, at + 1);
  expect(polls.limited).toBe(true);
  vi.advanceTimersByTime(2 * at + 10_000);
  expect(polls.limited).toBe(false);
});

test('what can be done is not asked at any other poll', () => {
  const polls = started();
  freezeFrom(10_001, 29_999);
  expect(polls.limited).toBe(false);
});

test('both are asked at once when polling begins anew', () => {
  const polls = started();
  vi.advanceTimersByTime(1000);
  polls.stop();
  frozen = true;
  vi.advanceTimersByTime(60_000);
  expect([polls.frozen, polls.limited]).toEqual([false, false]);
  polls.start();
  expect([polls.frozen, polls.limited]).toEqual([true, true]);
});
