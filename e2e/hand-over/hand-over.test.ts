/** After completion a clone is its user's: nothing is started, made again or put back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { environmentClones, virtualMachines } from '../../operator/cluster/kinds.generated.ts';
import type { Lab } from '../testing/lab.ts';
import type { Scene } from '../testing/scene.ts';
import { it } from '../testing/scene-test.ts';
import { hasCondition, waitUntilGone } from '../testing/wait-for.ts';

const onlyQueue = { source: { virtualMachine: 'queue' } };
/** Longer than the operator takes from a change to what it makes of it. */
const settlesMs = 1_500;

describe('a VM of a completed clone', () => {
  it('that its user stops stays stopped, and the clone is not Ready until it is started again', async ({
    copy,
    lab,
  }) => {
    await copy.clone(onlyQueue);
    await copy.completed();
    await setRunStrategy(copy, 'Halted');
    const stopped = await copy.cloneIs('not Ready', hasCondition('Ready', 'False'));
    expect(stopped.status?.phase).toBe('Completed');
    await restart(lab);
    expect((await copy.machine('queue')).spec.runStrategy).toBe('Halted');
    await setRunStrategy(copy, 'Always');
    await copy.cloneIs('Ready', hasCondition('Ready'));
  });

  it('that its user deletes is not made again', async ({ copy, lab }) => {
    await copy.clone(onlyQueue);
    await copy.completed();
    const key = { namespace: copy.target, name: 'queue' };
    await copy.client.delete(virtualMachines, key);
    await waitUntilGone(copy.client, virtualMachines, key);
    const clone = await copy.cloneIs('not Ready', hasCondition('Ready', 'False'));
    expect(hasCondition('Completed')(clone)).toBe(true);
    await restart(lab);
    expect(await copy.machineNames()).toEqual([]);
  });

  it('that its user changes stays as it was changed', async ({ copy, lab }) => {
    await copy.clone(onlyQueue);
    await copy.completed();
    const change = {
      metadata: { labels: { owner: 'me' } },
      spec: { template: { spec: { domain: { memory: { guest: '32Mi' } } } } },
    };
    await copy.client.mergePatch(virtualMachines, { namespace: copy.target, name: 'queue' }, change);
    await restart(lab);
    expect(await copy.machine('queue')).toMatchObject(change);
  });

  it('is not made again where a restore from backup has lost the status of the clone', async ({
    copy,
    lab,
  }) => {
    await copy.clone(onlyQueue);
    const clone = await copy.completed();
    if (lab.canKill) await lab.killOperator();
    await copy.client.delete(virtualMachines, { namespace: copy.target, name: 'queue' });
    await copy.client.patchStatus(environmentClones, clone, {});
    if (lab.canKill) await lab.startOperator();
    const { status } = await copy.cloneIs('Completed again', hasCondition('Completed'));
    expect(status?.phase).toBe('Completed');
    await sleep(settlesMs);
    expect(await copy.machineNames()).toEqual([]);
  }, 60_000);
});

describe('a clone that is not completed', () => {
  it('starts a Manual VM once, and not again when its user stops it', async ({ scene, lab }) => {
    await scene.make(manualPair());
    await scene.client.invoke(startable, { namespace: scene.source, name: 'first' }, 'start');
    await scene.machineIsReady('first', scene.source);
    await scene.clone();
    await scene.completed();
    expect((await scene.machine('first')).spec.runStrategy).toBe('Manual');
    await scene.client.invoke(startable, { namespace: scene.target, name: 'first' }, 'stop');
    await scene.cloneIs('not Ready', hasCondition('Ready', 'False'));
    await restart(lab);
    expect((await scene.machine('first')).status?.ready ?? false).toBe(false);
  });
});

const startable = {
  group: 'subresources.kubevirt.io',
  version: 'v1',
  kind: 'VirtualMachine',
  plural: 'virtualmachines',
  namespaced: true,
};

function manualPair() {
  return {
    name: 'shop',
    machines: [{ name: 'first', runStrategy: 'Manual' }],
    applications: [{ name: 'first' }],
  };
}

/** A restarted operator looks at everything anew; where it cannot be restarted, it has had its time. */
async function restart(lab: Lab): Promise<void> {
  if (lab.canKill) await lab.startOperator();
  await sleep(settlesMs);
}

async function setRunStrategy({ client, target }: Scene, runStrategy: string): Promise<void> {
  await client.mergePatch(virtualMachines, { namespace: target, name: 'queue' }, { spec: { runStrategy } });
}
