import { type Backoff, backoffDelay } from './backoff.ts';
import type { Clock } from './clock.ts';
import { ApiError, NetworkError } from './errors.ts';

/**
 * When a request may be sent again: `always` for what has the same effect twice, `unprocessed` for what
 * must have had none (a create), `never` where the caller has a deadline of its own.
 */
export type RetryPolicy = 'always' | 'unprocessed' | 'never';

/** The means of waiting, and when to give up. */
export interface Retrying extends Backoff {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Attempts in all, the first included. */
  readonly attempts: number;
}

/** Runs an attempt until it succeeds, fails for good, or has been tried often enough; the last error is thrown. */
export async function withRetry<T>(
  policy: RetryPolicy,
  retrying: Retrying,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      retrying.signal.throwIfAborted();
      if (failures >= retrying.attempts || !mayRetry(error, policy)) throw error;
      await retrying.clock.sleep(delayAfter(error, failures, retrying), retrying.signal);
    }
  }
}

/** Whether the same request may go out again after this error. */
export function mayRetry(error: unknown, policy: RetryPolicy): boolean {
  if (policy === 'never') return false;
  if (error instanceof NetworkError) return error.unsent || policy === 'always';
  if (!(error instanceof ApiError)) return false;
  if (error.code === 429) return true;
  return policy === 'always' && error.code >= 500 && error.code !== 501;
}

function delayAfter(error: unknown, failures: number, retrying: Retrying): number {
  const delay = backoffDelay(failures, retrying);
  const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  // What the server asks for is a minimum; the jitter on top keeps its clients apart.
  return asked > 0 ? Math.min(asked, longestWaitMs) + delay : delay;
}

const longestWaitMs = 30_000;
