import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { files, type Layout, serverHosts } from './arguments.ts';
import { Authority, newSigningKeys } from './certificates.ts';
import { type Endpoint, writeKubeconfig } from './kubeconfig.ts';

/** What was written for the programs to start with. */
export interface State {
  readonly endpoint: Endpoint;
  /** Signs certificates of clients. */
  readonly authority: Authority;
  readonly adminKubeconfig: string;
}

/** Writes the keys, certificates and kubeconfigs of a new control plane into its directory. */
export async function writeState(layout: Layout): Promise<State> {
  const authority = await Authority.create('envclone control plane');
  const endpoint = {
    server: `https://127.0.0.1:${layout.port}`,
    certificateAuthority: authority.certificate,
  };
  await Promise.all([
    writeServerKeys(layout, authority),
    writeProxyKeys(layout),
    writeTokenKeys(layout),
    writeControllerManagerKubeconfig(layout, authority, endpoint),
  ]);
  const admin = await authority.issue({ user: 'admin', groups: ['system:masters'] });
  const path = join(layout.directory, files.adminKubeconfig);
  return { endpoint, authority, adminKubeconfig: await writeKubeconfig(path, endpoint, admin) };
}

async function writeServerKeys(layout: Layout, authority: Authority): Promise<void> {
  const server = await authority.issue({ user: 'kube-apiserver' }, serverHosts);
  await write(layout, files.authority, authority.certificate);
  await write(layout, files.serverCertificate, server.certificate);
  await write(layout, files.serverKey, server.key);
}

// By this certificate an aggregated API server knows that the headers come from the real one.
async function writeProxyKeys(layout: Layout): Promise<void> {
  const authority = await Authority.create('envclone front proxy');
  const proxy = await authority.issue({ user: 'front-proxy' });
  await write(layout, files.proxyAuthority, authority.certificate);
  await write(layout, files.proxyCertificate, proxy.certificate);
  await write(layout, files.proxyKey, proxy.key);
}

async function writeTokenKeys(layout: Layout): Promise<void> {
  const { publicKey, privateKey } = newSigningKeys();
  await write(layout, files.tokenPublicKey, publicKey);
  await write(layout, files.tokenPrivateKey, privateKey);
}

async function writeControllerManagerKubeconfig(
  layout: Layout,
  authority: Authority,
  endpoint: Endpoint,
): Promise<void> {
  const identity = await authority.issue({
    user: 'system:kube-controller-manager',
    groups: ['system:masters'],
  });
  await writeKubeconfig(join(layout.directory, files.controllerManagerKubeconfig), endpoint, identity);
}

function write(layout: Layout, file: string, text: string): Promise<void> {
  return writeFile(join(layout.directory, file), text, { mode: 0o600 });
}
