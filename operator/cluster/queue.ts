import { backoffDelay } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';

/** What handling a key came to. */
export interface Handled {
  readonly queue: string;
  readonly key: string;
  /** From when the key was due until a worker took it. */
  readonly waitedMs: number;
  readonly tookMs: number;
  /** What the handler threw; the key comes back after a delay. */
  readonly error?: unknown;
}

export interface WorkQueueOptions {
  readonly name: string;
  readonly clock?: Clock;
  readonly baseDelayMs?: number;
  readonly maxDelayMs?: number;
  /** A number in [0, 1), for jitter. */
  readonly random?: () => number;
  /** Called after each handling: for logs and metrics. */
  readonly onHandled?: (handled: Handled) => void;
}

/**
 * Keys to be handled, each once however often it was added, never two times at once. A key that is added
 * while it is handled is handled once more; one whose handling fails comes back after a growing delay.
 *
 *     add ──▶ waiting ──▶ active ──▶ done
 *     addAfter ─(timer)──▲  ▲ │ added meanwhile, or failed (after a delay)
 *                           └─┘
 */
export class WorkQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #backoff: { readonly baseMs: number; readonly maxMs: number; readonly random: () => number };
  readonly #onHandled: (handled: Handled) => void;
  /** Keys that are due, in order, with the time since when. */
  readonly #waiting = new Map<string, number>();
  readonly #active = new Set<string>();
  /** Keys added while they were active. */
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  /** Idle workers. */
  readonly #idle: (() => void)[] = [];

  constructor(options: WorkQueueOptions) {
    const { baseDelayMs = 200, maxDelayMs = 60_000, random = Math.random } = options;
    this.name = options.name;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = { baseMs: baseDelayMs, maxMs: maxDelayMs, random };
    this.#onHandled = options.onHandled ?? (() => {});
  }

  /** How many keys are due and not yet taken. */
  get depth(): number {
    return this.#waiting.size + this.#again.size;
  }

  /** How many keys are being handled. */
  get active(): number {
    return this.#active.size;
  }

  /** Makes a key due now. */
  add(key: string): void {
    if (this.#active.has(key)) {
      this.#again.add(key);
    } else if (!this.#waiting.has(key)) {
      this.#waiting.set(key, this.#clock.now());
      this.#idle.shift()?.();
    }
  }

  /** Makes a key due in so many milliseconds, or sooner if that was asked for. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.now() + ms;
    const pending = this.#timers.get(key);
    if (pending && pending.at <= at) return;
    pending?.cancel();
    const cancel = this.#clock.schedule(ms, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, { at, cancel });
  }

  /** Handles keys until the signal is aborted; resolves when what was being handled then is done. */
  async run(
    workers: number,
    handle: (key: string, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const wakeAll = () => {
      for (const wake of this.#idle.splice(0)) wake();
    };
    signal.addEventListener('abort', wakeAll, { once: true });
    await Promise.all(Array.from({ length: workers }, () => this.#work(handle, signal)));
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  async #work(
    handle: (key: string, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      const next = this.#take();
      if (next) await this.#handle(next.key, next.since, handle, signal);
      else await new Promise<void>((wake) => this.#idle.push(wake));
    }
  }

  #take(): { key: string; since: number } | undefined {
    for (const [key, since] of this.#waiting) {
      this.#waiting.delete(key);
      this.#active.add(key);
      return { key, since };
    }
    return undefined;
  }

  async #handle(
    key: string,
    since: number,
    handle: (key: string, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const began = this.#clock.now();
    const outcome = await settle(() => handle(key, signal));
    this.#active.delete(key);
    if (this.#again.delete(key)) this.add(key);
    if (outcome.error === undefined) this.#failures.delete(key);
    else if (!signal.aborted) this.#retry(key, outcome.error);
    const tookMs = this.#clock.now() - began;
    this.#onHandled({ queue: this.name, key, waitedMs: began - since, tookMs, ...outcome });
  }

  #retry(key: string, error: unknown): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.addAfter(key, Math.max(askedDelay(error), backoffDelay(failures, this.#backoff)));
  }
}

/** The outcome as a value; a handler that throws undefined has failed as well. */
async function settle(run: () => Promise<void>): Promise<{ error?: unknown }> {
  try {
    await run();
    return {};
  } catch (error) {
    return { error: error ?? new Error('failed without a reason') };
  }
}

/** What a server asked for in its refusal, in milliseconds. */
function askedDelay(error: unknown): number {
  const seconds =
    error instanceof Error && 'retryAfterSeconds' in error ? error.retryAfterSeconds : undefined;
  return typeof seconds === 'number' ? seconds * 1000 : 0;
}
