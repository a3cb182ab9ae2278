/** A recording that is being written: lines as they come, on one clock. */
import type { Line } from '../recording/recording.ts';

export class Journal {
  readonly #began = performance.now();
  readonly #lines: Line[] = [];

  /** As they came: a request's comes with its answer. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** Milliseconds since the start. */
  now(): number {
    return Math.round(performance.now() - this.#began);
  }

  add(line: Line): void {
    this.#lines.push(line);
  }

  inOrder(): readonly Line[] {
    return this.#lines.toSorted((one, other) => one.ms - other.ms);
  }
}
