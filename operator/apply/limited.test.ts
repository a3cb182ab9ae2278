import { describe, expect, it } from 'vitest';
import { settled } from '../cluster/testing/clocks.ts';
import { limited } from './limited.ts';

/** Work that ends when it is told to. */
function heldWork(limit: number) {
  const run = limited(limit);
  const begun: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const add = (number: number) =>
    run(() => {
      begun.push(number);
      return new Promise<void>((resolve, reject) => {
        ends[number] = (error) => (error ? reject(error) : resolve());
      });
    });
  return { begun, ends, add };
}

describe('limited work', () => {
  it('runs no more than so many at once, the others in their order', async () => {
    const { begun, ends, add } = heldWork(2);
    const all = [0, 1, 2, 3].map(add);
    await settled();
    expect(begun).toEqual([0, 1]);
    ends[1]!();
    await settled();
    expect(begun).toEqual([0, 1, 2]);
    ends[0]!();
    await settled();
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[2]!();
    ends[3]!();
    await Promise.all(all);
  });

  it('goes on after a failure, which is passed on', async () => {
    const { begun, ends, add } = heldWork(1);
    const [first, second] = [add(0), add(1)];
    const failed = expect(first).rejects.toThrow('no');
    await settled();
    ends[0]!(new Error('no'));
    await failed;
    await settled();
    expect(begun).toEqual([0, 1]);
    ends[1]!();
    await second;
  });

  it('has all its room again when everything has ended', async () => {
    const { begun, ends, add } = heldWork(2);
    const first = [add(0), add(1), add(2)];
    await settled();
    ends[0]!();
    ends[1]!();
    await settled();
    ends[2]!();
    await Promise.all(first);
    void add(3);
    void add(4);
    await settled();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });
});
