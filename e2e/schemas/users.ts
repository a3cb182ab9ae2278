/** Requests as somebody else, by impersonation, so that a cluster's own admission judges their rights. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

interface Kubeconfig {
  readonly users: readonly { readonly name: string; readonly user: object }[];
}

/**
 * Writes a kubeconfig that speaks as `user` into a directory and resolves to its path. The one given must be that of
 * somebody who may impersonate.
 */
export async function kubeconfigAs(user: string, kubeconfig: string, directory: string): Promise<string> {
  const config = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const users = config.users.map((entry) => ({ ...entry, user: { ...entry.user, as: user } }));
  const path = join(directory, `${user.replaceAll(':', '-')}.kubeconfig`);
  await writeFile(path, stringify({ ...config, users }), { mode: 0o600 });
  return path;
}
