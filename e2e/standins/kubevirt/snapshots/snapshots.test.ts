import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { theLab } from '../../../testing/lab.ts';
import {
  VirtualMachineSnapshotContents,
  VirtualMachineSnapshots,
  VirtualMachines,
  VolumeSnapshots,
} from '../../kube/kinds.ts';
import type { VirtualMachine } from '../types.ts';
import { progressOf, SnapshotCluster } from './snapshot-cluster.ts';
import type { VirtualMachineSnapshot, VirtualMachineSnapshotContent } from './types.ts';

// What is tested here is the stand-in: a real KubeVirt is what it was recorded from.
describe.runIf(theLab().canInject)("KubeVirt's own snapshots", () => {
  let on: SnapshotCluster;
  beforeAll(async () => {
    on = await SnapshotCluster.start(inject('kubeconfig'), 'vmsnapshots');
  });
  afterAll(() => on?.[Symbol.asyncDispose]());

  test('a snapshot holds its VM, has its volumes snapshotted, and lets go of it', async () => {
    const reasons = await on.cluster.record(VirtualMachineSnapshots, 's1', progressOf);
    const holderOf = ({ status }: VirtualMachine) => status?.snapshotInProgress ?? 'nobody';
    const holders = await on.cluster.record(VirtualMachines, 'db', holderOf);
    await on.snapshot('s1');
    const { status, metadata } = await on.readySnapshot('s1');
    expect(status).toMatchObject({
      phase: 'Succeeded',
      indications: ['GuestAgent', 'Online'],
      snapshotVolumes: { includedVolumes: ['disk0', 'disk1'] },
      virtualMachineSnapshotContentName: `vmsnapshot-content-${metadata.uid}`,
    });
    const told = ['Source not locked', 'Source locked and operation in progress', 'Operation complete'];
    await on.cluster.until('all is seen', async () => reasons.length === 3 && holders.length === 3);
    expect(reasons).toEqual(told);
    expect(holders).toEqual(['nobody', 's1', 'nobody']);
    const made = ['disk0', 'disk1'].map((volume) => `vmsnapshot-${metadata.uid}-volume-${volume}`);
    expect(await on.names(VolumeSnapshots)).toEqual(made);
  });

  describe('while a snapshot is in progress', () => {
    const why = 'until snapshot "s2" completes';
    const change = (spec: object) =>
      on.cluster.client.mergePatch(on.cluster.path(VirtualMachines, 'db'), { spec });

    beforeAll(async () => {
      const match = { namespace: on.cluster.namespace, name: 'root' };
      await on.cluster.lab.inject({ name: 'snapshot-slow', milliseconds: 2500, times: 1, match });
      await on.snapshot('s2');
      await on.until<VirtualMachine>(
        VirtualMachines,
        'db',
        ({ status }) => status?.snapshotInProgress === 's2',
      );
    });

    test('neither run strategy nor volumes can be changed, anything else can', async () => {
      const volumes = ['data', 'root'].map((claimName, disk) => ({
        name: `disk${disk}`,
        persistentVolumeClaim: { claimName },
      }));
      await expect(change({ runStrategy: 'Halted' })).rejects.toThrow(`vm running state ${why}`);
      await expect(change({ template: { spec: { volumes } } })).rejects.toThrow(`vm disks or volumes ${why}`);
      await change({ template: { metadata: { labels: { color: 'blue' } } } });
    });

    test('stop is an error of KubeVirt, pause works, and unpause is a conflict', async () => {
      const stop = await on.cluster.call('db', 'stop');
      expect([stop.code, JSON.parse(stop.body).message]).toEqual([500, expect.stringContaining(why)]);
      expect((await on.cluster.call('vmi/db', 'pause')).code).toBe(200);
      await on.cluster.untilStatus('db', 'Paused');
      const unpause = await on.cluster.call('vmi/db', 'unpause');
      const object = 'Operation cannot be fulfilled on virtualmachine.kubevirt.io "db"';
      expect([unpause.code, JSON.parse(unpause.body).message]).toEqual([
        409,
        `${object}: VM snapshot is in progress`,
      ]);
    });

    test('another snapshot waits for its turn', async () => {
      await on.snapshot('s3');
      const waits = 'Source not locked snapshot "s2" in progress';
      await on.until<VirtualMachineSnapshot>(VirtualMachineSnapshots, 's3', (s3) => progressOf(s3) === waits);
      expect((await on.readySnapshot('s2')).status?.indications).toContain('Paused');
      await on.readySnapshot('s3');
      await on.free();
      expect((await on.cluster.call('vmi/db', 'unpause')).code).toBe(200);
      await on.cluster.untilStatus('db', 'Running');
    });
  });

  test('a VolumeSnapshot that fails is told by content and snapshot, and made good', async () => {
    const match = { namespace: on.cluster.namespace, name: 'data' };
    await on.cluster.lab.inject({ name: 'snapshot-create-fails', times: 5, match, message: 'no room' });
    const errors = await on.cluster.record(
      VirtualMachineSnapshots,
      's4',
      ({ status }: VirtualMachineSnapshot) => status?.error?.message,
    );
    await on.snapshot('s4');
    await on.readySnapshot('s4');
    expect(errors[0]).toMatch(/^VolumeSnapshot vmsnapshot-.*-volume-disk1 error: .*no room/);
    expect((await on.readySnapshot('s4')).status).not.toHaveProperty('error');
  });

  test('a snapshot that is deleted takes its content and VolumeSnapshots with it', async () => {
    const { metadata, status } = await on.readySnapshot('s4');
    await on.delete(VirtualMachineSnapshots, 's4');
    const contentIsGone = async () =>
      !(await on.find(VirtualMachineSnapshotContents, status!.virtualMachineSnapshotContentName!));
    await on.cluster.until('its content is gone', contentIsGone);
    await on.cluster.until('its VolumeSnapshots are gone', async () =>
      (await on.names(VolumeSnapshots)).every((name) => !name.includes(metadata.uid)),
    );
  });

  test('with the policy Retain its content stays, and nothing holds it', async () => {
    await on.snapshot('kept', { deletionPolicy: 'Retain' });
    const { status } = await on.readySnapshot('kept');
    await on.free();
    await on.delete(VirtualMachineSnapshots, 'kept');
    await on.until<VirtualMachineSnapshotContent>(
      VirtualMachineSnapshotContents,
      status!.virtualMachineSnapshotContentName!,
      ({ metadata }) => metadata.finalizers === undefined,
    );
  });

  test('the snapshot of a VM that is not there waits for it', async () => {
    const source = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'nope' };
    await on.snapshot('lost', { source });
    const missing = 'Source does not exist';
    await on.until<VirtualMachineSnapshot>(
      VirtualMachineSnapshots,
      'lost',
      (it) => progressOf(it) === missing,
    );
    const wrong = { apiGroup: 'apps', kind: 'Deployment', name: 'db' };
    await expect(on.snapshot('wrong', { source: wrong })).rejects.toThrow('invalid apiGroup');
  });

  test('the snapshot of a VM that is off has no indications', async () => {
    expect((await on.cluster.call('db', 'stop', { body: { gracePeriod: 0 } })).code).toBe(202);
    await on.cluster.until('it is off', async () => (await on.cluster.vmi('db')) === undefined);
    await on.snapshot('off');
    const { status } = await on.readySnapshot('off');
    expect(status).not.toHaveProperty('indications');
  });
});
