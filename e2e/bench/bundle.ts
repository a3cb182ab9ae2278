/** The operator as its image has it: one bundled file, in a temporary directory, and the image's options of Node. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Bundle extends AsyncDisposable {
  readonly file: string;
  readonly nodeOptions: string;
}

const [bundler, containerfile] = ['hack/bundle.ts', 'Containerfile'].map((path) =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url)),
) as [string, string];

export async function bundleOperator(): Promise<Bundle> {
  const directory = await mkdtemp(join(tmpdir(), 'envclone-bundle-'));
  const file = join(directory, 'envclone.mjs');
  await promisify(execFile)(process.execPath, [bundler, file]);
  const nodeOptions = /NODE_OPTIONS="([^"]*)"/.exec(await readFile(containerfile, 'utf8'))?.[1];
  if (nodeOptions === undefined) throw new Error(`${containerfile} sets no NODE_OPTIONS`);
  return { file, nodeOptions, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}
