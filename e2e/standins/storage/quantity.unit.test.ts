import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDecimal, formatQuantity, parseQuantity } from './quantity.ts';

describe('parseQuantity', () => {
  test.each([
    ['256Mi', 268435456],
    ['1.5Gi', 1610612736],
    ['1G', 1e9],
    ['12e6', 12e6],
    ['1E', 1e18],
    ['71135396', 71135396],
    ['0', 0],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parseQuantity(text)).toBe(bytes);
  });

  test('rounds what is not a whole byte up', () => {
    expect(parseQuantity('100m')).toBe(1);
  });

  test.each(['lots', '', '1Zi', '1 Gi'])('refuses %j', (text) => {
    expect(() => parseQuantity(text)).toThrow(`${text} is not a quantity`);
  });
});

describe('formatQuantity', () => {
  test('takes the largest binary suffix that divides the size', () => {
    expect([0, 1023, 1024, 67108864, 71135396].map(formatQuantity)).toEqual([
      '0',
      '1023',
      '1Ki',
      '64Mi',
      '71135396',
    ]);
  });

  test('writes what parseQuantity reads', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseQuantity(formatQuantity(bytes)) === bytes));
  });
});

test('a reckoned size is written in decimal', () => {
  expect(formatDecimal(64 * 1024 ** 2)).toBe('67108864');
  expect(formatDecimal(3_000_000)).toBe('3M');
});
