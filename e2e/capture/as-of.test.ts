/** Captures of their own, and clones of an environment as it was. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import {
  controllerRevisions,
  environmentSnapshots,
  environments,
  persistentVolumeClaims,
  virtualMachines,
  volumeGroupSnapshots,
  volumeSnapshots,
} from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import { anEnvironment, machineObjects } from '../testing/an-environment.ts';
import { applyObjects } from '../testing/apply-yaml.ts';
import { it } from '../testing/scene-test.ts';
import { waitUntilGone } from '../testing/wait-for.ts';

describe.concurrent('a capture', () => {
  it('is of one group snapshot for all disks, and keeps what cannot be derived again in revisions', async ({
    scene,
  }) => {
    await scene.make(anEnvironment([{ name: 'db', disks: [{ name: 'root' }, { name: 'data' }] }]));
    const { metadata, status } = await scene.capture();
    expect(status).toMatchObject({ phase: 'Complete', disks: { total: 2, cut: 2, ready: 2 } });
    const own = { namespace: scene.source, labelSelector: `${labels.snapshot}=${metadata.uid}` };
    const groups = await scene.client.list(volumeGroupSnapshots, own);
    expect(groups.items).toHaveLength(1);
    const { items } = await scene.client.list(controllerRevisions, own);
    const parts = new Set(items.map((each) => each.metadata.labels?.[labels.part]));
    expect(parts).toEqual(new Set(['machines', 'table', 'verdict']));
  });

  it('is reported as lost when one of its snapshots is deleted, and is never made again', async ({
    scene,
  }) => {
    await scene.make(anEnvironment([{ name: 'db' }]));
    const { metadata } = await scene.capture();
    const own = { namespace: scene.source, labelSelector: `${labels.snapshot}=${metadata.uid}` };
    const { items } = await scene.client.list(volumeSnapshots, own);
    expect(items).toHaveLength(1);
    await scene.client.delete(volumeSnapshots, items[0]!.metadata);
    const lost = await scene.captureIs('incomplete', ({ status }) => status?.phase === 'Incomplete');
    expect(lost.status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Complete',
        status: 'False',
        reason: 'DiskLost',
        message: expect.stringContaining('db-root'),
      }),
    );
    await scene.clone({ source: { snapshot: 'yesterday' } });
    expect(await scene.blockedBy('DiskLost')).toContain('capture again');
    expect((await scene.client.list(volumeSnapshots, own)).items).toEqual([]);
  });

  it('goes with its storage snapshots, and stays when its Environment is deleted', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'db' }]));
    const { metadata } = await scene.capture();
    await scene.client.delete(environments, { namespace: scene.source, name: 'shop' });
    await sleep(1_000);
    await scene.captureIs('complete', ({ status }) => status?.phase === 'Complete');
    const key = { namespace: scene.source, name: 'yesterday' };
    await scene.client.delete(environmentSnapshots, key);
    await waitUntilGone(scene.client, environmentSnapshots, key);
    const own = { namespace: scene.source, labelSelector: `${labels.snapshot}=${metadata.uid}` };
    for (const kind of [volumeSnapshots, volumeGroupSnapshots, controllerRevisions])
      expect((await scene.client.list(kind as typeof volumeSnapshots, own)).items).toEqual([]);
  });
});

describe.concurrent('a clone of an environment as it was', () => {
  it('has the VMs of then, as they were running then, not as they are or were about to be', async ({
    scene,
  }) => {
    await scene.make(anEnvironment([{ name: 'db' }, { name: 'old' }]));
    const memory = { spec: { template: { spec: { domain: { memory: { guest: '96Mi' } } } } } };
    await scene.client.mergePatch(virtualMachines, { namespace: scene.source, name: 'db' }, memory);
    await scene.capture();
    await scene.client.delete(virtualMachines, { namespace: scene.source, name: 'old' });
    await applyObjects(scene.client, machineObjects({ name: 'new' }, {}, scene.source));
    await scene.clone({ source: { snapshot: 'yesterday' } });
    await scene.completed();
    expect(await scene.machineNames()).toEqual(['db', 'old']);
    const { template } = (await scene.machine('db')).spec;
    expect(template.spec?.domain.memory?.guest).toBe('64Mi');
  });

  it('is of the newest capture that is not after asOf', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'db' }]));
    const first = await scene.capture('first');
    await sleep(1_100);
    const between = new Date().toISOString();
    await sleep(1_100);
    await scene.capture('second');
    await scene.clone({ asOf: between });
    const { status } = await scene.completed();
    expect(status?.snapshot?.name).toBe('first');
    expect(status?.pointInTime?.achieved).toBe(first.status?.pointInTime?.achieved);
  });

  it('needs no consent to capture, and no source VM that still runs', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'db' }], { spec: { allowCaptureFrom: undefined } }));
    await scene.capture();
    await scene.client.delete(virtualMachines, { namespace: scene.source, name: 'db' });
    await scene.client.delete(persistentVolumeClaims, { namespace: scene.source, name: 'db-root' });
    await scene.clone({ asOf: new Date(Date.now() + 5_000).toISOString() });
    await scene.completed();
  });
});
