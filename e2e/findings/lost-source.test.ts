/** Who makes a disk waits for a source that has vanished for ever, and says nothing: the operator has to say it. */
import { describe, expect } from 'vitest';
import { volumeGroupSnapshots, volumeSnapshots } from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import { anEnvironment } from '../testing/an-environment.ts';
import { theLab } from '../testing/lab.ts';
import type { Scene } from '../testing/scene.ts';
import { it } from '../testing/scene-test.ts';

const lab = theLab();

describe.skipIf(!lab.canInject)(`a capture whose snapshots vanish midway ${lab.reason}`, () => {
  it('finding A10: blocks the clone, which names the disk that nobody will make any more', async ({
    scene,
  }) => {
    const machines = [{ name: 'db' }, { name: 'web' }];
    const applications = [{ name: 'db' }, { name: 'web', dependsOn: ['db'] }];
    await scene.make(anEnvironment(machines, { applications }));
    await scene.capture('kept');
    const slow = { namespace: scene.target, name: 'db-root' };
    await lab.inject({ name: 'provision-slow', match: slow, times: 1, milliseconds: 2_500 });
    await scene.clone({ source: { snapshot: 'kept' } });
    await scene.cloneIs('making its disks', ({ status }) => status?.disks?.bound !== undefined);
    await deleteSnapshots(scene);
    expect(await scene.blockedBy('DiskLost')).toContain('the snapshot of web-root is gone from the capture');
  });
});

async function deleteSnapshots(scene: Scene): Promise<void> {
  const { metadata } = await scene.captureIs('there', () => true, 'kept');
  const selection = { namespace: scene.source, labelSelector: `${labels.snapshot}=${metadata.uid}` };
  await scene.client.deleteCollection(volumeGroupSnapshots, selection);
  await scene.client.deleteCollection(volumeSnapshots, selection);
}
