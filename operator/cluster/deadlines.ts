import type { Clock } from './clock.ts';

/** A signal that is aborted after some time, unless it is let go before. */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #cancel: () => void;

  constructor(clock: Clock, ms: number) {
    this.#cancel = clock.schedule(ms, () => this.#controller.abort());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }
}

/**
 * Ends a watch that the server should have ended, or on which nothing has come for long: a connection
 * whose other end vanished looks exactly like a quiet one. (The server sends a bookmark a minute.)
 */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #cancelTotal: () => void;
  #cancelIdle: () => void = () => {};

  constructor(clock: Clock, limits: { readonly totalMs: number; readonly idleMs: number }) {
    this.#clock = clock;
    this.#idleMs = limits.idleMs;
    this.#cancelTotal = clock.schedule(limits.totalMs, () => this.#controller.abort());
    this.alive();
  }

  /** Aborted when the watch is to be given up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something has come. */
  alive(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#clock.schedule(this.#idleMs, () => this.#controller.abort());
  }

  [Symbol.dispose](): void {
    this.#cancelTotal();
    this.#cancelIdle();
  }
}
