/** An operator that dies at any moment of a clone is followed by one that finishes it, without doing anything twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { environmentSnapshots } from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import type { EnvironmentCloneObject } from '../../operator/schema/index.ts';
import { aShop } from '../testing/an-environment.ts';
import { compareBytes } from '../testing/captured-bytes.ts';
import { pairDisks } from '../testing/disk-pairs.ts';
import { theLab } from '../testing/lab.ts';
import type { Scene } from '../testing/scene.ts';
import { it } from '../testing/scene-test.ts';

const lab = theLab();

type Status = NonNullable<EnvironmentCloneObject['status']>;

const moments: readonly (readonly [string, (status: Status) => boolean])[] = [
  ['it has just been seen', () => true],
  ['the capture is asked for', ({ snapshot }) => snapshot !== undefined],
  ['its disks are made', ({ disks }) => (disks?.total ?? 0) > 0],
  ['its first VMs are made', ({ virtualMachines }) => (virtualMachines?.created ?? 0) > 0],
];

describe.skipIf(!lab.canKill)(`an operator that is killed ${lab.reason}`, () => {
  it.for(moments)(
    'when %s is followed by one that completes the clone from the same capture',
    async ([, isReached], { copy }) => {
      const clone = await copy.clone();
      await copy.cloneIs('so far', ({ status }) => status !== undefined && isReached(status));
      await lab.killOperator();
      const before = await machines(copy);
      await sleep(300);
      await lab.startOperator();
      const completed = await copy.completed();
      expect(await captures(copy, clone)).toEqual([completed.status?.snapshot?.name]);
      const after = await machines(copy);
      expect([...after.keys()].toSorted()).toEqual(['api', 'db', 'queue', 'web']);
      for (const [name, uid] of before) expect(after.get(name)).toBe(uid);
      const report = await compareBytes(await pairDisks(copy.client, completed, lab.directory));
      expect(report).toMatchObject({ ok: true, findings: [] });
    },
  );

  it('while single snapshots are made leaves no disk of another moment in the clone', async ({ scene }) => {
    await scene.make(aShop({ storageClass: 'other' }));
    const match = { namespace: scene.source, name: 'web-root' };
    await lab.inject({ name: 'snapshot-slow', match, milliseconds: 1_000 });
    await scene.clone();
    await scene.cloneIs('capturing', ({ status }) => status?.pointInTime?.requested !== undefined);
    await lab.killOperator();
    await sleep(300);
    await lab.startOperator();
    const completed = await scene.completed();
    const { disks } = await compareBytes(await pairDisks(scene.client, completed, lab.directory));
    expect(disks.map(({ equal }) => equal)).toEqual([true, true, true, true, true]);
  });
});

const main = fileURLToPath(new URL('../../operator/main.ts', import.meta.url));

describe.skipIf(!lab.canKill)(`an operator that is told to end ${lab.reason}`, () => {
  it('finishes what it has begun and ends by itself, with code 0', async () => {
    await lab.killOperator();
    const args = [main, 'operator', '--kubeconfig', lab.operatorKubeconfig, '--port', '0'];
    const operator = spawn(process.execPath, [...args, '--host', '127.0.0.1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const said: string[] = [];
      for await (const line of createInterface(operator.stdout)) {
        said.push((JSON.parse(line) as { msg: string }).msg);
        if (line.includes('caches are filled')) operator.kill('SIGTERM');
      }
      const [code] = operator.exitCode === null ? await once(operator, 'exit') : [operator.exitCode];
      expect(code).toBe(0);
      expect(said.at(-1)).toBe('drained; ending');
    } finally {
      operator.kill('SIGKILL');
      await lab.startOperator();
    }
  });
});

async function captures(
  { client, source }: Scene,
  clone: EnvironmentCloneObject,
): Promise<readonly string[]> {
  const selection = { namespace: source, labelSelector: `${labels.clone}=${clone.metadata.uid}` };
  const { items } = await client.list(environmentSnapshots, selection);
  expect(items.map(({ status }) => status?.attempt)).toEqual([1]);
  return items.map(({ metadata }) => metadata.name);
}

/** UIDs of the clone's VMs by name. */
async function machines(scene: Scene): Promise<ReadonlyMap<string, string>> {
  const names = await scene.machineNames();
  const found = await Promise.all(names.map((name) => scene.machine(name)));
  return new Map(found.map(({ metadata }) => [metadata.name, metadata.uid!]));
}
