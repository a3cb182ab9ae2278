import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/error.ts';
import { DataVolumes, resourcePath, ServiceAccounts } from '../../kube/kinds.ts';
import { Scratch } from '../../scratch.ts';
import type { DataVolume, DataVolumeSpec } from '../objects.ts';

let scratch: Scratch;
let alice: KubeClient;
beforeAll(async () => {
  scratch = await Scratch.create(inject('kubeconfig'), 'dv-admission');
  await scratch.boundClaim('data');
  await scratch.readySnapshot('snap', 'data');
  await scratch.create(ServiceAccounts, { metadata: { name: 'alice' } });
  await allowDataVolumes();
  const serviceAccount = { namespace: scratch.namespace, name: 'alice' };
  alice = await KubeClient.fromKubeconfig(inject('kubeconfig'), { serviceAccount });
});
afterAll(async () => {
  await alice?.close();
  await scratch?.[Symbol.asyncDispose]();
});

/** DataVolumes, but neither `datavolumes/source` nor pods. */
async function allowDataVolumes(): Promise<void> {
  const rules = [{ apiGroups: ['cdi.kubevirt.io'], resources: ['datavolumes'], verbs: ['create'] }];
  const name = 'datavolumes';
  const subject = { kind: 'ServiceAccount', name: 'alice', namespace: scratch.namespace };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${scratch.namespace}`;
  await scratch.client.create(`${path}/roles`, { metadata: { name }, rules });
  await scratch.client.create(`${path}/rolebindings`, { metadata: { name }, roleRef, subjects: [subject] });
}

function create(client: KubeClient, name: string, spec: DataVolumeSpec): Promise<DataVolume> {
  const common = { apiVersion: 'cdi.kubevirt.io/v1beta1', kind: 'DataVolume', metadata: { name } };
  return client.create(resourcePath(DataVolumes, scratch.namespace), { ...common, spec });
}

function fromSnapshot(namespace = scratch.namespace): DataVolumeSpec {
  return { source: { snapshot: { namespace, name: 'snap' } }, storage: { storageClassName: 'immediate' } };
}

async function refused(request: Promise<unknown>): Promise<KubeError> {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(KubeError);
  return error as KubeError;
}

test('a refusal is a 422 with its cause, and two spaces before its words', async () => {
  const { code, message, body } = await refused(create(scratch.client, 'data', fromSnapshot()));
  expect(code).toBe(422);
  expect(message).toBe(
    `admission webhook "datavolume-validate.cdi.kubevirt.io" denied the request:  Destination PVC ${scratch.namespace}/data already exists`,
  );
  expect(body).toMatchObject({
    details: { causes: [{ reason: 'FieldValueDuplicate', field: 'DataVolume.Name' }] },
  });
});

test('who may not use a snapshot in its namespace may not clone it', async () => {
  const { code, message } = await refused(create(alice, 'hers', fromSnapshot()));
  const { namespace } = scratch;
  expect(code).toBe(422);
  expect(message).toBe(
    `admission webhook "datavolume-mutate.cdi.kubevirt.io" denied the request:  User system:serviceaccount:${namespace}:alice has insufficient permissions in clone source namespace ${namespace}`,
  );
});

test('a source namespace that is not there is a bad request', async () => {
  const { code, message } = await refused(create(scratch.client, 'nowhere', fromSnapshot('no-such')));
  expect(code).toBe(400);
  expect(message).toContain('namespaces "no-such" not found');
});

test('who may clone gets a token that says so, in an annotation', async () => {
  const { metadata } = await create(scratch.client, 'mine', fromSnapshot());
  expect(metadata.annotations).toHaveProperty(['cdi.kubevirt.io/storage.clone.token']);
});

test('the spec of a DataVolume cannot be changed', async () => {
  await create(scratch.client, 'fixed', fromSnapshot());
  const path = resourcePath(DataVolumes, scratch.namespace, 'fixed');
  const { message } = await refused(scratch.client.mergePatch(path, { spec: { priorityClassName: 'high' } }));
  expect(message).toContain('denied the request:  Cannot update DataVolume Spec');
});

test('a source that is not modelled is refused by its name', async () => {
  const resources = { requests: { storage: '64Mi' } };
  const pvc = { storageClassName: 'immediate', accessModes: ['ReadWriteOnce'], resources };
  const source = { http: { url: 'http://example.test' } };
  const { code, message } = await refused(create(scratch.client, 'http', { source, pvc }));
  expect(code).toBe(400);
  expect(message).toContain('this stand-in does not model http');
});
