import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Api } from './api.ts';
import type { Authority, Subject } from './certificates.ts';
import { type Endpoint, readKubeconfig, writeKubeconfig } from './kubeconfig.ts';

/** A user and the groups that it is in. */
export type Identity = Subject;

// As long as any test or demo runs; the API server may shorten it.
const tokenSeconds = 24 * 3600;

/** Writes a kubeconfig for a user by a certificate that `authority` signs; returns its path in `directory`. */
export async function userKubeconfig(
  identity: Identity,
  authority: Authority,
  endpoint: Endpoint,
  directory: string,
): Promise<string> {
  return writeKubeconfig(newFile(directory), endpoint, await authority.issue(identity));
}

/**
 * Writes a kubeconfig with a token of a service account, which must exist; returns its path in `directory`.
 * Works on any cluster: the token is asked for with the kubeconfig of somebody who may.
 */
export async function serviceAccountKubeconfig(
  adminKubeconfig: string,
  account: { readonly namespace: string; readonly name: string },
  directory: string,
): Promise<string> {
  const { endpoint } = await readKubeconfig(adminKubeconfig);
  await using api = await Api.fromKubeconfig(adminKubeconfig);
  const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`;
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: tokenSeconds },
  };
  const { status } = await api.ask<{ status: { token: string } }>('POST', path, request);
  return writeKubeconfig(newFile(directory), endpoint, { token: status.token });
}

function newFile(directory: string): string {
  return join(directory, `${randomUUID()}.kubeconfig`);
}
