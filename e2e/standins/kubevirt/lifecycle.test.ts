import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { theLab } from '../../testing/lab.ts';
import { ControllerRevisions, Pods, VirtualMachineInstances, VirtualMachines } from '../kube/kinds.ts';
import { conditionOf, isTrue } from './conditions.ts';
import { isSubsequence, TestCluster } from './test-cluster.ts';
import type { Pod, VirtualMachine, VirtualMachineInstance } from './types.ts';

// What is tested here is the stand-in: a real KubeVirt is what it was recorded from.
describe.runIf(theLab().canInject)('the life of a VM', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.start(inject('kubeconfig'), 'lifecycle');
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const printable = ({ status }: VirtualMachine) => status?.printableStatus;
  const phase = ({ status }: VirtualMachineInstance) => status?.phase;
  const readyReason = ({ status }: VirtualMachine) => {
    const ready = conditionOf(status?.conditions, 'Ready');
    return ready && (ready.reason ?? ready.status);
  };

  async function agent(name: string): Promise<VirtualMachine> {
    return cluster.until(`${name} has its agent connected`, async () => {
      const vm = await cluster.vm(name);
      return isTrue(vm?.status?.conditions, 'AgentConnected') && vm;
    });
  }

  test('a VM goes from Stopped to Running, its instance through its phases, as recorded', async () => {
    const statuses = await cluster.record(VirtualMachines, 'start', printable);
    const reasons = await cluster.record(VirtualMachines, 'start', readyReason);
    const phases = await cluster.record(VirtualMachineInstances, 'start', phase);
    await cluster.claim('start');
    await cluster.until('the claim is bound', async () => true);
    await cluster.machine('start');
    const vm = await agent('start');
    const order = ['Stopped', 'WaitingForVolumeBinding', 'ErrorUnschedulable', 'Starting', 'Running'];
    expect(isSubsequence(statuses, order), statuses.join()).toBe(true);
    expect(phases).toEqual(['Pending', 'Scheduling', 'Scheduled', 'Running']);
    const readyOrder = ['VMINotExists', 'VMIConditionMissing', 'GuestNotRunning', 'True'];
    expect(isSubsequence(reasons, readyOrder), reasons.join()).toBe(true);
    expect(vm.metadata).toMatchObject({
      generation: 1,
      finalizers: ['kubevirt.io/virtualMachineControllerFinalize'],
    });
    const spec = vm.spec.template.spec;
    expect(spec).toMatchObject({
      architecture: 'amd64',
      domain: { machine: { type: 'q35' }, resources: {} },
    });
    const vmi = (await cluster.vmi('start'))!;
    expect(vmi.status).toMatchObject({
      virtualMachineRevisionName: `revision-start-vm-${vm.metadata.uid}-1`,
      guestOSInfo: { id: 'tinyguest' },
      interfaces: [{ mac: expect.stringMatching(/^..(:..){5}$/), infoSource: 'domain, guest-agent' }],
      volumeStatus: [{ target: 'vda', persistentVolumeClaimInfo: { claimName: 'start' } }],
    });
  });

  test('a MAC that is not in the spec changes at every start, the firmware UUID does not', async () => {
    const first = (await cluster.vmi('start'))!;
    expect((await cluster.call('start', 'restart')).code).toBe(202);
    const second = await cluster.until('another instance runs', async () => {
      const vmi = await cluster.vmi('start');
      return vmi?.metadata.uid !== first.metadata.uid && vmi?.status?.phase === 'Running' && vmi;
    });
    expect(second.status!.interfaces![0]!.mac).not.toBe(first.status!.interfaces![0]!.mac);
    expect(second.spec.domain.firmware).toEqual(first.spec.domain.firmware);
    await agent('start');
  });

  test('a stop ends in Stopped before the instance is gone, and created goes last', async () => {
    const statuses = await cluster.record(VirtualMachines, 'start', printable);
    const phases = await cluster.record(VirtualMachineInstances, 'start', phase);
    expect((await cluster.call('start', 'stop')).code).toBe(202);
    await cluster.untilStatus('start', 'Stopped');
    await cluster.until(
      'created is gone',
      async () => (await cluster.vm('start'))?.status?.created === undefined,
    );
    expect(statuses).toEqual(['Running', 'Stopping', 'Stopped']);
    expect(phases).toEqual(['Running', 'Succeeded', 'gone']);
    expect((await cluster.vm('start'))?.spec.runStrategy).toBe('Halted');
  });

  test('a claim that comes late is waited for in an error that passes by itself', async () => {
    const statuses = await cluster.record(VirtualMachines, 'late', printable);
    await cluster.machine('late');
    await cluster.untilStatus('late', 'ErrorPvcNotFound');
    await cluster.claim('late');
    await cluster.untilStatus('late', 'Running');
    const order = ['Stopped', 'Starting', 'ErrorPvcNotFound', 'ErrorUnschedulable', 'Starting', 'Running'];
    expect(isSubsequence(statuses, order), statuses.join()).toBe(true);
  });

  test('deleted in the background: VM Terminating, then instance, VM and revision go', async () => {
    await cluster.client.delete(cluster.path(VirtualMachines, 'late'), { propagationPolicy: 'Background' });
    await cluster.until('the VM is gone', async () => (await cluster.vm('late')) === undefined);
    expect(await cluster.vmi('late')).toBeUndefined();
    await cluster.until('its revision is gone', async () => {
      const { items } = await cluster.client.list(cluster.path(ControllerRevisions));
      return items.every(({ metadata }) => metadata.ownerReferences?.[0]?.name !== 'late');
    });
  });

  test('a VM with a readinessProbe is Running long before it is Ready', async () => {
    await cluster.claim('probed');
    const template = { readinessProbe: { tcpSocket: { port: 80 } } };
    const annotations = { 'guest.envclone.test/boot-seconds': '1.5' };
    const readiness = await cluster.record(VirtualMachines, 'probed', readyReason);
    await cluster.machine('probed', { template, annotations });
    await cluster.untilStatus('probed', 'Running');
    await cluster.until('it is ready', async () => (await cluster.vm('probed'))?.status?.ready);
    expect(readiness.slice(-2)).toEqual(['ContainersNotReady', 'True']);
  });

  test('QEMU that dies fails the instance, and Always makes another', async () => {
    const before = (await cluster.vmi('probed'))!;
    const phases = await cluster.record(VirtualMachineInstances, 'probed', phase);
    const match = { namespace: cluster.namespace, name: 'probed' };
    await cluster.lab.inject({ name: 'vmi-crashes', match, times: 1 });
    await cluster.until('another instance runs', async () => {
      const vmi = await cluster.vmi('probed');
      return vmi?.metadata.uid !== before.metadata.uid && vmi?.status?.phase === 'Running';
    });
    expect(phases.slice(0, 3)).toEqual(['Running', 'Failed', 'gone']);
  });

  test('a guest that powers itself off leaves a Manual VM Stopped with its ended instance, and start makes another', async () => {
    await cluster.claim('manual');
    await cluster.machine('manual', { spec: { runStrategy: 'Manual' } });
    expect((await cluster.call('manual', 'start')).code).toBe(202);
    await agent('manual');
    const match = { namespace: cluster.namespace, name: 'manual' };
    await cluster.lab.inject({ name: 'guest-powers-off', match, times: 1 });
    await cluster.untilStatus('manual', 'Stopped');
    const ended = (await cluster.vmi('manual'))!;
    expect(ended.status?.phase).toBe('Succeeded');
    expect((await cluster.call('manual', 'start')).code).toBe(202);
    await cluster.untilStatus('manual', 'Running');
    expect((await cluster.vmi('manual'))?.metadata.uid).not.toBe(ended.metadata.uid);
  });

  test('an instance that admission refuses is a Failure, with Stopped', async () => {
    await cluster.machine('refused', { template: { domain: { devices: {} }, networks: [], volumes: [] } });
    const vm = await cluster.until('it fails', async () => {
      const found = await cluster.vm('refused');
      return isTrue(found?.status?.conditions, 'Failure') && found;
    });
    expect(vm.status?.printableStatus).toBe('Stopped');
    expect(conditionOf(vm.status?.conditions, 'Failure')).toMatchObject({
      reason: 'FailedCreate',
      message: expect.stringMatching(/^Failure while starting VMI: admission webhook .* no memory requested/),
    });
  });

  test('two VMs on one claim: the second stays Starting, its disk is locked', async () => {
    await cluster.machine('second', { claims: ['probed'] });
    const vm = await cluster.until('it is told', async () => {
      const found = await cluster.vm('second');
      return conditionOf(found?.status?.conditions, 'Synchronized') && found;
    });
    expect(vm.status?.printableStatus).toBe('Starting');
    expect(conditionOf(vm.status?.conditions, 'Synchronized')?.message).toContain(
      'Failed to get \\"write\\" lock',
    );
  });

  test('a launcher pod carries the labels by which others find it', async () => {
    const { items } = await cluster.client.list<Pod>(cluster.path(Pods));
    const pod = items.find(({ metadata }) => metadata.labels?.['vm.kubevirt.io/name'] === 'probed')!;
    expect(pod.metadata).toMatchObject({
      generateName: 'virt-launcher-probed-',
      labels: { app: 'probed', 'kubevirt.io': 'virt-launcher', 'vmi.kubevirt.io/id': 'probed' },
      annotations: { 'kubevirt.io/domain': 'probed' },
    });
    expect(pod.spec).toMatchObject({ terminationGracePeriodSeconds: 40, hostname: 'probed' });
  });
});
