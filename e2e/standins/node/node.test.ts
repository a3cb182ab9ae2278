import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Claims, Pods } from '../kube/kinds.ts';
import { Scratch } from '../scratch.ts';
import type { Claim } from '../storage/objects.ts';
import type { Pod, PodSpec } from './objects.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await Scratch.create(inject('kubeconfig'), 'node');
});
afterAll(() => scratch?.[Symbol.asyncDispose]());

function pod(name: string, claims: readonly string[], spec: Partial<PodSpec> = {}): Promise<Pod> {
  const volumes = claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  const containers = [{ name: 'c', image: 'none' }];
  const common = { terminationGracePeriodSeconds: 1, containers, volumes };
  return scratch.create<Pod>(Pods, { metadata: { name }, spec: { ...common, ...spec } });
}

function condition({ status }: Pod, type: string) {
  return status?.conditions?.find((each) => each.type === type);
}

async function unschedulable(name: string): Promise<string | null | undefined> {
  const is = (object: Pod) => condition(object, 'PodScheduled')?.reason === 'Unschedulable';
  return condition(await scratch.until<Pod>(Pods, name, 'unschedulable', is), 'PodScheduled')?.message;
}

function ready(name: string): Promise<Pod> {
  return scratch.until<Pod>(Pods, name, 'ready', (object) => condition(object, 'Ready')?.status === 'True');
}

test('a pod is bound to the node, runs, has an address and is ready', async () => {
  await scratch.boundClaim('bound');
  await pod('plain', ['bound']);
  const { spec, status } = await ready('plain');
  expect(spec.nodeName).toBe('node01');
  expect(status).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^10\.244\./) });
});

test('a pod is the first consumer of a claim that waits for one', async () => {
  await scratch.claim('late', { storageClassName: 'zonal' });
  await pod('consumer', ['late']);
  await ready('consumer');
  const claim = await scratch.get<Claim>(Claims, 'late');
  expect(claim.metadata.annotations).toMatchObject({ 'volume.kubernetes.io/selected-node': 'node01' });
  expect(claim.status?.phase).toBe('Bound');
});

test('a pod without its claim, or with one that cannot be bound here, is unschedulable in the real words', async () => {
  await pod('without', ['nowhere']);
  const missing = '0/1 nodes are available: persistentvolumeclaim "nowhere" not found. not found';
  expect(await unschedulable('without')).toBe(missing);
  await scratch.claim('unbound', {
    dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'none' },
  });
  await pod('waiting', ['unbound']);
  const unbound = '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found';
  expect(await unschedulable('waiting')).toBe(unbound);
});

test('a pod that was unschedulable runs when its claim appears', async () => {
  await pod('patient', ['appears']);
  await unschedulable('patient');
  await scratch.claim('appears');
  await ready('patient');
});

test('a pod that the node does not fit stays unschedulable', async () => {
  await pod('elsewhere', [], { nodeSelector: { 'kubernetes.io/hostname': 'node02' } });
  expect(await unschedulable('elsewhere')).toContain("1 node(s) didn't match Pod's node affinity/selector.");
});

test('a pod with a closed readiness gate runs and is not ready, and is when the gate opens', async () => {
  const gate = 'example.test/gate';
  await pod('gated', [], { readinessGates: [{ conditionType: gate }] });
  const running = await scratch.until<Pod>(
    Pods,
    'gated',
    'running',
    ({ status }) => status?.phase === 'Running',
  );
  expect(condition(running, 'Ready')).toMatchObject({ status: 'False', reason: 'ReadinessGatesNotReady' });
  const path = `/api/v1/namespaces/${scratch.namespace}/pods/gated/status`;
  await scratch.client.strategicPatch(path, { status: { conditions: [{ type: gate, status: 'True' }] } });
  await ready('gated');
});

test('a pod that is deleted ends and goes', async () => {
  await pod('ends', []);
  await ready('ends');
  await scratch.delete(Pods, 'ends');
  await scratch.untilGone(Pods, 'ends');
});
