import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['8s', 8000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['0s', 0],
  ['0', 0],
  ['-1s', -1000],
  ['soon', undefined],
  ['5', undefined],
  ['', undefined],
  ['5s!', undefined],
])('%s is %s ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});
