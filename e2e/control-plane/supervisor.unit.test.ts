import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Supervisor } from './supervisor.ts';

// A process and a child of its: both print their ids, both would run for an hour.
const family = 'echo $$; sleep 3600 & echo $!; wait';

describe('a supervisor', { timeout: 30_000 }, () => {
  let directory: string;
  let log: string;
  let state: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envclone-supervisor-'));
    log = join(directory, 'log');
    state = join(directory, 'state');
    await mkdir(state);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const shell = (script: string) => ({ name: 'shell', command: '/bin/sh', args: ['-c', script], log });

  it('tells how a program ended, and keeps what it said', async () => {
    await using supervisor = new Supervisor();
    const program = supervisor.run(shell('echo out; echo err >&2; exit 3'));
    expect(await program.ended).toEqual({ ok: false, how: 'code 3' });
    expect(await readFile(log, 'utf8')).toBe('out\nerr\n');
  });

  it('tells of a program that cannot be started', async () => {
    await using supervisor = new Supervisor();
    const program = supervisor.run({ name: 'none', command: join(directory, 'none'), args: [], log });
    expect(await program.ended).toMatchObject({ ok: false, how: expect.stringContaining('ENOENT') });
  });

  it('stops its programs, what they started, and removes the directories', async () => {
    const supervisor = new Supervisor();
    supervisor.removeAtEnd(state);
    supervisor.run(shell(family));
    const pids = await pidsIn(log);
    await supervisor.stop();
    expect(existsSync(state)).toBe(false);
    // What a program started is reaped by the machine's init, which may take its time.
    await until(() => !pids.some(isRunning));
  });

  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'leaves no process and no directory behind when its parent gets %s',
    async (signal) => {
      const parent = fork(fileURLToPath(new URL('./supervisor-parent.fixture.ts', import.meta.url)), {
        env: { LOG: log, STATE: state, SCRIPT: family },
        execArgv: [],
      });
      const pids = await pidsIn(log);
      parent.kill(signal);
      await once(parent, 'exit');
      await until(() => !pids.some(isRunning) && !existsSync(state));
    },
  );

  it('is itself not missed when it is killed: its parent ends what it ran', async () => {
    const supervisor = new Supervisor();
    supervisor.removeAtEnd(state);
    const program = supervisor.run(shell(family));
    const pids = await pidsIn(log);
    process.kill(supervisor.pid, 'SIGKILL');
    expect(await program.ended).toEqual({ ok: false, how: 'its supervisor ended' });
    await until(() => !pids.some(isRunning) && !existsSync(state));
  });
});

async function pidsIn(log: string): Promise<number[]> {
  let lines: string[] = [];
  await until(async () => {
    lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
    return lines.length === 2;
  });
  return lines.map(Number);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('waited in vain for 10 s');
    await sleep(20);
  }
}
