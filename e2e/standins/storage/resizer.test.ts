import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Claims, Pods, resourcePath, Volumes } from '../kube/kinds.ts';
import { Scratch } from '../scratch.ts';
import type { Claim, Volume } from './objects.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await Scratch.create(inject('kubeconfig'), 'resize');
});
afterAll(() => scratch?.[Symbol.asyncDispose]());

async function grow(name: string, storage: string): Promise<void> {
  const path = resourcePath(Claims, scratch.namespace, name);
  await scratch.client.mergePatch(path, { spec: { resources: { requests: { storage } } } });
}

async function untilCapacity(name: string, storage: string): Promise<Claim> {
  const is = ({ status }: Claim) => status?.capacity?.storage === storage;
  return scratch.until<Claim>(Claims, name, `of ${storage}`, is);
}

async function mount(claimName: string): Promise<void> {
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName } }];
  const containers = [{ name: 'c', image: 'none' }];
  await scratch.create(Pods, { metadata: { name: `uses-${claimName}` }, spec: { containers, volumes } });
}

test('the volume grows first, its file system when a pod comes to the node', async () => {
  const { spec } = await scratch.boundClaim('grows');
  await grow('grows', '128Mi');
  const waits = ({ status }: Claim) => status?.allocatedResourceStatuses?.storage === 'NodeResizePending';
  const waiting = await scratch.until<Claim>(Claims, 'grows', 'waiting for a node', waits);
  expect(waiting.status?.capacity?.storage).toBe('64Mi');
  const volume = await scratch.get<Volume>(Volumes, spec.volumeName!);
  expect(volume.spec.capacity.storage).toBe('128Mi');
  await mount('grows');
  const { status } = await untilCapacity('grows', '128Mi');
  expect(status).not.toHaveProperty('allocatedResourceStatuses');
  const reasons = (await scratch.events('grows')).map((event) => event.split(':')[0]);
  expect(reasons).toEqual(expect.arrayContaining(['Resizing', 'FileSystemResizeRequired']));
});
