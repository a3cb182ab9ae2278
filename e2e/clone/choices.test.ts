/** What a person can choose of a clone, and change of it later. */
import { describe, expect, vi } from 'vitest';
import { environmentClones, virtualMachines } from '../../operator/cluster/kinds.generated.ts';
import { anEnvironment } from '../testing/an-environment.ts';
import { record } from '../testing/history.ts';
import { theLab } from '../testing/lab.ts';
import { it } from '../testing/scene-test.ts';
import { hasCondition, waitUntilGone } from '../testing/wait-for.ts';

const onlyQueue = { source: { virtualMachine: 'queue' } };
const containerDisk = {
  disks: [],
  volumes: [{ name: 'system', containerDisk: { image: 'registry.test/system:1' } }],
};

describe.concurrent('a clone', () => {
  it('of one application has what that depends on, and no more', async ({ copy }) => {
    await copy.clone({ source: { applications: ['api'] } });
    await copy.completed();
    expect(await copy.machineNames()).toEqual(['api', 'db', 'queue']);
  });

  it('of one VM has what the applications on it depend on', async ({ copy }) => {
    await copy.clone({ source: { virtualMachine: 'db' } });
    await copy.completed();
    expect(await copy.machineNames()).toEqual(['db']);
  });

  it('that is only planned makes nothing, not even a capture, until it is told to', async ({ copy }) => {
    const clone = await copy.clone({ ...onlyQueue, mode: 'Plan' });
    const { status } = await copy.cloneInPhase('Planned');
    expect(status).toMatchObject({ virtualMachines: { total: 1, created: 0 }, disks: { total: 1 } });
    expect(await copy.madeBy(clone)).toEqual([]);
    await copy.change({ mode: 'Clone' });
    await copy.completed();
  });

  it('that is paused makes nothing until it is no longer', async ({ copy }) => {
    const clone = await copy.clone({ ...onlyQueue, paused: true });
    await copy.cloneInPhase('Paused');
    expect(await copy.madeBy(clone)).toEqual([]);
    await copy.change({ paused: false });
    await copy.completed();
  });

  it('that is cancelled on its way takes down all that it made, and stays', async ({ scene }) => {
    const machines = [{ name: 'db' }, { name: 'web', bootSeconds: 1 }];
    await scene.make({
      name: 'shop',
      machines: [{ ...machines[0]!, bootSeconds: 3 }, machines[1]!],
      applications: [
        { name: 'db', readiness: { type: 'AgentConnected' } },
        { name: 'web', dependsOn: ['db'] },
      ],
    });
    const clone = await scene.clone();
    await scene.cloneIs('starting', ({ status }) => status?.phase === 'Starting');
    await scene.change({ cancel: true });
    await scene.cloneIs(
      'cancelled and clean',
      ({ status }) =>
        status?.conditions?.find(({ type }) => type === 'Completed')?.message?.includes('is removed') ??
        false,
    );
    await vi.waitFor(async () => expect(await scene.madeBy(clone)).toEqual([]), { timeout: 10_000 });
    expect((await scene.cloneIs('there', () => true)).status?.phase).toBe('Cancelled');
  });

  it('is deleted with all that it made when its time is over', async ({ copy }) => {
    const clone = await copy.clone({ ...onlyQueue, expiresAfter: '1h' });
    await copy.completed();
    await copy.change({ expiresAfter: '1s' });
    await waitUntilGone(copy.client, environmentClones, { namespace: copy.target, name: 'copy' });
    await vi.waitFor(async () => expect(await copy.madeBy(clone)).toEqual([]), { timeout: 10_000 });
  });

  it('starts no more VMs at once than its concurrency', async ({ scene }) => {
    const names = ['a', 'b', 'c', 'd'];
    await scene.make(anEnvironment(names.map((name) => ({ name, ...containerDisk }))));
    await using history = await record(scene.client, virtualMachines, scene.target);
    await scene.clone({ concurrency: 1 });
    await scene.completed();
    const made = history.moments.filter(({ type }) => type === 'added').map(({ place }) => place);
    const running = names
      .map((name) => history.first(name, 'running', ({ status }) => status?.created === true).place)
      .toSorted((one, other) => one - other);
    expect(made).toHaveLength(4);
    for (const [index, place] of made.slice(1).entries()) expect(place).toBeGreaterThan(running[index]!);
  });
});

const lab = theLab();

describe.skipIf(!lab.canInject).concurrent(`a clone of which a VM does not start ${lab.reason}`, () => {
  it.for([
    ['Stop', ['alone', 'broken']],
    ['Continue', ['alone', 'broken', 'last']],
  ] as const)(
    'with onFailure: %s makes the VMs %s',
    { timeout: 90_000 },
    async ([onFailure, expected], { scene }) => {
      await scene.make({
        name: 'shop',
        machines: ['broken', 'needs', 'alone', 'last'].map((name) => ({ name, ...containerDisk })),
        applications: [
          { name: 'broken' },
          { name: 'needs', dependsOn: ['broken'] },
          { name: 'alone' },
          { name: 'last', dependsOn: ['alone'] },
        ],
      });
      const match = { namespace: scene.target, name: 'broken' };
      await lab.inject({ name: 'vm-start-fails', match });
      await scene.clone({ onFailure, concurrency: 1 });
      const clone = await scene.cloneInPhase('Failed');
      expect(clone.status?.conditions).toContainEqual(
        expect.objectContaining({
          type: 'Completed',
          reason: 'VirtualMachineFailed',
          message: expect.stringContaining('VM broken'),
        }),
      );
      expect(clone.status?.unfinished?.[0]).toMatchObject({ name: 'broken', state: 'Failed' });
      if (onFailure === 'Continue') await scene.machineIsReady('last');
      expect(hasCondition('Completed', 'False')(clone)).toBe(true);
      expect(await scene.machineNames()).toEqual(expected);
    },
  );
});
