import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import type { KeyPair } from './certificates.ts';

/** What proves who asks: a client certificate or a bearer token. */
export type Credential = KeyPair | { readonly token: string };

export interface Endpoint {
  readonly server: string;
  /** PEM of the authority that the server's certificate is checked with. */
  readonly certificateAuthority: string;
}

/** Where an API server is, and who speaks to it. */
export interface Access {
  readonly endpoint: Endpoint;
  readonly credential: Credential;
}

/** Writes a kubeconfig of one cluster, one user and one context, readable by its owner only. */
export async function writeKubeconfig(
  path: string,
  endpoint: Endpoint,
  credential: Credential,
): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'envclone', cluster: clusterOf(endpoint) }],
    users: [{ name: 'user', user: userOf(credential) }],
    contexts: [{ name: 'envclone', context: { cluster: 'envclone', user: 'user' } }],
    'current-context': 'envclone',
  };
  await writeFile(path, stringify(config, { version: '1.1' }), { mode: 0o600 });
  return path;
}

function clusterOf({ server, certificateAuthority }: Endpoint): object {
  return { server, 'certificate-authority-data': encode(certificateAuthority) };
}

function userOf(credential: Credential): object {
  if ('token' in credential) return { token: credential.token };
  return {
    'client-certificate-data': encode(credential.certificate),
    'client-key-data': encode(credential.key),
  };
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly name: string; readonly cluster: Fields }[];
  readonly users?: readonly { readonly name: string; readonly user: Fields }[];
  readonly contexts?: readonly { readonly name: string; readonly context: Fields }[];
  readonly 'current-context'?: string;
}

type Fields = Readonly<Record<string, string | undefined>>;

/** Reads the current context of a kubeconfig whose keys and certificates lie in the file itself. */
export async function readKubeconfig(path: string): Promise<Access> {
  const config = parse(await readFile(path, 'utf8')) as Kubeconfig;
  const named = <T extends { name: string }>(list: readonly T[] = [], name?: string) =>
    list.find((item) => item.name === name);
  const context = named(config.contexts, config['current-context'])?.context;
  const cluster = named(config.clusters, context?.cluster)?.cluster;
  const user = named(config.users, context?.user)?.user;
  const authority = cluster?.['certificate-authority-data'];
  const credential = user && credentialOf(user);
  if (!cluster?.server || !authority || !credential) {
    throw new Error(
      `${path}: its current context needs certificate-authority-data and client-key-data or a token`,
    );
  }
  return { endpoint: { server: cluster.server, certificateAuthority: decode(authority) }, credential };
}

function credentialOf(user: Fields): Credential | undefined {
  const { token, 'client-certificate-data': certificate, 'client-key-data': key } = user;
  if (token) return { token };
  return certificate && key ? { certificate: decode(certificate), key: decode(key) } : undefined;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
