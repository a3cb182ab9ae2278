import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ending, RunningProgram } from './supervisor.ts';
import { waitUntil } from './wait-until.ts';

describe('waiting for programs', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envclone-wait-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const never = new Promise<Ending>(() => {});

  async function program(name: string, log: string, ended = never): Promise<RunningProgram> {
    await writeFile(join(directory, name), log);
    return { name, log: join(directory, name), ended };
  }

  it('ends when it is so, whatever errors came before', async () => {
    let asked = 0;
    const isSo = async () => {
      if (++asked < 3) throw new Error('connection refused');
      return true;
    };
    await waitUntil('the API server', isSo, [await program('etcd', '')]);
    expect(asked).toBe(3);
  });

  it('fails at once when a program ends, with the end of its log', async () => {
    const failed = Promise.resolve({ ok: false, how: 'code 1' });
    const programs = [
      await program('etcd', 'all is well'),
      await program('kube-apiserver', `${'noise\n'.repeat(20)}E bind: address already in use\n`, failed),
    ];
    const waiting = waitUntil('the API server to be ready', async () => false, programs);
    await expect(waiting).rejects.toThrow(
      /^kube-apiserver ended \(code 1\) before the API server to be ready:\n(noise\n){7}E bind: address already in use$/,
    );
  });

  it('fails when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(waitUntil('anything', async () => false, [], signal)).rejects.toThrow('interrupted');
  });
});
