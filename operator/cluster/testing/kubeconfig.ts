import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A kubeconfig file that goes away with its scope. */
export interface TemporaryKubeconfig extends AsyncDisposable {
  readonly path: string;
}

/** Writes a kubeconfig for a server; `user` and `cluster` add fields such as `token` or CA data. */
export async function temporaryKubeconfig(
  server: string,
  { user = {}, cluster = {} }: { user?: object; cluster?: object } = {},
): Promise<TemporaryKubeconfig> {
  const directory = await mkdtemp(join(tmpdir(), 'envclone-kubeconfig-'));
  const path = join(directory, 'config');
  await writeFile(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server, ...cluster } }],
      users: [{ name: 'test', user }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      'current-context': 'test',
    }),
  );
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}
