import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Pods } from '../../kube/kinds.ts';
import { TestCluster } from '../test-cluster.ts';
import type { Pod, VolumeStatus } from '../types.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start(inject('kubeconfig'), 'hotplug');
  await Promise.all(['db', 'extra', 'more'].map((name) => cluster.claim(name)));
  await cluster.machine('db');
  await cluster.untilStatus('db', 'Running');
});
afterAll(() => cluster[Symbol.asyncDispose]());

async function volume(name: string): Promise<VolumeStatus | undefined> {
  const vmi = await cluster.vmi('db');
  return vmi?.status?.volumeStatus?.find((status) => status.name === name);
}

function plug(name: string) {
  const volumeSource = { persistentVolumeClaim: { claimName: name } };
  return cluster.call('db', 'addvolume', { body: { name, disk: { disk: { bus: 'scsi' } }, volumeSource } });
}

function untilReady(name: string): Promise<unknown> {
  return cluster.until(`${name} is ready`, async () => (await volume(name))?.phase === 'Ready');
}

async function attachmentPods(): Promise<string[]> {
  const { items } = await cluster.client.list<Pod>(cluster.path(Pods));
  return items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('hp-volume-'));
}

describe('volumes of a running VM', () => {
  test('are plugged in without a restart, and one pod holds them all', async () => {
    expect((await plug('extra')).code).toBe(202);
    await untilReady('extra');
    await plug('more');
    await untilReady('more');
    await cluster.until('one pod is left', async () => (await attachmentPods()).length === 1);
    expect([(await volume('extra'))?.target, (await volume('more'))?.target]).toEqual(['sda', 'sdb']);
    expect((await cluster.vm('db'))?.status?.volumeRequests).toBeUndefined();
  });

  test('are there again after a restart', async () => {
    const before = (await cluster.vmi('db'))?.metadata.uid;
    await cluster.call('db', 'restart');
    await cluster.until('another instance runs', async () => {
      const vmi = await cluster.vmi('db');
      return vmi?.status?.phase === 'Running' && vmi.metadata.uid !== before;
    });
    await Promise.all([untilReady('extra'), untilReady('more')]);
  });

  test('are pulled out, and their pods go', async () => {
    for (const name of ['extra', 'more']) await cluster.call('db', 'removevolume', { body: { name } });
    await cluster.until('none is left', async () => {
      const gone = (await volume('extra')) === undefined && (await volume('more')) === undefined;
      return gone && (await attachmentPods()).length === 0;
    });
    expect((await cluster.vmi('db'))?.spec.volumes).toHaveLength(1);
  });

  test('that were there from the beginning stay', async () => {
    const { code, body } = await cluster.call('db', 'removevolume', { body: { name: 'disk0' } });
    expect([code, JSON.parse(body).message]).toEqual([
      409,
      expect.stringContaining('Unable to remove volume [disk0] because it is not hotpluggable'),
    ]);
  });
});
