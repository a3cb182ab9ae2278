/** What is wrong with the source of a clone is said, and mending it there is enough. */
import { describe, expect } from 'vitest';
import {
  environments,
  persistentVolumeClaims,
  virtualMachines,
} from '../../operator/cluster/kinds.generated.ts';
import { type EnvironmentShape, environmentOf, machineObjects } from '../testing/an-environment.ts';
import { applyObjects } from '../testing/apply-yaml.ts';
import { expectRefusal } from '../testing/refusal.ts';
import type { Scene } from '../testing/scene.ts';
import { it } from '../testing/scene-test.ts';

describe.concurrent('a clone is blocked, and goes on as soon as it is mended,', () => {
  it('where there is no Environment of that name', async ({ copy }) => {
    const clone = await copy.clone({ source: { environment: 'late' } });
    await expectRefusal(copy, clone, 'EnvironmentNotFound', `${copy.source}/late`, 'create the Environment');
    await describeSource(copy, { name: 'late', applications: [queue] });
    await copy.completed();
  });

  it('where the Environment has no application of that name', async ({ copy }) => {
    await describeSource(copy, { name: 'jobless', applications: [queue] });
    const clone = await copy.clone({ source: { environment: 'jobless', applications: ['jobs'] } });
    await expectRefusal(copy, clone, 'UnknownApplication', '"jobs"', 'it has queue');
    const jobs = { name: 'jobs', virtualMachines: queue.virtualMachines };
    await describeSource(copy, { name: 'jobless', applications: [queue, jobs] });
    await copy.completed();
  });

  it('where an application depends on one that the Environment does not have', async ({ copy }) => {
    await describeSource(copy, { name: 'dangling', applications: [{ ...queue, dependsOn: ['nobody'] }] });
    const clone = await copy.clone({ source: { environment: 'dangling' } });
    await expectRefusal(copy, clone, 'UnknownApplication', '"nobody"', 'remove the dependency');
    await describeSource(copy, { name: 'dangling', applications: [queue] });
    await copy.completed();
  });

  it('where applications depend on each other in a circle', async ({ copy }) => {
    const circle = [
      { ...queue, dependsOn: ['db'] },
      { name: 'db', dependsOn: ['queue'] },
    ];
    await describeSource(copy, { name: 'circle', applications: circle });
    const clone = await copy.clone({ source: { environment: 'circle' } });
    await expectRefusal(copy, clone, 'ApplicationCycle', 'queue → db → queue', 'remove one');
    await describeSource(copy, { name: 'circle', applications: [queue] });
    await copy.completed();
  });

  it('where VMs wait for each other only because they share applications', async ({ copy }) => {
    const either = { matchExpressions: [{ key: 'app', operator: 'In' as const, values: ['queue', 'db'] }] };
    const crossed = [
      { name: 'first', virtualMachines: either, dependsOn: ['second'] },
      { name: 'second', virtualMachines: either },
    ];
    await describeSource(copy, { name: 'crossed', applications: crossed });
    const clone = await copy.clone({ source: { environment: 'crossed' } });
    await expectRefusal(copy, clone, 'CoLocationCycle', 'queue', 'db', 'StartTogether');
    await describeSource(copy, {
      name: 'crossed',
      applications: crossed,
      spec: { coLocated: 'StartTogether' },
    });
    await copy.completed();
  });

  it('where the selector of an application matches no VM', async ({ copy }) => {
    const nobody = { name: 'queue', virtualMachines: { matchLabels: { app: 'quue' } } };
    await describeSource(copy, { name: 'misspelt', applications: [nobody] });
    const clone = await copy.clone({ source: { environment: 'misspelt' } });
    await expectRefusal(copy, clone, 'NoVirtualMachine', '"queue"', 'correct its selector');
    await describeSource(copy, { name: 'misspelt', applications: [queue] });
    await copy.completed();
  });

  it('where no VM of an application is running', async ({ copy }) => {
    await makeMachine(copy, { name: 'asleep', disks: [], runStrategy: 'Halted', template: diskless });
    await describeSource(copy, { name: 'asleep', applications: [{ name: 'asleep' }] });
    const clone = await copy.clone({ source: { environment: 'asleep' } });
    await expectRefusal(copy, clone, 'NotRunning', '"asleep"', 'start one');
    const key = { namespace: copy.source, name: 'asleep' };
    await copy.client.mergePatch(virtualMachines, key, { spec: { runStrategy: 'Always' } });
    await copy.completed();
  });

  it('where a disk is on storage that cannot make snapshots', async ({ copy }) => {
    await makeLocalDisk(copy, 'local');
    await makeMachine(copy, {
      name: 'local',
      disks: [{ name: 'local', shared: true }],
      applications: ['local', 'local-app'],
      runStrategy: 'Halted',
    });
    const either = {
      matchExpressions: [{ key: 'app', operator: 'In' as const, values: ['queue', 'local'] }],
    };
    await describeSource(copy, { name: 'local', applications: [{ name: 'queue', virtualMachines: either }] });
    const clone = await copy.clone({ source: { environment: 'local' } });
    await expectRefusal(copy, clone, 'NotSnapshotCapable', 'claim local of VM local', 'move the disk');
    const key = { namespace: copy.source, name: 'local' };
    await copy.client.mergePatch(virtualMachines, key, { metadata: { labels: { app: null } } });
    await copy.completed();
  });

  it('where a VM names a claim that does not exist', async ({ copy }) => {
    await makeMachine(copy, {
      name: 'torn',
      disks: [{ name: 'torn', shared: true }],
      runStrategy: 'Halted',
    });
    const either = { matchExpressions: [{ key: 'app', operator: 'In' as const, values: ['queue', 'torn'] }] };
    await describeSource(copy, { name: 'torn', applications: [{ name: 'queue', virtualMachines: either }] });
    const clone = await copy.clone({ source: { environment: 'torn' } });
    await expectRefusal(copy, clone, 'ClaimNotFound', 'claim torn', 'VM torn');
    await copy.client.apply(persistentVolumeClaims, {
      metadata: { namespace: copy.source, name: 'torn' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'immediate',
        resources: { requests: { storage: '4Mi' } },
      },
    });
    await copy.completed();
    expect(await copy.machineNames()).toEqual(['queue', 'torn']);
  });

  it('where its owner does not allow clones in this namespace', async ({ copy }) => {
    await describeSource(copy, {
      name: 'closed',
      applications: [queue],
      spec: { allowClonesFrom: undefined },
    });
    const clone = await copy.clone({ source: { environment: 'closed' } });
    await expectRefusal(copy, clone, 'ClonesNotAllowed', copy.target, 'spec.allowClonesFrom');
    await allow(copy, 'closed', { allowClonesFrom: { matchLabels: nameOf(copy.target) } });
    await copy.completed();
  });

  it('where its owner does not allow to have it captured from this namespace', async ({ copy }) => {
    await describeSource(copy, { name: 'shy', applications: [queue], spec: { allowCaptureFrom: undefined } });
    const clone = await copy.clone({ source: { environment: 'shy' } });
    await expectRefusal(copy, clone, 'CaptureNotAllowed', 'spec.allowCaptureFrom', 'source.snapshot');
    await allow(copy, 'shy', { allowCaptureFrom: {} });
    await copy.completed();
  });
});

const queue = { name: 'queue', virtualMachines: { matchLabels: { app: 'queue' } } };

const diskless = {
  volumes: [{ name: 'system', containerDisk: { image: 'registry.test/system:1' } }],
};

/** Another Environment over the VMs of the shop. */
async function describeSource(scene: Scene, shape: Omit<EnvironmentShape, 'machines'>): Promise<void> {
  await applyObjects(scene.client, [environmentOf({ machines: [], ...shape }, scene.source)]);
}

async function makeMachine(scene: Scene, machine: Parameters<typeof machineObjects>[0]): Promise<void> {
  await applyObjects(scene.client, machineObjects(machine, {}, scene.source));
}

async function allow(scene: Scene, name: string, spec: object): Promise<void> {
  await scene.client.mergePatch(environments, { namespace: scene.source, name }, { spec });
}

const nameOf = (namespace: string) => ({ 'kubernetes.io/metadata.name': namespace });

/** A claim on a volume that no CSI driver made, as administrators make them by hand. */
async function makeLocalDisk({ client, source }: Scene, name: string): Promise<void> {
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: '' };
  await applyObjects(client, [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${source}-${name}` },
      spec: {
        ...spec,
        capacity: { storage: '4Mi' },
        hostPath: { path: '/nowhere' },
        claimRef: { namespace: source, name },
      },
    } as never,
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: source, name },
      spec: { ...spec, volumeName: `${source}-${name}`, resources: { requests: { storage: '4Mi' } } },
    } as never,
  ]);
}
