/** Where views of a clone go: a terminal that is redrawn in place, or plain lines of what has changed. */
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { changesBetween } from './changes.ts';
import type { CloneView } from './clone-view.ts';
import { cutLine, type Line, type Tone, textOf, widthOf } from './lines.ts';
import { renderTree } from './tree.ts';

export interface Display {
  /** Whether what it shows grows old by itself, by the times in it. */
  readonly live: boolean;
  show(view: CloneView): void;
  /** Leaves the last view standing. Safe to call twice. */
  end(): void;
}

/** The display that fits the stream; colours follow NO_COLOR, FORCE_COLOR and the terminal. */
export function displayOn(stream: NodeJS.WriteStream): Display {
  return stream.isTTY ? new TreeDisplay(stream) : new ChangesDisplay(stream);
}

const styles = {
  strong: 'bold',
  quiet: 'dim',
  good: 'green',
  bad: 'red',
  busy: 'yellow',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** The line as the stream takes it: with colours, or without them. */
export function paint(line: Line, stream: NodeJS.WritableStream): string {
  return line
    .map(({ text, tone }) => (tone ? styleText(styles[tone], text, { stream }) : text))
    .join('')
    .trimEnd();
}

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const clearToLineEnd = '\x1b[K';
const clearBelow = '\x1b[J';
const up = (rows: number) => (rows > 0 ? `\r\x1b[${rows}A` : '\r');

/** A terminal that does not know its size says 0. */
export function sizeOf({ columns, rows }: WriteStream): readonly [columns: number, rows: number] {
  return [columns || 80, rows || 24];
}

class TreeDisplay implements Display {
  readonly live = true;
  readonly #stream: WriteStream;
  #view: CloneView | undefined;
  /** Widths of the lines that stand on the terminal now. */
  #drawn: readonly number[] = [];
  readonly #redraw = () => this.#view && this.show(this.#view);

  constructor(stream: WriteStream) {
    this.#stream = stream;
    stream.on('resize', this.#redraw);
    stream.write(hideCursor);
  }

  show(view: CloneView): void {
    this.#view = view;
    const [columns, rows] = sizeOf(this.#stream);
    // The last row stays free: a newline there would scroll what is moved back to.
    const lines = renderTree(view, { columns, rows: rows - 1 })
      .slice(0, rows - 1)
      .map((line) => cutLine(line, columns));
    const text = lines.map((line) => `${paint(line, this.#stream)}${clearToLineEnd}\n`).join('');
    this.#stream.write(up(this.#rowsDrawn(columns)) + text + clearBelow);
    this.#drawn = lines.map((line) => widthOf(textOf(line)));
  }

  end(): void {
    this.#stream.off('resize', this.#redraw);
    this.#stream.write(showCursor);
  }

  /** A terminal that was made narrower has wrapped what stands there. */
  #rowsDrawn(columns: number): number {
    return this.#drawn.reduce((rows, width) => rows + Math.max(1, Math.ceil(width / columns)), 0);
  }
}

class ChangesDisplay implements Display {
  readonly live = false;
  readonly #stream: NodeJS.WriteStream;
  #last: CloneView | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(view: CloneView): void {
    for (const line of changesBetween(this.#last, view)) this.#stream.write(`${paint(line, this.#stream)}\n`);
    this.#last = view;
  }

  end(): void {}
}
