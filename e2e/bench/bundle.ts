/** The operator as its image has it: one bundled file, in a temporary directory. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Bundle extends AsyncDisposable {
  readonly file: string;
}

const bundler = fileURLToPath(new URL('../../hack/bundle.ts', import.meta.url));

export async function bundleOperator(): Promise<Bundle> {
  const directory = await mkdtemp(join(tmpdir(), 'envclone-bundle-'));
  const file = join(directory, 'envclone.mjs');
  await promisify(execFile)(process.execPath, [bundler, file]);
  return { file, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}
