import { expect, test } from 'vitest';
import { TimeLimit, Watchdog } from './deadlines.ts';
import { FakeClock } from './testing/clocks.ts';

test('a watch is given up when nothing has come for long, or when the server should have ended it', async () => {
  const clock = new FakeClock();
  using quiet = new Watchdog(clock, { totalMs: 1_000, idleMs: 100 });
  using busy = new Watchdog(clock, { totalMs: 250, idleMs: 100 });
  await clock.advance(90);
  busy.alive();
  await clock.advance(90);
  busy.alive();
  expect([quiet.signal.aborted, busy.signal.aborted]).toEqual([true, false]);
  await clock.advance(80);
  expect(busy.signal.aborted).toBe(true);
});

test('a time limit ends what takes too long', async () => {
  const clock = new FakeClock();
  using limit = new TimeLimit(clock, 100);
  await clock.advance(99);
  expect(limit.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(limit.signal.aborted).toBe(true);
});

test('what is let go leaves no timer', () => {
  const clock = new FakeClock();
  new Watchdog(clock, { totalMs: 1_000, idleMs: 100 })[Symbol.dispose]();
  new TimeLimit(clock, 100)[Symbol.dispose]();
  expect(clock.pending).toEqual([]);
});
