import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LockTimes {
  /** How often the holder shows that it lives. */
  readonly beatMs: number;
  /** How long after the last beat a lock counts as left behind. */
  readonly staleMs: number;
}

const ordinary: LockTimes = { beatMs: 1_000, staleMs: 10_000 };

/**
 * Does `work` while no other process does what holds the same lock file; `waiting` is called once if it
 * has to wait. A lock whose holder died is taken over when it has shown no life for a while.
 *
 * Two that take over at the same moment may both hold it: what is done under the lock must be harmless to
 * do twice. It saves work, it is no safety.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  waiting: () => void = () => {},
  times: LockTimes = ordinary,
): Promise<T> {
  await acquire(path, waiting, times);
  const beat = setInterval(() => void touch(path), times.beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

async function acquire(path: string, waiting: () => void, times: LockTimes): Promise<void> {
  if (await create(path)) return;
  waiting();
  do {
    if (await isStale(path, times.staleMs)) await rm(path, { force: true });
    else await sleep(times.beatMs / 2);
  } while (!(await create(path)));
}

async function create(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string, staleMs: number): Promise<boolean> {
  const lock = await stat(path).catch(() => undefined);
  return lock !== undefined && Date.now() - lock.mtimeMs > staleMs;
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  // Taken over while this process was stopped: the work goes on, see above.
  await utimes(path, now, now).catch(() => {});
}
