import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProgram } from './supervisor.ts';

const everyMs = 50;
const atMostMs = 120_000;

/**
 * Waits until `isSo` says so; an error from it means not yet. Fails, quoting the log's end, as soon as one
 * of the programs ends, and after two minutes.
 */
export async function waitUntil(
  what: string,
  isSo: () => Promise<boolean>,
  programs: readonly RunningProgram[],
  signal?: AbortSignal,
): Promise<void> {
  const ended = watchForEnd(programs);
  const deadline = Date.now() + atMostMs;
  while (!(await isSo().catch(() => false))) {
    signal?.throwIfAborted();
    const early = await Promise.race([ended, sleep(everyMs)]);
    if (early)
      throw new Error(`${early.name} ended (${early.how}) before ${what}:\n${await tail(early.log)}`);
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}:\n${await tails(programs)}`);
  }
}

interface EarlyEnd {
  readonly name: string;
  readonly how: string;
  readonly log: string;
}

function watchForEnd(programs: readonly RunningProgram[]): Promise<EarlyEnd> {
  return Promise.race(programs.map(async ({ name, log, ended }) => ({ name, log, how: (await ended).how })));
}

async function tails(programs: readonly RunningProgram[]): Promise<string> {
  const all = programs.map(async ({ name, log }) => `${name}:\n${await tail(log)}`);
  return (await Promise.all(all)).join('\n');
}

async function tail(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-8).join('\n');
}
