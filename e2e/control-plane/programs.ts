import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { downloadEnvtest } from './envtest-archive.ts';
import { buildProgram } from './go-build.ts';
import { withLock } from './lock.ts';
import { type Pins, readPins } from './pins.ts';
import { type ProgramName, type Programs, type Progress, programNames } from './program-names.ts';
import { refusalOfAssets } from './program-versions.ts';

export type { Programs } from './program-names.ts';

/** Puts what it has of `missing` into `directory`. */
export type Source = (
  missing: readonly ProgramName[],
  directory: string,
  pins: Pins,
  progress: Progress,
) => Promise<void>;

export interface Places {
  /** A directory of programs that somebody chose: the variable that envtest reads as well. */
  readonly assets?: string;
  readonly cache: string;
  readonly pins: Pins;
  /** Asked in turn for what the cache lacks. */
  readonly sources: readonly Source[];
}

/**
 * Finds etcd, kube-apiserver and kube-controller-manager: in `KUBEBUILDER_ASSETS`, in the cache, else in
 * the published envtest archive, else built from Go modules. The last two fill the cache, once.
 */
export async function findPrograms(progress: Progress, places: Places = ordinaryPlaces()): Promise<Programs> {
  return (await fromAssets(places, progress)) ?? (await fromCache(places, progress));
}

function ordinaryPlaces(): Places {
  return {
    assets: process.env.KUBEBUILDER_ASSETS,
    cache: cacheDirectory(),
    pins: readPins(),
    sources: [downloadEnvtest, buildMissing],
  };
}

/** Where downloads and builds are kept between runs. */
export function cacheDirectory(): string {
  return process.env.ENVCLONE_CACHE || join(homedir(), '.cache', 'envclone');
}

async function fromAssets(places: Places, progress: Progress): Promise<Programs | undefined> {
  if (!places.assets) return undefined;
  const refusal = await refusalOfAssets(places.assets);
  if (refusal === undefined) return programsIn(places.assets);
  progress(`not using KUBEBUILDER_ASSETS: ${refusal}`);
  return undefined;
}

async function fromCache(places: Places, progress: Progress): Promise<Programs> {
  const directory = join(places.cache, 'control-plane', places.pins.key);
  if ((await missingIn(directory)).length > 0) {
    await mkdir(directory, { recursive: true });
    const waiting = () =>
      progress('waiting for another process that is getting the control plane’s programs');
    await withLock(join(directory, 'lock'), () => fill(directory, places, progress), waiting);
  }
  return programsIn(directory);
}

// Looks anew before each source: whoever held the lock before may have done the work.
async function fill(directory: string, { sources, pins }: Places, progress: Progress): Promise<void> {
  for (const source of sources) {
    const missing = await missingIn(directory);
    if (missing.length > 0) await source(missing, directory, pins, progress);
  }
  const missing = await missingIn(directory);
  if (missing.length > 0) throw new Error(`found no way to get ${missing.join(', ')}`);
}

const buildMissing: Source = async (missing, directory, pins, progress) => {
  for (const name of missing) await buildProgram(name, directory, pins, progress);
};

async function missingIn(directory: string): Promise<ProgramName[]> {
  const present = await Promise.all(programNames.map((name) => isExecutable(join(directory, name))));
  return programNames.filter((_, index) => !present[index]);
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function programsIn(directory: string): Programs {
  return Object.fromEntries(programNames.map((name) => [name, join(directory, name)])) as Programs;
}
