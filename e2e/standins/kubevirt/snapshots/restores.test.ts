import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { theLab } from '../../../testing/lab.ts';
import { checkCut } from '../../guest/consistency.ts';
import {
  Claims,
  DataVolumes,
  VirtualMachineClones,
  VirtualMachineRestores,
  VirtualMachineSnapshots,
} from '../../kube/kinds.ts';
import { conditionOf } from '../conditions.ts';
import type { Claim, VirtualMachine } from '../types.ts';
import { progressOf, SnapshotCluster } from './snapshot-cluster.ts';
import type { VirtualMachineClone, VirtualMachineRestore } from './types.ts';

// What is tested here is the stand-in: a real KubeVirt is what it was recorded from.
describe.runIf(theLab().canInject)("KubeVirt's own restores and clones", () => {
  let on: SnapshotCluster;
  beforeAll(async () => {
    on = await SnapshotCluster.start(inject('kubeconfig'), 'vmrestores');
    await on.snapshot('s1');
    await on.readySnapshot('s1');
  });
  afterAll(() => on?.[Symbol.asyncDispose]());

  test('a new VM is off, on claims of its own that hold the bytes of one instant', async () => {
    await on.restore('r1', 'restored', 's1');
    const { metadata } = await on.completeRestore('r1');
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'VirtualMachine', name: 'restored' }]);
    const { spec } = (await on.cluster.vm('restored'))!;
    const claims = ['disk0', 'disk1'].map((volume) => `restore-${metadata.uid}-${volume}`);
    expect(spec.runStrategy).toBe('Halted');
    expect(spec.template.spec.volumes?.map((volume) => volume.persistentVolumeClaim?.claimName)).toEqual(
      claims,
    );
    const journals = await Promise.all(claims.map((claim) => on.journal(claim)));
    expect(journals.every(({ records }) => records.length > 0)).toBe(true);
    expect(checkCut(journals.map((journal, disk) => ({ vm: 'db', disk, journal, writesAfter: [] })))).toEqual(
      [],
    );
  });

  test('a restore onto a running VM waits until it is off, and leaves it off', async () => {
    await on.restore('r2', 'db', 's1', { targetReadinessPolicy: 'WaitEventually' });
    const waits = /^Waiting for target VM to be powered off. Please stop the restore target/;
    await until('r2', (restore) => waits.test(progressOf(restore) ?? ''));
    expect(await on.events('r2')).toContainEqual(
      expect.stringMatching(/^RestoreTargetNotReady: Restore target VMI/),
    );
    expect((await on.cluster.call('db', 'stop', { body: { gracePeriod: 0 } })).code).toBe(202);
    const { metadata } = await on.completeRestore('r2');
    const { spec, status } = (await on.cluster.vm('db'))!;
    const claim = `restore-${metadata.uid}-disk0`;
    expect(spec.runStrategy).toBe('Halted');
    expect(status?.restoreInProgress).toBeUndefined();
    expect(spec.template.spec.volumes?.[0]?.persistentVolumeClaim?.claimName).toBe(claim);
    const owners = (await on.find<Claim>(Claims, claim))?.metadata.ownerReferences;
    expect(owners).toMatchObject([{ kind: 'VirtualMachine', name: 'db' }]);
  });

  test('onto a running VM it can fail at once, or stop it', async () => {
    expect((await on.cluster.call('db', 'start')).code).toBe(202);
    await on.cluster.untilStatus('db', 'Running');
    await on.restore('at-once', 'db', 's1', { targetReadinessPolicy: 'FailImmediate' });
    const failed = await until('at-once', ({ status }) => conditionOf(status?.conditions, 'Failure'));
    expect(progressOf(failed)).toBe('Restore target VMI must be powered off before restore operation');
    await on.delete(VirtualMachineRestores, 'at-once');
    // The webhook hears of its end from a watch of its own.
    const again = () => on.restore('stopping', 'db', 's1', { targetReadinessPolicy: 'StopTarget' });
    await vi.waitFor(again, { timeout: 10_000, interval: 100 });
    await on.completeRestore('stopping');
  });

  test('what cannot be restored is told, or refused by the names of its fields', async () => {
    await on.restore('r3', 'other', 'nope');
    await until(
      'r3',
      (restore) => progressOf(restore) === `VMSnapshot ${on.cluster.namespace}/nope does not exist`,
    );
    await expect(on.restore('r4', 'other', 's1')).rejects.toThrow('VirtualMachineRestore "r3" in progress');
    const policy = { volumeRestorePolicy: 'InPlace' };
    await expect(on.restore('r4', 'third', 's1', policy)).rejects.toThrow('InPlace is not modelled');
    await on.restore('r5', 'restored', 's1');
    const different = 'restore source and restore target are different but restore target already exists';
    await until('r5', (restore) => progressOf(restore) === different);
  });

  test('a clone leaves nothing but a halted VM, whose identity is its own', async () => {
    const phaseOf = ({ status }: VirtualMachineClone) => status?.phase;
    const phases = await on.cluster.record(VirtualMachineClones, 'c1', phaseOf);
    await on.clone('c1');
    await on.cluster.until('it is done', async () => phases.at(-1) === 'Succeeded');
    expect(phases).toEqual(['SnapshotInProgress', 'RestoreInProgress', 'Succeeded']);
    const [source, made] = [(await on.cluster.vm('db'))!, (await on.cluster.vm('c1'))!];
    const firmware = ({ spec }: VirtualMachine) => spec.template.spec.domain.firmware;
    expect(made.spec.runStrategy).toBe('Halted');
    expect(firmware(made)?.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(firmware(made)).not.toEqual(firmware(source));
    await on.cluster.until('what was made for it is gone', async () => {
      const left = [
        ...(await on.names(VirtualMachineSnapshots)),
        ...(await on.names(VirtualMachineRestores)),
      ];
      return left.every((name) => !name.startsWith('tmp-'));
    });
  });

  test('a clone with a MAC with colons is accepted, and hangs', async () => {
    await on.clone('bad', { newMacAddresses: { default: '02:00:00:00:00:09' } });
    const why = 'one ":" expected in a single key-value json patch: "value":"02:00:00:00:00:09"';
    await on.cluster.until('it is told', async () =>
      (await on.events('bad')).some((told) => told.startsWith('RestoreCreationFailed') && told.includes(why)),
    );
    const hangs = ({ status }: VirtualMachineClone) => status?.phase === 'RestoreInProgress';
    const { status } = await on.until<VirtualMachineClone>(VirtualMachineClones, 'bad', hangs);
    expect(status?.restoreName).toBeUndefined();
    await on.delete(VirtualMachineClones, 'bad');
  });

  test('a clone of nothing waits, without a phase, and is given a target', async () => {
    const source = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'nope' };
    await on.clone('lost', { source, target: undefined });
    const told = ({ status }: VirtualMachineClone) => status?.conditions !== undefined;
    const { spec, status } = await on.until<VirtualMachineClone>(VirtualMachineClones, 'lost', told);
    expect(spec.target?.name).toMatch(/^clone-nope-[a-z0-9]{5}$/);
    expect(status?.phase).toBeUndefined();
    expect(conditionOf(status?.conditions, 'Ready')?.reason).toBe(
      `Source doesnt exist: VirtualMachine ${on.cluster.namespace}/nope`,
    );
  });

  test('a VM with DataVolumes of its own is cloned with DataVolumes that are its own, too', async () => {
    const blank = {
      source: { blank: {} },
      storage: {
        storageClassName: 'immediate',
        volumeMode: 'Filesystem',
        resources: { requests: { storage: '1Mi' } },
      },
    };
    const dataVolumeTemplates = [{ metadata: { name: 'made' }, spec: blank }];
    const volumes = [{ name: 'disk0', dataVolume: { name: 'made' } }];
    await on.cluster.machine('web', {
      spec: { runStrategy: 'Halted', dataVolumeTemplates },
      template: { volumes },
    });
    await on.cluster.until(
      'its claim is bound',
      async () => (await on.find<Claim>(Claims, 'made'))?.status?.phase === 'Bound',
    );
    await on.cluster.until('it is known that it can be snapshotted', async () =>
      (await on.cluster.vm('web'))?.status?.volumeSnapshotStatuses?.every(({ enabled }) => enabled),
    );
    await on.clone('web2', { source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'web' } });
    await on.until<VirtualMachineClone>(
      VirtualMachineClones,
      'web2',
      ({ status }) => status?.phase === 'Succeeded',
    );
    const { spec } = (await on.cluster.vm('web2'))!;
    const name = spec.dataVolumeTemplates![0]!.metadata.name;
    expect(spec.template.spec.volumes).toEqual([{ name: 'disk0', dataVolume: { name } }]);
    await on.cluster.until('the VM owns it', async () => {
      const owners = (await on.find(DataVolumes, name))?.metadata.ownerReferences;
      return owners?.some((owner) => owner.name === 'web2');
    });
  });

  function until(
    name: string,
    is: (restore: VirtualMachineRestore) => unknown,
  ): Promise<VirtualMachineRestore> {
    return on.until<VirtualMachineRestore>(VirtualMachineRestores, name, is);
  }
});
