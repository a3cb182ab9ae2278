import { expect, test } from 'vitest';
import { cutLine, formatBytes, formatElapsed, span, textOf, wrap } from './lines.ts';

test('bytes are said in the unit of the whole', () => {
  expect(formatBytes(0, 0)).toBe('0/0 B');
  expect(formatBytes(2 ** 26, 3 * 2 ** 26)).toBe('64/192 MiB');
  expect(formatBytes(2 ** 29, 1.5 * 2 ** 30)).toBe('0.5/1.5 GiB');
});

test('times grow from seconds to days', () => {
  expect([0, 59_999, 60_000, 3_600_000, 90_000_000].map(formatElapsed)).toEqual([
    '0s',
    '59s',
    '1m0s',
    '1h0m',
    '1d1h',
  ]);
});

test('a clock that is behind the server shows no negative time', () => {
  expect(formatElapsed(-5000)).toBe('0s');
});

test('a line that is too long is cut, across its spans', () => {
  const line = [span('abc', 'good'), span('defgh')];
  expect(textOf(cutLine(line, 8))).toBe('abcdefgh');
  expect(textOf(cutLine(line, 6))).toBe('abcde…');
});

test('a text is wrapped between words, and a long word is left whole', () => {
  expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrap('a-word-that-is-long b', 5)).toEqual(['a-word-that-is-long', 'b']);
});
