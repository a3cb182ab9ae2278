import type { Clock } from './clock.ts';

/** Lets through a burst, and then so many a second. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #limit: { readonly burst: number; readonly perSecond: number };
  #tokens: number;
  #at: number;

  constructor(clock: Clock, limit: { burst: number; perSecond: number }) {
    this.#clock = clock;
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#at = clock.now();
  }

  /** Whether one more may pass now. */
  take(): boolean {
    const { burst, perSecond } = this.#limit;
    const now = this.#clock.now();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
