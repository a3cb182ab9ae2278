/** How disks are made: on every kind of storage class, with the source's bytes, and with nothing left over. */
import { describe, expect, vi } from 'vitest';
import type { ClusterClient } from '../../operator/cluster/index.ts';
import {
  dataVolumes,
  environmentSnapshots,
  persistentVolumeClaims,
  pods,
} from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import type { EnvironmentCloneObject } from '../../operator/schema/index.ts';
import { anEnvironment, aShop } from '../testing/an-environment.ts';
import { compareBytes } from '../testing/captured-bytes.ts';
import { pairDisks } from '../testing/disk-pairs.ts';
import { record } from '../testing/history.ts';
import { type Lab, theLab } from '../testing/lab.ts';
import { it } from '../testing/scene-test.ts';
import { waitUntilGone } from '../testing/wait-for.ts';

describe.concurrent('the disks of a clone', () => {
  it.for(['wffc', 'zonal'])(
    'that wait for a consumer (%s) are bound before the turn of their VM, by a pod that then goes',
    async (storageClass, { scene, lab }) => {
      await scene.make(aShop({ storageClass }));
      await using history = await record(scene.client, pods, scene.target);
      await scene.clone();
      const clone = await scene.completed();
      const binders = history.moments.filter(({ object }) => object.metadata.labels?.[labels.binder]);
      const seen = new Set(binders.map(({ object }) => object.metadata.labels?.[labels.machine]));
      expect([...seen].toSorted()).toEqual(['api', 'web']);
      const selection = { namespace: scene.target, labelSelector: labels.binder };
      expect((await scene.client.list(pods, selection)).items).toEqual([]);
      await expectSameBytes(scene.client, clone, lab);
    },
  );

  it('are block devices where the source has block devices', async ({ scene, lab }) => {
    const disks = [{ name: 'raw', volumeMode: 'Block' as const }, { name: 'files' }];
    await scene.make(anEnvironment([{ name: 'db', disks }]));
    await scene.clone();
    const clone = await scene.completed();
    const { items } = await scene.client.list(persistentVolumeClaims, { namespace: scene.target });
    expect(Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec?.volumeMode]))).toEqual({
      raw: 'Block',
      files: 'Filesystem',
    });
    await expectSameBytes(scene.client, clone, lab);
  });

  it('are copied by CDI into a class of another driver, and are plain claims of the clone afterwards', async ({
    copy,
    lab,
  }) => {
    const storageClassMap = [{ from: 'immediate', to: 'other' }];
    await copy.clone({ source: { virtualMachine: 'db' }, disks: { storageClasses: storageClassMap } });
    const clone = await copy.completed();
    expect(clone.status?.strategies).toMatchObject([{ strategy: 'DataVolume', disks: 2 }]);
    const letGo = { namespace: copy.target };
    for (const name of ['db-root', 'db-data']) {
      await waitUntilGone(copy.client, dataVolumes, { ...letGo, name });
      const claim = await copy.client.get(persistentVolumeClaims, { ...letGo, name });
      expect(claim?.spec?.storageClassName).toBe('other');
      expect(claim?.metadata.labels).toMatchObject({ [labels.clone]: clone.metadata.uid });
      expect(claim?.metadata.ownerReferences?.map(({ kind }) => kind)).toEqual(['EnvironmentClone']);
    }
    await expectSameBytes(copy.client, clone, lab);
  });

  it('are made of a group where the driver knows groups and one by one where it does not', async ({
    scene,
    lab,
  }) => {
    const disks = [{ name: 'a' }, { name: 'b' }, { name: 'c', storageClass: 'other' }];
    await scene.make(anEnvironment([{ name: 'db', disks }]));
    await scene.clone();
    await expectSameBytes(scene.client, await scene.completed(), lab);
  });

  it('leave no snapshot in the target and no label on the claims of the source', async ({ scene: copy }) => {
    await copy.make(anEnvironment([{ name: 'db', disks: [{ name: 'root' }, { name: 'data' }] }]));
    const clone = await copy.clone();
    await copy.completed();
    const snapshots = async () =>
      (await copy.madeBy(clone)).filter((made) => made.startsWith('VolumeSnapshot'));
    await vi.waitFor(async () => expect(await snapshots()).toEqual([]), { timeout: 10_000 });
    const { items } = await copy.client.list(persistentVolumeClaims, { namespace: copy.source });
    const left = items.flatMap(({ metadata }) => Object.keys(metadata.labels ?? {}));
    expect(left.filter((label) => label.startsWith('capture.envclone.io/'))).toEqual([]);
  });
});

const lab = theLab();

describe.skipIf(!lab.canInject)(
  `a capture that is deleted while disks are made from it ${lab.reason}`,
  () => {
    it('stays until every disk is bound, and the clone is completed', async ({ scene }) => {
      await scene.make(anEnvironment([{ name: 'db', disks: [{ name: 'root' }, { name: 'data' }] }]));
      await scene.capture('kept');
      const slow = { namespace: scene.target, name: 'data' };
      await lab.inject({ name: 'provision-slow', match: slow, times: 1, milliseconds: 2_500 });
      await scene.clone({ source: { snapshot: 'kept' } });
      await scene.cloneIs('making its disks', ({ status }) => status?.disks?.bound !== undefined);
      const key = { namespace: scene.source, name: 'kept' };
      await scene.captureIs(
        'pinned',
        ({ metadata }) => metadata.finalizers?.some((each) => each.startsWith('envclone.io/clone-')) ?? false,
        'kept',
      );
      await scene.client.delete(environmentSnapshots, key);
      const dying = await scene.captureIs('marked', ({ metadata }) => !!metadata.deletionTimestamp, 'kept');
      expect(dying.metadata.finalizers).toContainEqual(expect.stringMatching(/^envclone\.io\/clone-/));
      const clone = await scene.completed();
      expect(clone.status?.disks).toMatchObject({ total: 2, bound: 2 });
      await waitUntilGone(scene.client, environmentSnapshots, key);
    });
  },
);

async function expectSameBytes(
  client: ClusterClient,
  clone: EnvironmentCloneObject,
  { canInject, directory }: Lab,
): Promise<void> {
  if (!canInject) return;
  const { disks } = await compareBytes(await pairDisks(client, clone, directory));
  expect(disks.filter(({ equal, captured }) => !equal || captured === 0)).toEqual([]);
  expect(disks.length).toBeGreaterThan(0);
}
