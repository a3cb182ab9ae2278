/** Environments of other shapes than the four VMs of the sample. */
import { describe, expect } from 'vitest';
import { persistentVolumeClaims, virtualMachines } from '../../operator/cluster/kinds.generated.ts';
import { anEnvironment, type MachineShape } from '../testing/an-environment.ts';
import { record } from '../testing/history.ts';
import { it } from '../testing/scene-test.ts';

const containerDisk = {
  disks: [],
  volumes: [{ name: 'system', containerDisk: { image: 'registry.test/system:1' } }],
};

const inWords = { type: 'Running' as const };

describe.concurrent('a clone', () => {
  it('has a VM that runs several applications once, after all that they need', async ({ scene }) => {
    const machines: MachineShape[] = [
      { name: 'all', applications: ['web', 'worker'], ...containerDisk },
      { name: 'db', ...containerDisk },
      { name: 'cache', ...containerDisk },
    ];
    const applications = [
      { name: 'web', dependsOn: ['cache'] },
      { name: 'worker', dependsOn: ['db'] },
      { name: 'db' },
      { name: 'cache' },
    ];
    await scene.make({ name: 'shop', machines, applications });
    await using history = await record(scene.client, virtualMachines, scene.target);
    await scene.clone();
    expect((await scene.completed()).status).toMatchObject({ ready: '3/3', tierCount: 2 });
    const made = history.first('all', 'made', () => true).place;
    for (const name of ['db', 'cache'])
      expect(made).toBeGreaterThan(
        history.first(name, 'ready', ({ status }) => status?.ready === true).place,
      );
  });

  it('goes on when minReady VMs of an application are up, and is completed when all are', async ({
    scene,
  }) => {
    const slow = { bootSeconds: 4 };
    const machines: MachineShape[] = [
      { name: 'db-0', applications: ['db'], ...containerDisk },
      { name: 'db-1', applications: ['db'], ...containerDisk },
      { name: 'db-2', applications: ['db'], ...containerDisk, ...slow },
      { name: 'web', ...containerDisk },
    ];
    const applications = [
      { name: 'db', minReady: 2, readiness: { type: 'TCPSocket' as const, tcpSocket: { port: 5432 } } },
      { name: 'web', dependsOn: ['db'] },
    ];
    await scene.make({ name: 'shop', machines, applications });
    await using history = await record(scene.client, virtualMachines, scene.target);
    await scene.clone();
    expect((await scene.completed()).status?.ready).toBe('4/4');
    const made = history.first('web', 'made', () => true).place;
    const up = (name: string) => history.first(name, 'ready', ({ status }) => status?.ready === true).place;
    expect([up('db-0'), up('db-1')].every((place) => place < made)).toBe(true);
    expect(up('db-2')).toBeGreaterThan(made);
  });

  it('starts 12 VMs in 6 tiers, each after the tier before', async ({ scene }) => {
    const machines = Array.from(
      { length: 12 },
      (_, index): MachineShape => ({ name: `vm-${Math.floor(index / 2)}-${index % 2}`, ...containerDisk }),
    );
    const applications = machines.map(({ name }) => {
      const tier = Number(name.split('-')[1]);
      return {
        name,
        dependsOn: tier === 0 ? [] : [`vm-${tier - 1}-0`, `vm-${tier - 1}-1`],
        readiness: inWords,
      };
    });
    await scene.make({ name: 'shop', machines, applications });
    await using history = await record(scene.client, virtualMachines, scene.target);
    await scene.clone();
    expect((await scene.completed()).status).toMatchObject({ ready: '12/12', tierCount: 6 });
    const made = history.moments
      .filter(({ type }) => type === 'added')
      .map(({ object }) => object.metadata.name);
    expect(made.map((name) => Number(name.split('-')[1]))).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  it('has a disk that two VMs share once, for both', async ({ scene }) => {
    const shared = { name: 'shared', accessMode: 'ReadWriteMany', volumeMode: 'Block' as const };
    await scene.make(
      anEnvironment([
        { name: 'one', disks: [{ name: 'one-root' }, shared] },
        { name: 'two', disks: [{ name: 'two-root' }, { ...shared, shared: true }] },
      ]),
    );
    await scene.clone();
    expect((await scene.completed()).status?.disks).toMatchObject({ total: 3, bound: 3 });
    const { items } = await scene.client.list(persistentVolumeClaims, { namespace: scene.target });
    expect(items.map(({ metadata }) => metadata.name).toSorted()).toEqual(['one-root', 'shared', 'two-root']);
  });

  it.for(['Halted', 'Manual'])(
    'has a VM (%s) that is not running halted, with its disk',
    async (runStrategy, { scene }) => {
      await scene.make({
        name: 'shop',
        machines: [
          { name: 'on', applications: ['db'] },
          { name: 'off', applications: ['db'], runStrategy },
        ],
        applications: [{ name: 'db' }],
      });
      await scene.clone();
      expect((await scene.completed()).status).toMatchObject({ ready: '2/2', disks: { bound: 2 } });
      expect((await scene.machine('off')).spec.runStrategy).toBe('Halted');
    },
  );

  it.for(['RerunOnFailure', 'Once'])('keeps the run strategy %s', async (runStrategy, { scene }) => {
    await scene.make(anEnvironment([{ name: 'job', runStrategy, ...containerDisk }]));
    await scene.clone();
    await scene.completed();
    expect((await scene.machine('job')).spec.runStrategy).toBe(runStrategy);
  });

  it('names the claims of a VM whose disks came from templates, and fills none of them again', async ({
    scene,
  }) => {
    await scene.make(anEnvironment([{ name: 'web', disks: [{ name: 'web-dv', template: true }] }]));
    await scene.clone();
    await scene.completed();
    const { spec } = await scene.machine('web');
    expect(spec.dataVolumeTemplates).toBeUndefined();
    expect(spec.template.spec?.volumes).toEqual([
      { name: 'web-dv', persistentVolumeClaim: { claimName: 'web-dv' } },
    ]);
  });

  it.for([
    ['TCPSocket', { tcpSocket: { port: 5432 } }],
    ['HTTPGet', { httpGet: { port: 80, path: '/healthz' } }],
    ['Exec', { exec: { command: ['/bin/true'] } }],
  ] as const)(
    'has the gate %s put into its VM as a probe, and waits for it',
    async ([type, probe], { scene }) => {
      const readiness = { type, ...probe } as never;
      await scene.make({
        name: 'shop',
        machines: [
          { name: 'db', ...containerDisk },
          { name: 'web', ...containerDisk },
        ],
        applications: [
          { name: 'db', readiness },
          { name: 'web', dependsOn: ['db'] },
        ],
      });
      await scene.clone();
      await scene.completed();
      const { template } = (await scene.machine('db')).spec;
      expect((template.spec as { readinessProbe?: object }).readinessProbe).toMatchObject(probe);
    },
  );
});
