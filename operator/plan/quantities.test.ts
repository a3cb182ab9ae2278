import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, parseQuantity } from './quantities.ts';

describe('quantities', () => {
  it.each([
    ['0', 0],
    ['1073741824', 2 ** 30],
    ['1Gi', 2 ** 30],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['2G', 2e9],
    ['1e3', 1000],
    ['1E', 1e18],
    ['1500m', 2],
  ])('%s is %i', (text, amount) => {
    expect(parseQuantity(text)).toBe(amount);
  });

  it.each(['', 'Gi', '1gi', '1 Gi', '-1'])('"%s" is none', (text) => {
    expect(() => parseQuantity(text)).toThrow(RangeError);
  });
});

describe('durations', () => {
  it.each([
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['1m250ms', 60_250],
  ])('%s are %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    [480, '480ms'],
    [2_140, '2.1s'],
    [200_000, '3m20s'],
    [3_600_000, '1h0m0s'],
  ])('%i ms are written as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
