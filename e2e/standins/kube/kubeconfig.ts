import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** Where an API server is, and what proves who asks. */
export interface Connection {
  readonly server: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

/** Reads the current context of a kubeconfig file: client certificates and tokens, inline or by file. */
export async function readKubeconfig(path: string): Promise<Connection> {
  const config = parse(await readFile(path, 'utf8')) as Kubeconfig;
  const context = named(config.contexts, config['current-context'])?.context;
  const cluster = named(config.clusters, context?.cluster)?.cluster;
  const user = named(config.users, context?.user)?.user ?? {};
  if (!cluster) throw new Error(`${path} names no cluster in its current context`);
  return {
    server: cluster.server,
    ca: await inlineOrFile(cluster['certificate-authority-data'], cluster['certificate-authority']),
    cert: await inlineOrFile(user['client-certificate-data'], user['client-certificate']),
    key: await inlineOrFile(user['client-key-data'], user['client-key']),
    token: user.token,
  };
}

interface Kubeconfig {
  'current-context': string;
  clusters: { name: string; cluster: { server: string; [field: string]: string | undefined } }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
  users: { name: string; user: { [field: string]: string | undefined } }[];
}

function named<T extends { name: string }>(list: T[] | undefined, name: string | undefined): T | undefined {
  return list?.find((item) => item.name === name);
}

async function inlineOrFile(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString();
  return file === undefined ? undefined : readFile(file, 'utf8');
}
