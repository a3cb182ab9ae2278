/** The main promise: an environment comes up again elsewhere, in the order of its dependencies. */
import { describe, expect } from 'vitest';
import type { KubeObject } from '../../operator/cluster/index.ts';
import {
  environmentSnapshots,
  persistentVolumeClaims,
  type VirtualMachine,
  virtualMachines,
} from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import { type Moment, record } from '../testing/history.ts';
import { Scene } from '../testing/scene.ts';
import { it as base } from '../testing/scene-test.ts';

/** One clone that all tests of this file look at, with what happened while it was made. */
const it = base.extend('made', { scope: 'file' }, async ({ client, shop, place }) => {
  const scene = new Scene(client, shop, place);
  await using machines = await record(client, virtualMachines, place);
  await using claims = await record(client, persistentVolumeClaims, place);
  await scene.clone();
  const clone = await scene.completed();
  return { scene, clone, machines: machines.moments, claims: claims.moments };
});

describe('a clone of four VMs, web → api → db and api → queue', () => {
  it('is completed and ready, with every VM up', async ({ made: { scene, clone } }) => {
    expect(clone.status).toMatchObject({
      phase: 'Completed',
      ready: '4/4',
      tierCount: 3,
      virtualMachines: { total: 4, created: 4, running: 4, up: 4, failed: 0 },
      disks: { total: 5, bound: 5 },
    });
    expect(await scene.machineNames()).toEqual(['api', 'db', 'queue', 'web']);
  });

  it('has each VM made only after those that it depends on were ready', ({ made: { machines } }) => {
    const made = (name: string) => firstOf(machines, name, () => true);
    const up = (name: string) => firstOf(machines, name, isReady);
    expect(made('api')).toBeGreaterThan(up('db'));
    expect(made('api')).toBeGreaterThan(up('queue'));
    expect(made('web')).toBeGreaterThan(up('api'));
  });

  it('has its disks asked for tier by tier, each when those before it are bound', ({ made: { claims } }) => {
    const asked = (name: string) => firstOf(claims, name, () => true);
    const bound = (name: string) => firstOf(claims, name, ({ status }) => status?.phase === 'Bound');
    for (const first of ['db-root', 'db-data', 'queue-root'])
      expect(asked('api-root')).toBeGreaterThan(bound(first));
    expect(asked('web-root')).toBeGreaterThan(bound('api-root'));
  });

  it('leaves nothing in the namespace of its source but the capture', async ({ made: { scene, clone } }) => {
    const ofClone = {
      namespace: scene.source,
      labelSelector: `${labels.clone}=${clone.metadata.uid}`,
    };
    const { items } = await scene.client.list(environmentSnapshots, ofClone);
    expect(items.map(({ metadata }) => metadata.name)).toEqual([clone.status?.snapshot?.name]);
    expect(await scene.machineNames(scene.source)).toEqual(['api', 'db', 'queue', 'web']);
    const claims = await scene.client.list(persistentVolumeClaims, { namespace: scene.source });
    expect(claims.items).toHaveLength(5);
  });
});

describe('clones of one environment at the same time', () => {
  it('are each captured and completed', async ({ copy, scene }) => {
    const other = new Scene(copy.client, copy.source, scene.target);
    const source = { virtualMachine: 'db' };
    await Promise.all([copy.clone({ source }), other.clone({ source })]);
    const [one, two] = await Promise.all([copy.completed(), other.completed()]);
    expect(one.status?.snapshot?.name).not.toBe(two.status?.snapshot?.name);
  });
});

function isReady({ status }: VirtualMachine): boolean {
  return status?.ready === true;
}

/** Place in the cluster's history of the first moment at which something holds for a VM. */
function firstOf<T extends KubeObject>(
  moments: readonly Moment<T>[],
  name: string,
  isSo: (object: T) => boolean,
): number {
  const found = moments.find(({ object }) => object.metadata.name === name && isSo(object));
  if (!found) throw new Error(`nothing of the kind was seen of ${name}`);
  return found.place;
}
