import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { Pins } from './pins.ts';
import type { ProgramName, Progress } from './program-names.ts';

const indexUrl =
  'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';
const indexTimeoutMs = 3_000;
const archiveTimeoutMs = 120_000;

/** An archive of the index: where it is and what SHA-512 its bytes have. */
export interface Archive {
  readonly version: string;
  readonly url: string;
  readonly sha512: string;
}

/**
 * Gets what it can of `missing` from the archive that envtest's makers publish for the pinned minor version
 * of Kubernetes. Not reaching it is no error: the next source is asked.
 */
export async function downloadEnvtest(
  missing: readonly ProgramName[],
  directory: string,
  pins: Pins,
  progress: Progress,
): Promise<void> {
  try {
    const archive = await findArchive(pins.kubernetes);
    if (archive === undefined) return;
    progress(`downloading the envtest archive of Kubernetes ${archive.version}`);
    await unpack(await fetchVerified(archive), missing, directory);
  } catch (error) {
    progress(`no envtest archive (${reason(error)}), going on without`);
  }
}

async function findArchive(kubernetes: string): Promise<Archive | undefined> {
  const answer = await fetch(indexUrl, { signal: AbortSignal.timeout(indexTimeoutMs) });
  if (!answer.ok) throw new Error(`the index answers ${answer.status}`);
  return chooseArchive(await answer.text(), kubernetes, process.platform, process.arch);
}

interface Index {
  readonly releases?: Readonly<Record<string, Readonly<Record<string, { hash: string; selfLink: string }>>>>;
}

/** The newest release of the same minor version for this kind of machine. */
export function chooseArchive(
  index: string,
  kubernetes: string,
  platform: string,
  arch: string,
): Archive | undefined {
  const releases = (parse(index) as Index | null)?.releases ?? {};
  const minor = kubernetes.split('.').slice(0, 2).join('.');
  const machine = `${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  return Object.entries(releases)
    .filter(([version]) => version.startsWith(`${minor}.`) && !version.includes('-'))
    .sort(([a], [b]) => b.localeCompare(a, 'en', { numeric: true }))
    .flatMap(([version, files]) => {
      const file = files[`envtest-${version}-${machine}.tar.gz`];
      return file ? [{ version, url: file.selfLink, sha512: file.hash }] : [];
    })[0];
}

async function fetchVerified({ url, sha512 }: Archive): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(archiveTimeoutMs) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const actual = createHash('sha512').update(bytes).digest('hex');
  if (actual !== sha512) throw new Error(`${url} has another SHA-512 than the index says`);
  return bytes;
}

/** Unpacks those of `wanted` that the archive has. */
export async function unpack(bytes: Buffer, wanted: readonly string[], directory: string): Promise<void> {
  const scratch = await mkdtemp(join(directory, 'envtest.part-'));
  try {
    const file = join(scratch, 'archive.tar.gz');
    await writeFile(file, bytes);
    await promisify(execFile)('tar', ['-xzf', file, '-C', scratch]);
    const entries = await readdir(scratch, { recursive: true, withFileTypes: true });
    for (const { name, parentPath } of entries.filter(
      (entry) => entry.isFile() && wanted.includes(entry.name),
    )) {
      await rename(join(parentPath, name), join(directory, name));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
