import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { theLab } from '../testing/lab.ts';
import type { Fault } from './faults.ts';
import { KubeError } from './kube/client.ts';
import { Claims, ConfigMaps, resourcePath, VolumeSnapshots } from './kube/kinds.ts';
import { Scratch } from './scratch.ts';
import type { Claim, VolumeSnapshot } from './storage/objects.ts';

const lab = theLab();
const testWithFaults = test.skipIf(!lab.canInject);
let scratch: Scratch;
beforeAll(async () => {
  scratch = await Scratch.create(inject('kubeconfig'), 'faults');
  await scratch.boundClaim('data');
});
afterAll(() => scratch?.[Symbol.asyncDispose]());

const injected = new Set<Fault['name']>();
async function injectHere(fault: Fault): Promise<void> {
  injected.add(fault.name);
  await lab.inject({ ...fault, match: { namespace: scratch.namespace, ...fault.match } });
}
afterEach(async () => {
  for (const name of injected) await lab.clear(name);
  injected.clear();
});

testWithFaults('a driver that fails to snapshot once is asked again', async () => {
  await injectHere({ name: 'snapshot-create-fails', times: 1, match: { name: 'data' }, message: 'no room' });
  const errors = await scratch.record<VolumeSnapshot>(
    VolumeSnapshots,
    'fails',
    ({ status }) => status?.error?.message,
  );
  await scratch.readySnapshot('fails', 'data');
  expect(errors.join()).toContain('rpc error: code = Internal desc = no room');
  expect(errors.at(-1)).toBeUndefined();
});

testWithFaults('a slow snapshot is ready that much later', async () => {
  await injectHere({ name: 'snapshot-slow', milliseconds: 700, times: 1 });
  const began = performance.now();
  await scratch.readySnapshot('slow', 'data');
  expect(performance.now() - began).toBeGreaterThan(700);
});

testWithFaults(
  'a driver that fails to provision leaves the claim Pending until the fault is cleared',
  async () => {
    await injectHere({ name: 'provision-fails', match: { name: 'new*' } });
    await scratch.claim('new-claim');
    const failed = 'ProvisioningFailed: rpc error: code = Internal desc = the driver was told to fail';
    await expect.poll(() => scratch.events('new-claim')).toContain(failed);
    await lab.clear('provision-fails');
    await scratch.until<Claim>(Claims, 'new-claim', 'bound', ({ status }) => status?.phase === 'Bound');
  },
);

testWithFaults('an update meets a conflict as often as it was ordered', async () => {
  const path = resourcePath(ConfigMaps, scratch.namespace);
  const map = await scratch.client.create(path, { metadata: { name: 'contested' } });
  await injectHere({ name: 'api-conflict', times: 1, match: { name: 'contested' } });
  const update = () => scratch.client.replace(`${path}/contested`, { ...map, data: { a: 'b' } });
  const refusal = await update().catch((error: KubeError) => error);
  expect(refusal).toBeInstanceOf(KubeError);
  expect(refusal).toMatchObject({ code: 409, reason: 'Conflict' });
  await expect(update()).resolves.toMatchObject({ data: { a: 'b' } });
});
