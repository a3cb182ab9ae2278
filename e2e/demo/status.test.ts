import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import type { CloneView } from '../../operator/cli/clone-view.ts';
import type { ClusterClient, Kind } from '../../operator/cluster/index.ts';
import { serviceAccounts } from '../../operator/cluster/kinds.generated.ts';
import { serviceAccountKubeconfig } from '../control-plane/identities.ts';
import { it } from '../testing/scene-test.ts';

const main = fileURLToPath(new URL('../../operator/main.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `envclone status` as its own process; it is no terminal. */
async function status(kubeconfig: string, ...args: readonly string[]): Promise<Ended> {
  const all = [main, 'status', '--kubeconfig', kubeconfig, ...args];
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, all)) };
  } catch (error) {
    return error as Ended;
  }
}

describe('envclone status', () => {
  it('follows a clone until it is completed, and ends with exit code 0', async ({ copy, kubeconfig }) => {
    await copy.clone();
    const { code, stdout } = await status(kubeconfig, 'copy', '-n', copy.target, '--watch');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('● web (tier 2)  Up');
    expect(stdout).toContain('Completed, Ready: 4 of 4 VMs up');
  });

  it('shows the same to a user who may not read the source', async ({ copy, kubeconfig, client }) => {
    await copy.clone();
    await copy.completed();
    const directory = await mkdtemp(join(tmpdir(), 'envclone-status-'));
    try {
      const reader = await aReaderOf(copy.target, client, kubeconfig, directory);
      const views = [kubeconfig, reader].map((config) => status(config, '-n', copy.target, '-o', 'json'));
      const [all, little] = (await Promise.all(views)).map(({ stdout }) => JSON.parse(stdout) as CloneView);
      expect(namesByTier(little!)).toEqual([['db', 'queue'], ['api'], ['web']]);
      expect(namesByTier(little!)).toEqual(namesByTier(all!));
      expect(little).toMatchObject({ phase: 'Completed', ready: true, disks: all!.disks, unnamed: 0 });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('names the clones that there are, where the one asked for is not', async ({ copy, kubeconfig }) => {
    await copy.clone({ mode: 'Plan' }, 'planned');
    const { code, stderr } = await status(kubeconfig, 'wrong', '-n', copy.target);
    expect(code).toBe(1);
    expect(stderr).toContain(`has no EnvironmentClone "wrong"; there are: planned`);
  });

  it('says who may not read what, where the user has no rights at all', async ({
    copy,
    kubeconfig,
    client,
  }) => {
    await copy.clone({ mode: 'Plan' });
    const directory = await mkdtemp(join(tmpdir(), 'envclone-status-'));
    try {
      const reader = await aReaderOf(copy.target, client, kubeconfig, directory, ['environmentclones']);
      const { code, stderr } = await status(reader, 'copy', '-n', copy.target);
      expect(code).toBe(1);
      expect(stderr).toMatch(/forbidden/i);
      expect(stderr).not.toContain('    at ');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

function namesByTier({ tiers }: CloneView): readonly (readonly string[])[] {
  return tiers.map(({ machines }) => machines.map(({ name }) => name));
}

const roles: Kind = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
};
const roleBindings: Kind = { ...roles, kind: 'RoleBinding', plural: 'rolebindings' };

/** Path of a kubeconfig of somebody who may read these resources in one namespace, and nothing elsewhere. */
async function aReaderOf(
  namespace: string,
  client: ClusterClient,
  admin: string,
  directory: string,
  resources: readonly string[] = ['*'],
): Promise<string> {
  const metadata = { name: 'reader', namespace };
  await client.create(serviceAccounts, { metadata });
  await client.create(roles, {
    metadata,
    rules: [{ apiGroups: ['*'], resources, verbs: ['get', 'list', 'watch'] }],
  } as never);
  await client.create(roleBindings, {
    metadata,
    roleRef: { apiGroup: roles.group, kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
  } as never);
  return serviceAccountKubeconfig(admin, metadata, directory);
}
