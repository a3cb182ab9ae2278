import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.ts';

const times = { beatMs: 10, staleMs: 1_000 };

describe('a lock', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envclone-lock-'));
    path = join(directory, 'lock');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('lets one at a time do its work', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(20);
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(path, work, () => {}, times)));
    expect(most).toBe(1);
  });

  it('is released when the work fails', async () => {
    const fails = () => Promise.reject(new Error('disk full'));
    await expect(withLock(path, fails, () => {}, times)).rejects.toThrow('disk full');
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('left by a dead process is taken over', async () => {
    await writeFile(path, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path, longAgo, longAgo);
    let waited = 0;
    expect(
      await withLock(
        path,
        async () => 'done',
        () => waited++,
        times,
      ),
    ).toBe('done');
    expect(waited).toBe(1);
  });

  it('of a living process is not taken over, however long its work takes', async () => {
    const short = { beatMs: 10, staleMs: 100 };
    const order: string[] = [];
    const slow = withLock(
      path,
      () => sleep(400).then(() => order.push('slow')),
      () => {},
      short,
    );
    await sleep(20);
    await withLock(
      path,
      async () => order.push('next'),
      () => {},
      short,
    );
    await slow;
    expect(order).toEqual(['slow', 'next']);
  });
});
