/** What the agent takes to thaw when a timer has run out: `freeze-truth@59172` to `@59310`. */
export const thawMs = 100;

/**
 * The file systems of a guest as its agent freezes and thaws them.
 *
 *            freeze(5 s)                    timer: thaws,
 *     thawed ──────────▶ frozen ──────────▶ or is lost in a pause
 *                           │  unfreeze
 *                           ▼
 *                        thawed
 */
export class FileSystems {
  readonly #onChange: () => void;
  #frozen = false;
  #paused = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Freezes, with a safety timer (0: none); what is frozen already stays so with the timer that it has. */
  freeze(timeoutMs: number): void {
    if (this.#frozen) return;
    this.#frozen = true;
    if (timeoutMs !== 0)
      this.#timer = setTimeout(() => this.#timeOut(), Math.max(0, timeoutMs) + thawMs).unref();
    this.#onChange();
  }

  unfreeze(): void {
    clearTimeout(this.#timer);
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#onChange();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
  }

  /** The guest is gone or boots anew: nothing is frozen in it. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#frozen = false;
  }

  #timeOut(): void {
    // The agent does not answer in a pause, and nobody tries again.
    if (!this.#paused) this.unfreeze();
  }
}
