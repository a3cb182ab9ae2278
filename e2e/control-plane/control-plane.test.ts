import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from './api.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';

describe('a control plane', () => {
  let controlPlane: ControlPlane;
  let admin: Api;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
    admin = await Api.fromKubeconfig(controlPlane.kubeconfig);
  });
  afterAll(async () => {
    await admin?.[Symbol.asyncDispose]();
    await controlPlane?.stop();
  });

  it('lets its admin do everything', async () => {
    expect((await admin.send('GET', '/api/v1/secrets')).status).toBe(200);
  });

  it('refuses a user without a right, and lets a granted group in', async () => {
    const identity = { user: 'ada', groups: ['testers'] };
    await using ada = await Api.fromKubeconfig(await controlPlane.kubeconfigFor(identity));
    expect(await ada.send('GET', '/api/v1/secrets')).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('User "ada" cannot list resource "secrets"') },
    });
    await grantView('testers');
    await until(async () => (await ada.send('GET', '/api/v1/pods')).status === 200);
  });

  it('knows a service account by the token that it issued', async () => {
    await using robot = await Api.fromKubeconfig(
      await controlPlane.serviceAccountKubeconfig('default', 'default'),
    );
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    expect(await robot.ask('POST', path, review)).toMatchObject({
      status: { userInfo: { username: 'system:serviceaccount:default:default' } },
    });
  });

  it('binds a claim to the volume that somebody provisions for it', async () => {
    const name = unique('claim');
    const { metadata } = await admin.ask<Named>('POST', claims(), claim(name));
    await admin.ask('POST', '/api/v1/persistentvolumes', volumeFor(name, metadata.uid));
    await until(async () => (await admin.ask<Claim>('GET', claims(name))).status.phase === 'Bound');
  });

  it('leaves the name of the provisioner on a claim, for that to find it', async () => {
    const storageClass = unique('class');
    await admin.ask('POST', '/apis/storage.k8s.io/v1/storageclasses', {
      metadata: { name: storageClass },
      provisioner: 'driver.example.test',
    });
    const name = unique('claim');
    await admin.ask('POST', claims(), claim(name, storageClass));
    const provisioner = 'volume.kubernetes.io/storage-provisioner';
    await until(async () => {
      const { metadata } = await admin.ask<Named>('GET', claims(name));
      return metadata.annotations?.[provisioner] === 'driver.example.test';
    });
  });

  it('removes what a deleted object owned', async () => {
    const owner = await admin.ask<Named>('POST', configMaps(), { metadata: { name: unique('owner') } });
    const owned = unique('owned');
    const { name, uid } = owner.metadata;
    await admin.ask('POST', configMaps(), {
      metadata: { name: owned, ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid }] },
    });
    await admin.ask('DELETE', configMaps(name));
    await until(async () => (await admin.send('GET', configMaps(owned))).status === 404);
  });

  it('removes a deleted namespace with what is in it', async () => {
    const namespace = unique('namespace');
    await admin.ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    const inside = `/api/v1/namespaces/${namespace}/configmaps`;
    await admin.ask('POST', inside, { metadata: { name: 'inside' } });
    await admin.ask('DELETE', `/api/v1/namespaces/${namespace}`);
    await until(async () => (await admin.send('GET', `/api/v1/namespaces/${namespace}`)).status === 404);
  });

  async function grantView(group: string): Promise<void> {
    await admin.ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: unique('view') },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
    });
  }
});

interface Named {
  readonly metadata: { name: string; uid: string; annotations?: Record<string, string> };
}

interface Claim extends Named {
  readonly status: { readonly phase: string };
}

const claims = (name = '') => `/api/v1/namespaces/default/persistentvolumeclaims/${name}`;
const configMaps = (name = '') => `/api/v1/namespaces/default/configmaps/${name}`;
const unique = (what: string) => `${what}-${randomUUID().slice(0, 8)}`;
const gigabyte = { storage: '1Gi' };

function claim(name: string, storageClassName = 'by-hand'): object {
  return {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: gigabyte } },
  };
}

function volumeFor(claimName: string, uid: string): object {
  return {
    metadata: { name: `pvc-${uid}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: gigabyte,
      storageClassName: 'by-hand',
      claimRef: { namespace: 'default', name: claimName, uid },
      csi: { driver: 'driver.example.test', volumeHandle: uid },
    },
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('waited in vain for 30 s');
    await sleep(50);
  }
}
