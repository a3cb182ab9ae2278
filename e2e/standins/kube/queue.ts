/** Keys that wait to be worked on: each at most once, and never one that is in hand already. */
export class WorkQueue {
  readonly #waiting = new Set<string>();
  readonly #inHand = new Set<string>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { due: number; timer: NodeJS.Timeout }>();
  readonly #onReady: () => void;

  constructor(onReady: () => void) {
    this.#onReady = onReady;
  }

  add(key: string): void {
    if (this.#inHand.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#waiting.add(key);
    this.#onReady();
  }

  /** Adds a key after a delay; of several delays of one key the shortest counts. */
  addAfter(key: string, milliseconds: number): void {
    const due = performance.now() + milliseconds;
    const set = this.#timers.get(key);
    if (set !== undefined && set.due <= due) return;
    clearTimeout(set?.timer);
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, milliseconds);
    this.#timers.set(key, { due, timer });
  }

  /** The next key, now in hand until `done` is called with it. */
  take(): string | undefined {
    const [key] = this.#waiting;
    if (key === undefined) return undefined;
    this.#waiting.delete(key);
    this.#inHand.add(key);
    return key;
  }

  done(key: string): void {
    this.#inHand.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  stop(): void {
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.clear();
    this.#again.clear();
  }
}
