/** A line for each stage of the demo: how long it has taken so far on a terminal, how long it took everywhere. */
import { paint, sizeOf } from '../../operator/cli/display.ts';
import { cutLine, type Line, span } from '../../operator/cli/lines.ts';
import type { Stage } from '../testing/everything.ts';

const redrawMs = 200;
const clearLine = '\r\x1b[K';

export class Stages {
  readonly #stream: NodeJS.WriteStream;
  /** What a stage under way says of itself. */
  #detail = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Shows a stage while it is under way, and that it is done or failed. */
  readonly run: Stage = async (title, work) => {
    this.#detail = '';
    const began = Date.now();
    const timer = this.#stream.isTTY
      ? setInterval(() => this.#draw(this.#underWay(title, began)), redrawMs)
      : undefined;
    try {
      const result = await work();
      this.#finish([span('✔ ', 'good'), span(title), elapsed(began)]);
      return result;
    } catch (error) {
      this.#finish([span('✗ ', 'bad'), span(title), elapsed(began)]);
      throw error;
    } finally {
      clearInterval(timer);
    }
  };

  /** What is to be known of a long preparation: beside its stage on a terminal, else as a line. */
  readonly log = (line: string): void => {
    if (this.#stream.isTTY) this.#detail = line;
    else this.say([span(`  ${line}`, 'quiet')]);
  };

  say(line: Line): void {
    this.#stream.write(`${paint(line, this.#stream)}\n`);
  }

  #underWay(title: string, began: number): Line {
    const detail = this.#detail ? ` · ${this.#detail}` : '';
    return [span('… ', 'busy'), span(title), elapsed(began), span(detail, 'quiet')];
  }

  #draw(line: Line): void {
    this.#stream.write(`${clearLine}${paint(cutLine(line, sizeOf(this.#stream)[0] - 1), this.#stream)}`);
  }

  #finish(line: Line): void {
    if (this.#stream.isTTY) this.#stream.write(clearLine);
    this.say(line);
  }
}

function elapsed(began: number) {
  return span(`  ${((Date.now() - began) / 1000).toFixed(1)} s`, 'quiet');
}
