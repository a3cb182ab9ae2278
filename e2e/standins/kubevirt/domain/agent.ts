/**
 * The file systems of a guest as its agent freezes and thaws them, and as others are told of it.
 *
 *            freeze(5 s)                    timer: thaws,
 *     thawed ──────────▶ frozen ──────────▶ or is lost in a pause
 *                           │  unfreeze
 *                           ▼
 *                        thawed             told only at the next poll, every 5 s
 */
export class FileSystems {
  readonly #pollMs: number;
  readonly #onChange: () => void;
  #frozen = false;
  #told = false;
  #paused = false;
  #timer: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #polledFrom = 0;

  constructor(pollMs: number, onChange: () => void) {
    this.#pollMs = pollMs;
    this.#onChange = onChange;
  }

  /** Whether the guest really is frozen now. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /** What the last poll of the agent saw. */
  get toldFrozen(): boolean {
    return this.#told;
  }

  /** Freezes, with a safety timer (0: none); what is frozen already stays so with the timer that it has. */
  freeze(timeoutMs: number): void {
    if (this.#frozen) return;
    this.#frozen = true;
    if (timeoutMs !== 0) this.#timer = setTimeout(() => this.#timeOut(), Math.max(0, timeoutMs)).unref();
    this.#changed();
  }

  unfreeze(): void {
    clearTimeout(this.#timer);
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#changed();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (!paused) this.#schedulePoll(this.#pollMs / 12);
  }

  /** The agent connected: it is polled from now on. */
  start(): void {
    this.#polledFrom = performance.now();
  }

  /** The guest is gone or boots anew: nothing is frozen in it. */
  reset(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#poll);
    this.#poll = undefined;
    this.#frozen = false;
    this.#told = false;
  }

  #timeOut(): void {
    // The agent does not answer in a pause, and nobody tries again.
    if (!this.#paused) this.unfreeze();
  }

  #changed(): void {
    this.#onChange();
    const sinceFirst = performance.now() - this.#polledFrom;
    this.#schedulePoll(this.#pollMs - (sinceFirst % this.#pollMs));
  }

  #schedulePoll(afterMs: number): void {
    clearTimeout(this.#poll);
    this.#poll = setTimeout(() => this.#ask(), afterMs).unref();
  }

  #ask(): void {
    if (this.#paused || this.#told === this.#frozen) return;
    this.#told = this.#frozen;
    this.#onChange();
  }
}
