/** The disks of a clone are those of its source at one instant: read from the bytes. */
import { describe, expect } from 'vitest';
import { aShop } from '../testing/an-environment.ts';
import { compareBytes } from '../testing/captured-bytes.ts';
import { pairDisks } from '../testing/disk-pairs.ts';
import { theLab } from '../testing/lab.ts';
import { it } from '../testing/scene-test.ts';

const lab = theLab();

describe.skipIf(!lab.canInject)(`the bytes of a clone ${lab.reason}`, () => {
  it('are those captured, on every disk, and all of one instant', async ({ copy }) => {
    await copy.clone();
    const clone = await copy.completed();
    const report = await compareBytes(await pairDisks(copy.client, clone, lab.directory));
    expect(report.disks.map(({ pair }) => pair.claim).toSorted()).toEqual([
      'api-root',
      'db-data',
      'db-root',
      'queue-root',
      'web-root',
    ]);
    for (const { pair, equal, captured } of report.disks)
      expect({ claim: pair.claim, equal, written: captured > 0 }).toEqual({
        claim: pair.claim,
        equal: true,
        written: true,
      });
    expect(report.findings).toEqual([]);
    expect(clone.status?.pointInTime?.consistency).toBe('BestEffort');
  });

  it('are seen to be of several instants where single snapshots are slow, and the skew says so', async ({
    scene,
  }) => {
    await scene.make(aShop({ storageClass: 'other' }));
    const match = { namespace: scene.source, name: 'web-root' };
    await lab.inject({ name: 'snapshot-slow', match, milliseconds: 1500 });
    await scene.clone();
    const clone = await scene.completed();
    const report = await compareBytes(await pairDisks(scene.client, clone, lab.directory));
    expect(report.disks.every(({ equal }) => equal)).toBe(true);
    expect(report.findings.map(({ message }) => message).join()).toContain('which writes first');
    expect(clone.status?.pointInTime).toMatchObject({ consistency: 'BestEffort' });
    expect(secondsOf(clone.status?.pointInTime?.skew)).toBeGreaterThanOrEqual(1.5);
  });
});

/** Of a duration such as `1.52s`. */
function secondsOf(skew: string | undefined): number {
  return Number(/^([\d.]+)s$/.exec(skew ?? '')?.[1]);
}
