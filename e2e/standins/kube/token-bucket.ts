import { setTimeout as sleep } from 'node:timers/promises';

/** Lets one request pass at a time, at the client's own rate. */
export interface RateLimit {
  take(signal?: AbortSignal): Promise<void>;
}

export const unlimited: RateLimit = { take: async () => {} };

/**
 * The client-side limit that Kubernetes clients have by default: `burst` requests at once, then `perSecond`.
 * Requests that must wait leave in the order in which they came.
 */
export class TokenBucket implements RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
    this.#tokens = burst;
    this.#filledAt = now();
  }

  async take(signal?: AbortSignal): Promise<void> {
    const wait = this.reserve();
    if (wait > 0) await sleep(wait, undefined, { signal });
  }

  /** Takes a token, in advance if there is none, and says in how many milliseconds it will be there. */
  reserve(): number {
    const now = this.#now();
    const refill = ((now - this.#filledAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + refill) - 1;
    this.#filledAt = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#perSecond) * 1000;
  }
}
