import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { viewClone } from './clone-view.ts';
import { displayOn } from './display.ts';
import { aCapture, at, facts } from './testing/facts.ts';

beforeEach(() => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'CI']) vi.stubEnv(name, undefined);
  vi.stubEnv('TERM', 'xterm-256color');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function terminal({ columns = 80, rows = 24 } = {}) {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns,
    rows,
    getColorDepth: WriteStream.prototype.getColorDepth,
    hasColors: WriteStream.prototype.hasColors,
  });
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    written: () => String(stream.read() ?? ''),
    resize: (to: number) => {
      stream.columns = to;
      stream.emit('resize');
    },
  };
}

const view = (seconds: number) =>
  viewClone(facts({ captured: aCapture({ name: 'db' }), made: { db: { stage: 'Running' } } }), at(seconds));

test('a terminal is redrawn in place: up by as many rows as were drawn', () => {
  const { stream, written } = terminal();
  const display = displayOn(stream);
  display.show(view(1));
  const first = written();
  display.show(view(2));
  const rows = first.split('\n').length - 1;
  expect(rows).toBeGreaterThan(2);
  expect(written().startsWith(`\r\x1b[${rows}A`)).toBe(true);
  display.end();
});

test('a terminal that was made narrower is moved up by the rows that it has wrapped', () => {
  const { stream, written, resize } = terminal({ columns: 80 });
  const display = displayOn(stream);
  display.show(view(1));
  const widths = stripped(written())
    .split('\n')
    .slice(0, -1)
    .map((line) => line.length);
  resize(20);
  const rows = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / 20)), 0);
  expect(rows).toBeGreaterThan(widths.length);
  expect(written().startsWith(`\r\x1b[${rows}A`)).toBe(true);
  display.end();
});

test('no line is wider than the terminal', () => {
  const { stream, written } = terminal({ columns: 20 });
  const display = displayOn(stream);
  display.show(view(1));
  display.end();
  for (const line of stripped(written()).replaceAll('\r', '').split('\n'))
    expect([...line].length).toBeLessThanOrEqual(20);
});

test('a terminal that does not know its size counts as one of 80 by 24', () => {
  const { stream, written } = terminal({ columns: 0, rows: 0 });
  const display = displayOn(stream);
  display.show(view(1));
  display.end();
  expect(stripped(written())).toContain('└─ ◑ db');
});

test('the cursor is hidden while it is drawn, and shown at the end', () => {
  const { stream, written } = terminal();
  const display = displayOn(stream);
  expect(written()).toContain('\x1b[?25l');
  display.end();
  expect(written()).toContain('\x1b[?25h');
});

test('NO_COLOR leaves colours out, not the drawing', () => {
  expect(drawnOn(terminal())).not.toBe(stripped(drawnOn(terminal())));
  vi.stubEnv('NO_COLOR', '1');
  expect(drawnOn(terminal())).toBe(stripped(drawnOn(terminal())));
});

test('what is no terminal gets plain lines, and only of what has changed', () => {
  const stream = new PassThrough();
  const display = displayOn(stream as unknown as NodeJS.WriteStream);
  display.show(view(1));
  expect(String(stream.read())).not.toContain('\x1b');
  display.show(view(2));
  expect(stream.read()).toBeNull();
});

/** The lines of one view, without the movements around them. */
function drawnOn({ stream, written }: ReturnType<typeof terminal>): string {
  const display = displayOn(stream);
  written();
  display.show(view(1));
  const text = written();
  display.end();
  return text.replaceAll('\x1b[K', '').replaceAll('\x1b[J', '');
}

function stripped(text: string): string {
  return stripVTControlCharacters(text);
}
