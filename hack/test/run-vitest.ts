import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Counts } from './counts.ts';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const reporter = fileURLToPath(new URL('./counting-reporter.ts', import.meta.url));

/**
 * Runs vitest and resolves to the counts that it reports itself. That it ends badly although nothing in
 * the counts says so, or without counts, is one failure more.
 */
export function runVitest(
  root: string,
  args: readonly string[],
  stdio: 'inherit' | 'ignore' = 'inherit',
): Promise<Counts> {
  const all = ['run', '--reporter=default', `--reporter=${reporter}`, ...args];
  const child = fork(vitest, all, { cwd: root, stdio: [stdio, stdio, stdio, 'ipc'] });
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  child.on('message', (message: Counts) => {
    counts = message;
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => passOn(signal, child));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(withEnding(counts, code)));
  });
}

// A terminal sends an interrupt to vitest as well, which then ends with what it has.
function passOn(signal: NodeJS.Signals, child: ChildProcess): void {
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
}

function withEnding(counts: Counts, code: number | null): Counts {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
