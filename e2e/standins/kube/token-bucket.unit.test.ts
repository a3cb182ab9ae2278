import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

function bucketAt(clock: { now: number }): TokenBucket {
  return new TokenBucket(5, 10, () => clock.now);
}

function reserve(bucket: TokenBucket, times: number): number[] {
  return Array.from({ length: times }, () => bucket.reserve());
}

test('a burst passes at once, then requests leave at the rate, one after the other', () => {
  const bucket = bucketAt({ now: 0 });
  expect(reserve(bucket, 10)).toEqual(Array(10).fill(0));
  expect(reserve(bucket, 3)).toEqual([200, 400, 600]);
});

test('tokens come back with time, never more than the burst', () => {
  const clock = { now: 0 };
  const bucket = bucketAt(clock);
  reserve(bucket, 10);
  clock.now = 400;
  expect(reserve(bucket, 3)).toEqual([0, 0, 200]);
  clock.now = 3_600_000;
  expect(reserve(bucket, 11).filter((wait) => wait > 0)).toEqual([200]);
});
