import type { Pace } from '../../pace.ts';
import type { Probe } from '../types.ts';

/** What came of asking once: nothing was wrong, or why it failed. */
export type ProbeResult = 'success' | { readonly failure: string };

export interface ProberOptions {
  readonly probe: Probe;
  /** How long the first asking waits beyond the probe's own delay. */
  readonly extraDelaySeconds: number;
  readonly pace: Pace;
  /** `undefined` where this asking is left out. */
  readonly ask: () => ProbeResult | undefined;
  readonly onReady: (ready: boolean) => void;
  /** Called at the first of several failures in a row. */
  readonly onFailure: (failure: string) => void;
}

/**
 * Asks what a readinessProbe asks, as the kubelet does: after a delay, every period, and what is asked becomes
 * (un)ready when as many answers in a row say so as its thresholds want. It begins as not ready.
 */
export class Prober implements Disposable {
  readonly #options: ProberOptions;
  readonly #first: NodeJS.Timeout;
  #period: NodeJS.Timeout | undefined;
  #ready = false;
  #last: 'success' | 'failure' | undefined;
  #inARow = 0;

  constructor(options: ProberOptions) {
    this.#options = options;
    const { initialDelaySeconds = 0, periodSeconds = 10 } = options.probe;
    this.#first = setTimeout(
      () => {
        this.#period = setInterval(() => this.#ask(), this.#milliseconds(periodSeconds));
        this.#ask();
      },
      this.#milliseconds(initialDelaySeconds + options.extraDelaySeconds),
    );
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#first);
    clearInterval(this.#period);
  }

  #ask(): void {
    const result = this.#options.ask();
    if (result === undefined) return;
    const outcome = result === 'success' ? 'success' : 'failure';
    this.#inARow = outcome === this.#last ? this.#inARow + 1 : 1;
    this.#last = outcome;
    if (result !== 'success' && this.#inARow === 1) this.#options.onFailure(result.failure);
    const { successThreshold = 1, failureThreshold = 3 } = this.#options.probe;
    if (this.#inARow >= (outcome === 'success' ? successThreshold : failureThreshold))
      this.#set(outcome === 'success');
  }

  #set(ready: boolean): void {
    if (ready === this.#ready) return;
    this.#ready = ready;
    this.#options.onReady(ready);
  }

  #milliseconds(seconds: number): number {
    return seconds * this.#options.pace.milliseconds('a second of a probe');
  }
}
