import { describe, expect, test } from 'vitest';
import { ApiError, NetworkError } from './errors.ts';
import { mayRetry, type RetryPolicy, withRetry } from './retry.ts';
import { FakeClock, settled } from './testing/clocks.ts';

const request = 'GET /api/v1/pods';
const refusal = (code: number, retryAfterSeconds?: number) =>
  new ApiError({ code, reason: 'Test', message: 'no', request, retryAfterSeconds });
const unsent = new NetworkError(request, Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
const cut = new NetworkError(request, Object.assign(new Error('reset'), { code: 'ECONNRESET' }));

describe('what may be sent again', () => {
  const cases: [string, unknown, Record<RetryPolicy, boolean>][] = [
    ['a connection that was never made', unsent, { always: true, unprocessed: true, never: false }],
    ['a connection that broke', cut, { always: true, unprocessed: false, never: false }],
    ['429', refusal(429), { always: true, unprocessed: true, never: false }],
    ['503', refusal(503), { always: true, unprocessed: false, never: false }],
    ['500', refusal(500), { always: true, unprocessed: false, never: false }],
    ['501', refusal(501), { always: false, unprocessed: false, never: false }],
    ['409', refusal(409), { always: false, unprocessed: false, never: false }],
    ['a bug', new TypeError('no'), { always: false, unprocessed: false, never: false }],
  ];
  for (const [what, error, expected] of cases) {
    test(`after ${what}: ${JSON.stringify(expected)}`, () => {
      for (const [policy, may] of Object.entries(expected))
        expect(mayRetry(error, policy as RetryPolicy)).toBe(may);
    });
  }
});

/** Runs an attempt that fails in the given ways and then succeeds; returns when each attempt was made. */
async function attemptsWith(errors: Error[], signal = new AbortController().signal) {
  const clock = new FakeClock();
  const at: number[] = [];
  const retrying = { clock, signal, attempts: 4, baseMs: 100, maxMs: 1_000, random: () => 1 };
  const result = withRetry('always', retrying, async () => {
    at.push(clock.now());
    const error = errors[at.length - 1];
    if (error) throw error;
    return 'done';
  });
  const outcome = result.catch((error) => error);
  await clock.advance(120_000);
  return { at, outcome: await outcome };
}

test('delays double', async () => {
  expect(await attemptsWith([cut, cut, cut])).toEqual({ at: [0, 100, 300, 700], outcome: 'done' });
});

test('it is given up with the last error', async () => {
  const last = refusal(503);
  expect(await attemptsWith([cut, cut, cut, last])).toEqual({ at: [0, 100, 300, 700], outcome: last });
});

test('what the server asks for is waited for, but not longer than half a minute', async () => {
  expect((await attemptsWith([refusal(429, 5)])).at).toEqual([0, 5_100]);
  expect((await attemptsWith([refusal(429, 3_600)])).at).toEqual([0, 30_100]);
});

test('an abort ends the waiting with its own reason', async () => {
  const stopping = new AbortController();
  const clock = new FakeClock();
  const retrying = {
    clock,
    signal: stopping.signal,
    attempts: 4,
    baseMs: 100,
    maxMs: 1_000,
    random: () => 1,
  };
  const outcome = withRetry('always', retrying, () => Promise.reject(cut)).catch((error) => error);
  await settled();
  const reason = new Error('enough');
  stopping.abort(reason);
  expect(await outcome).toBe(reason);
});
