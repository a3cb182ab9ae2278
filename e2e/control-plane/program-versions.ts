import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programNames } from './program-names.ts';

const oldest: Readonly<Record<string, readonly [number, number]>> = {
  // Earlier ones never end the list that a watch begins with.
  etcd: [3, 6],
  'kube-apiserver': [1, 30],
  'kube-controller-manager': [1, 30],
};

/** Why the programs in a directory cannot be used, in words; undefined where they can. */
export async function refusalOfAssets(directory: string): Promise<string | undefined> {
  for (const name of programNames) {
    const version = await versionOf(join(directory, name));
    if (version === undefined) return `${directory} has no ${name} that runs`;
    const least = oldest[name]!;
    if (isOlder(version, least)) return `its ${name} is ${version.join('.')}, older than ${least.join('.')}`;
  }
  return undefined;
}

async function versionOf(program: string): Promise<readonly [number, number] | undefined> {
  const answer = await promisify(execFile)(program, ['--version'], { timeout: 10_000 }).catch(
    () => undefined,
  );
  const found = /(\d+)\.(\d+)/.exec(answer?.stdout ?? '');
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

function isOlder(version: readonly [number, number], least: readonly [number, number]): boolean {
  return version[0] < least[0] || (version[0] === least[0] && version[1] < least[1]);
}
