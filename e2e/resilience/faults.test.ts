/** Storage that fails for a while, writes that conflict, and objects that somebody else deletes. */
import { describe, expect } from 'vitest';
import type { Kind } from '../../operator/cluster/index.ts';
import {
  environments,
  persistentVolumeClaims,
  virtualMachines,
  volumeSnapshots,
} from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import { anEnvironment } from '../testing/an-environment.ts';
import { theLab } from '../testing/lab.ts';
import { it } from '../testing/scene-test.ts';
import { waitFor } from '../testing/wait-for.ts';

const lab = theLab();
const twoDisks = [{ name: 'root' }, { name: 'data' }];

describe.skipIf(!lab.canInject).concurrent(`a clone is completed although ${lab.reason}`, () => {
  it('the storage refuses its first snapshots', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'db', disks: twoDisks }]));
    const match = { namespace: scene.source };
    await lab.inject({ name: 'snapshot-create-fails', match, times: 2 });
    await scene.clone();
    await scene.completed();
  });

  it('the storage is slow to make snapshots', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'db', disks: twoDisks }]));
    const match = { namespace: scene.source };
    await lab.inject({ name: 'snapshot-slow', match, milliseconds: 1_500 });
    await scene.clone();
    await scene.completed();
  });

  it('the storage refuses its first volumes', async ({ copy }) => {
    await lab.inject({ name: 'provision-fails', match: { namespace: copy.target }, times: 2 });
    await copy.clone({ source: { virtualMachine: 'db' } });
    await copy.completed();
  });

  it('many of the writes about it conflict with those of others', async ({ copy }) => {
    await lab.inject({ name: 'api-conflict', match: { namespace: copy.target }, times: 10 });
    await copy.clone();
    await copy.completed();
  });
});

describe
  .skipIf(!lab.canInject)
  .concurrent(`a clone makes again what is deleted before it is completed ${lab.reason}`, () => {
    it('a VM', async ({ copy }) => {
      await lab.inject({
        name: 'guest-boot-slow',
        match: { namespace: copy.target },
        times: 1,
        milliseconds: 2_000,
      });
      await copy.clone({ source: { applications: ['api'] } });
      const key = { namespace: copy.target, name: 'db' };
      const first = await waitFor(copy.client, virtualMachines, key, 'made', () => true);
      await copy.client.delete(virtualMachines, key);
      await copy.completed();
      expect((await copy.machine('db')).metadata.uid).not.toBe(first.metadata.uid);
    });

    it.for([
      ['a claim that is not bound', persistentVolumeClaims as Kind, 'queue-root'],
      ['the snapshot that a claim is made from', volumeSnapshots as Kind, undefined],
    ] as const)('%s', async ([, kind, name], { copy }) => {
      const match = { namespace: copy.target, name: 'queue-root' };
      await lab.inject({ name: 'provision-fails', match, times: 5 });
      const { metadata } = await copy.clone({ source: { virtualMachine: 'queue' } });
      const key = { namespace: copy.target, name: 'queue-root' };
      await waitFor(copy.client, persistentVolumeClaims, key, 'asked for', () => true);
      const selection = { namespace: copy.target, labelSelector: `${labels.clone}=${metadata.uid}` };
      const found = (await copy.client.list(kind, selection)).items.map((each) => each.metadata.name);
      await copy.client.delete(kind, { namespace: copy.target, name: name ?? found[0]! });
      await copy.completed();
    });
  });

describe.concurrent('a clone whose source is taken away while it is made', () => {
  it('is completed from its capture where the Environment is deleted', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'db', disks: twoDisks }]));
    await scene.clone();
    await scene.cloneIs('captured', ({ status }) => status?.pointInTime?.achieved !== undefined);
    await scene.client.delete(environments, { namespace: scene.source, name: 'shop' });
    await scene.completed();
  });
});
