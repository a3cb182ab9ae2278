/**
 * `npm test`: the checks, then the tests, then whether all that the operator asked in them is known to be answered by
 * real systems or listed as not. Its last line is the counts of all.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { add, type Counts, none, summary } from './test/counts.ts';
import { runVitest } from './test/run-vitest.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = `${root}node_modules/.bin`;

interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Shown even where nothing is wrong. */
  readonly tells?: true;
}

const checks: readonly Check[] = [
  { name: 'types', command: [`${bin}/tsc`, '-p', '.'] },
  { name: 'lint and format', command: [`${bin}/biome`, 'check', '.'] },
  { name: 'generated files', command: [process.execPath, 'operator/generate/main.ts', '--check'] },
];

const counts = await runAll(process.argv.slice(2));
console.log(summary(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;

/**
 * `args` are vitest's. A part of the tests, or some that failed, say too little of what the operator asks, and of an
 * operator on a cluster of somebody's own nothing is known.
 */
async function runAll(args: readonly string[]): Promise<Counts> {
  let counts = none;
  for (const check of checks) counts = add(counts, await runCheck(check));
  await using directory = await mkdtempDisposable(join(tmpdir(), 'envclone-operator-log-'));
  process.env.ENVCLONE_KEEP_OPERATOR_LOG ??= join(directory.path, 'operator.log');
  const tests = await runVitest(root, args);
  counts = add(counts, tests);
  const isPart = args.length > 0 || tests.failed > 0 || process.env.ENVCLONE_E2E_KUBECONFIG;
  if (isPart) return counts;
  return add(counts, await runCheck(unseenCalls(process.env.ENVCLONE_KEEP_OPERATOR_LOG)));
}

function unseenCalls(log: string): Check {
  const command = [process.execPath, 'e2e/replay/main.ts', 'coverage', log] as const;
  return { name: 'calls that no recording answers are listed', command, tells: true };
}

async function runCheck({ name, command: [program, ...args], tells }: Check): Promise<Counts> {
  const start = Date.now();
  const { ok, output } = await run(program, args);
  if (!ok || tells) console.log(output.trimEnd());
  console.log(`${ok ? 'passed' : 'FAILED'}  ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  return { ...none, [ok ? 'passed' : 'failed']: 1 };
}

// The output is shown only where it says what is wrong.
async function run(program: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, 'close').catch((error: Error) => [error.message]);
  return { ok: code === 0, output: Buffer.concat(chunks).toString() || `ended with ${code}` };
}
