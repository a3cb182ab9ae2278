/** A clone that is deleted takes all that it made with it, last started first, and nothing else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import {
  environmentClones,
  environments,
  namespaces,
  persistentVolumeClaims,
  virtualMachines,
} from '../../operator/cluster/kinds.generated.ts';
import { anEnvironment } from '../testing/an-environment.ts';
import { record } from '../testing/history.ts';
import { it } from '../testing/scene-test.ts';
import { hasCondition, waitFor, waitUntilGone } from '../testing/wait-for.ts';

const onlyQueue = { source: { virtualMachine: 'queue' } };

describe.concurrent('a clone that is deleted', { timeout: 120_000 }, () => {
  it('takes its VMs down in reverse order, and leaves nothing, here or in the source', async ({ copy }) => {
    const clone = await copy.clone();
    await copy.completed();
    await using history = await record(copy.client, virtualMachines, copy.target);
    await copy.removed();
    const gone = history.moments
      .filter(({ type }) => type === 'deleted')
      .map(({ object }) => object.metadata.name);
    expect(gone.slice(0, 2)).toEqual(['web', 'api']);
    expect(gone.slice(2).toSorted()).toEqual(['db', 'queue']);
    await vi.waitFor(async () => expect(await copy.madeBy(clone)).toEqual([]), { timeout: 10_000 });
    expect(await copy.machineNames(copy.source)).toEqual(['api', 'db', 'queue', 'web']);
  });

  it('in the middle of its making leaves nothing', async ({ copy }) => {
    const clone = await copy.clone();
    await copy.cloneIs('making its disks', ({ status }) => hasSome(status?.disks?.total));
    await copy.removed();
    await vi.waitFor(async () => expect(await copy.madeBy(clone)).toEqual([]), { timeout: 10_000 });
  });

  it('goes although the storage never filled its disks', async ({ copy, lab, skip }) => {
    if (!lab.canInject) return skip(lab.reason);
    await lab.inject({ name: 'provision-fails', match: { namespace: copy.target } });
    const clone = await copy.clone(onlyQueue);
    const key = { namespace: copy.target, name: 'queue-root' };
    await waitFor(copy.client, persistentVolumeClaims, key, 'asked for', () => true);
    await sleep(500);
    await copy.removed();
    await vi.waitFor(async () => expect(await copy.madeBy(clone)).toEqual([]), { timeout: 10_000 });
  });

  it('goes although its Environment has gone', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'db' }]));
    const clone = await scene.clone();
    await scene.completed();
    await scene.client.delete(environments, { namespace: scene.source, name: 'shop' });
    await scene.removed();
    await vi.waitFor(async () => expect(await scene.madeBy(clone)).toEqual([]), { timeout: 10_000 });
  });

  it('goes although the whole namespace of its source has gone', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'db' }]));
    await scene.clone();
    await scene.completed();
    await scene.client.delete(namespaces, { name: scene.source });
    await waitUntilGone(scene.client, namespaces, { name: scene.source }, { timeoutMs: 80_000 });
    await scene.removed();
  });
});

describe.concurrent('the namespace of a clone that is deleted', { timeout: 120_000 }, () => {
  it('ends, and what the clone made outside of it goes too', async ({ copy }) => {
    const clone = await copy.clone(onlyQueue);
    await copy.completed();
    await copy.client.delete(namespaces, { name: copy.target });
    await waitUntilGone(copy.client, namespaces, { name: copy.target }, { timeoutMs: 80_000 });
    await vi.waitFor(async () => expect(await copy.madeBy(clone)).toEqual([]), { timeout: 10_000 });
  });

  it('ends also where the clone is only half made', async ({ copy }) => {
    const clone = await copy.clone();
    await copy.cloneIs('on its way', hasCondition('Planned'));
    await copy.client.delete(namespaces, { name: copy.target });
    await waitUntilGone(copy.client, namespaces, { name: copy.target }, { timeoutMs: 80_000 });
    expect(
      await copy.client.get(environmentClones, { namespace: copy.target, name: 'copy' }),
    ).toBeUndefined();
    await vi.waitFor(async () => expect(await copy.madeBy(clone)).toEqual([]), { timeout: 10_000 });
  });
});

function hasSome(count: number | undefined): boolean {
  return (count ?? 0) > 0;
}
