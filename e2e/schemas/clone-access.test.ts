/** Who may clone what: the chart's admission policy, judged by the API server with the rights of real users. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { ClusterClient, Kind, KubeObject } from '../../operator/cluster/index.ts';
import { environmentClones, namespaces } from '../../operator/cluster/kinds.generated.ts';
import { installChart } from '../testing/install-chart.ts';
import { connectTo, refusals } from './requests.ts';
import { aClone, type Sample } from './samples.ts';
import { kubeconfigAs } from './users.ts';

const source = 'schemas-source';
const target = 'schemas-target';
/** A release of this test's own, beside one that the cluster may have. */
const release = {
  release: 'schemas',
  namespace: 'schemas-operator',
  values: { roles: { aggregate: false } },
};
const operator = 'system:serviceaccount:schemas-operator:schemas-envclone';
const directory = mkdtempSync(join(tmpdir(), 'envclone-users-'));
const open: AsyncDisposable[] = [];
let admin: ClusterClient;

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' };
const clusterRoles: Kind = { ...rbac, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false };
const clusterRoleBindings: Kind = {
  ...rbac,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};
const roleBindings: Kind = { ...rbac, kind: 'RoleBinding', plural: 'rolebindings', namespaced: true };

const fromSource = inTarget({ source: { namespace: source, environment: 'shop' } });
const fromTarget = inTarget({ source: { environment: 'shop' } });

beforeAll(async () => {
  await installChart(inject('kubeconfig'), release);
  admin = await as(undefined);
  for (const name of [source, target]) await admin.apply(namespaces, { metadata: { name } });
  await admin.apply(clusterRoles, machineMaker());
  await grant(target, 'schemas-machine-maker', ['maker', 'granted']);
  await grant(target, 'schemas-envclone-editor', ['nobody', 'maker', 'granted', 'reader']);
  await grant(target, 'schemas-envclone-viewer', ['maker', 'granted']);
  await grant(source, 'schemas-envclone-source-granter', ['granted', 'reader']);
  await policyIsEnforced();
});

afterAll(async () => {
  for (const name of [source, target, release.namespace]) await admin.delete(namespaces, { name });
  const ofRelease = { labelSelector: `app.kubernetes.io/instance=${release.release}` };
  for (const kind of [clusterRoles, clusterRoleBindings]) await admin.deleteCollection(kind, ofRelease);
  await admin.delete(clusterRoles, { name: 'schemas-machine-maker' });
  for (const client of open) await client[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

function inTarget(spec: object): Sample {
  return { ...aClone({ paused: true, ...spec }), metadata: { name: 'schemas-access', namespace: target } };
}

function machineMaker(): KubeObject & { rules: object[] } {
  const rule = { apiGroups: ['kubevirt.io'], resources: ['virtualmachines'], verbs: ['create'] };
  return { metadata: { name: 'schemas-machine-maker' }, rules: [rule] };
}

async function as(user: string | undefined): Promise<ClusterClient> {
  const own = inject('kubeconfig');
  const client = connectTo(user ? await kubeconfigAs(user, own, directory) : own);
  open.push(client);
  return client;
}

async function grant(namespace: string, role: string, users: readonly string[]): Promise<void> {
  const subjects = users.map((name) => ({ kind: 'User', apiGroup: rbac.group, name }));
  const roleRef = { kind: 'ClusterRole', apiGroup: rbac.group, name: role };
  const binding: object = { metadata: { name: role, namespace }, roleRef, subjects };
  await admin.apply(roleBindings, binding as KubeObject);
}

const create = (client: ClusterClient, object: Sample, dryRun = true) =>
  client.create<KubeObject>(environmentClones as Kind, object, { dryRun });

/** The API server reads policies some moments after they are made. */
async function policyIsEnforced(): Promise<void> {
  const nobody = await as('nobody');
  await vi.waitFor(
    async () => expect((await refusals(create(nobody, fromTarget))).join()).toContain('Policy'),
    {
      timeout: 20_000,
      interval: 200,
    },
  );
}

describe('a clone within its namespace', () => {
  it('is allowed to who may create VirtualMachines there', async () => {
    expect(await create(await as('maker'), fromTarget)).toBeDefined();
  });

  it('is refused to who may not, in words that name the right', async () => {
    expect(await refusals(create(await as('nobody'), fromTarget))).toEqual([
      expect.stringContaining(
        `nobody may not create VirtualMachines in namespace ${target}, which a clone does on their behalf`,
      ),
    ]);
  });
});

describe('a clone from another namespace', () => {
  it('is allowed to who may also create environments/source there', async () => {
    expect(await create(await as('granted'), fromSource)).toBeDefined();
  });

  it.each(['Clone', 'Plan'])(
    'is refused to who may not, in words that name the right: mode %s',
    async (mode) => {
      const clone = inTarget({ source: { namespace: source, environment: 'shop' }, mode });
      expect(await refusals(create(await as('maker'), clone))).toEqual([
        expect.stringContaining(
          `maker may not clone Environment ${source}/shop into another namespace: ask an admin of namespace ${source} for the right to create environments/source there`,
        ),
      ]);
    },
  );

  it('is refused to who may read the source and make no VirtualMachines', async () => {
    expect(await refusals(create(await as('reader'), fromSource))).toEqual([
      expect.stringContaining('reader may not create VirtualMachines'),
    ]);
  });
});

describe('a clone that is there', () => {
  beforeAll(async () => {
    await create(admin, fromSource, false);
  });

  afterAll(async () => {
    await admin.mergePatch(environmentClones, fromSource.metadata, { metadata: { finalizers: null } });
    await admin.delete(environmentClones, fromSource.metadata);
  });

  it('is not changed by who could not have created it', async () => {
    const change = (await as('maker')).mergePatch(environmentClones, fromSource.metadata, {
      spec: { paused: false },
    });
    expect(await refusals(change)).toEqual([expect.stringContaining('maker may not clone Environment')]);
  });

  it('is labelled by who may update it, since that asks for nothing', async () => {
    const patch = { metadata: { labels: { kept: 'yes' } } };
    expect(await (await as('maker')).mergePatch(environmentClones, fromSource.metadata, patch)).toMatchObject(
      patch,
    );
  });

  it('gets its finalizer and its status from the operator, which has no rights in either namespace but its own', async () => {
    const client = await as(operator);
    const patch = { metadata: { finalizers: ['envclone.io/clone'] } };
    const clone = await client.mergePatch(environmentClones, fromSource.metadata, patch);
    expect(clone).toMatchObject(patch);
    expect(await client.patchStatus(environmentClones, clone, { phase: 'Pending' })).toMatchObject({
      status: { phase: 'Pending' },
    });
  });
});
