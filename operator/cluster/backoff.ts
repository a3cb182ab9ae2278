/** How long to wait between attempts: doubling from `baseMs` to `maxMs`, with jitter. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
  /** A number in [0, 1), like `Math.random`. */
  readonly random: () => number;
}

/**
 * Milliseconds to wait after so many failures in a row (1 is the first): between half of the step and
 * all of it, so that clients that failed together do not return together.
 */
export function backoffDelay(failures: number, { baseMs, maxMs, random }: Backoff): number {
  const step = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return step / 2 + (step / 2) * random();
}
