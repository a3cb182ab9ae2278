import { describe, expect, it } from 'vitest';
import type { VolumeSnapshotContent } from '../../cluster/kinds.generated.ts';
import type { CloneChildren } from '../../observe/environment-clone.ts';
import {
  aCapture,
  accepted,
  aMachine,
  anAttempt,
  applications,
  aStorageClass,
  at,
  build,
  claims,
  classes,
  made,
  making,
  noon,
  observedClone,
  told,
} from '../../testing/index.ts';
import { planClone } from './plan.ts';

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 10}`);
const [first, second] = [names('b', 20), names('a', 20)];
const claimsOf = (machines: readonly string[]) => machines.map((name) => `${name}-root`);

/** Forty VMs with a disk each, in two tiers; the names of the second come first. */
const captured = aCapture({
  applications: applications({ name: 'web', dependsOn: ['db'] }, { name: 'db' }),
  machines: [
    ...first.map((name) => aMachine(name, { applications: ['db'] })),
    ...second.map((name) => aMachine(name, { applications: ['web'] })),
  ],
});
const attempt = anAttempt({ captured, verdict: accepted });

function plan(children: Partial<CloneChildren>, ms: number, storageClasses = classes()) {
  const policies = [{ metadata: { name: 'copy-isolation' }, spec: {} }];
  const observed = observedClone({ attempt, storageClasses, children: { policies, ...children } });
  return planClone(observed, { now: noon + ms, binderImage: 'example.com/pause' });
}

const asked = (children: Partial<CloneChildren>, ms = 1_000, storageClasses = classes()) =>
  making(plan(children, ms, storageClasses).steps, 'PersistentVolumeClaim');

describe('of many disks', () => {
  it('those of the first tier are asked for first', () => {
    expect(asked({})).toEqual(claimsOf(first));
    expect(asked({ claims: claims('Pending', ...first.slice(3)) })).toEqual(claimsOf(first.slice(0, 3)));
  });

  it('those of the next when all of the first are bound', () => {
    const [last, ...others] = first;
    expect(asked({ claims: [...claims('Bound', ...others), ...claims('Pending', last!)] })).toEqual([]);
    expect(asked({ claims: claims('Bound', ...first) })).toEqual(claimsOf(second));
  });

  it('one that is stuck holds up no others, and the clone is looked at again when it counts as stuck', () => {
    const children = { claims: claims('Pending', ...first) };
    expect(plan(children, 4_000)).toMatchObject({ againAfterMs: 56_000 });
    expect(asked(children, 59_999)).toEqual([]);
    expect(asked(children, 60_000)).toEqual(claimsOf(second));
  });

  it('finding B §3.9: one that is copied, or waits for its consumer, holds up no others', () => {
    const foreign = aStorageClass('fast', { provisioner: 'other.example.com' });
    expect(plan({}, 0, classes(foreign)).steps).toHaveLength(40);
    const later = aStorageClass('fast', { volumeBindingMode: 'WaitForFirstConsumer' });
    expect(asked({}, 0, classes(later))).toEqual(claimsOf([...first, ...second]));
  });

  it('nothing is waited for when all are asked for', () => {
    expect(plan({ claims: claims('Pending', ...first, ...second) }, 1_000).againAfterMs).toBeUndefined();
  });

  it('forty are asked for in one pass', () => {
    const machines = Array.from({ length: 60 }, (_, index) =>
      aMachine(`vm-${index}`, { applications: ['db'] }),
    );
    expect(making(build({}, { captured: aCapture({ machines }) }), 'PersistentVolumeClaim')).toHaveLength(40);
  });
});

describe('a disk that lost what it is made from', () => {
  const one = { captured: aCapture() };

  it('finding A10: gets its snapshot again while its claim still waits, and not once that is bound', () => {
    expect(making(build({ claims: claims('Pending', 'db') }, one), 'VolumeSnapshotContent')).toHaveLength(1);
    expect(making(build({ claims: claims('Pending', 'db') }, one), 'PersistentVolumeClaim')).toEqual([]);
    expect(making(build({ claims: claims('Bound', 'db') }, one), 'VolumeSnapshotContent')).toEqual([]);
  });

  it('finding D VolumeSnapshot: has its claim go first, then the content bound to the dead snapshot, where somebody deletes the snapshot', () => {
    const [content] = made<VolumeSnapshotContent>(build({}, one), 'VolumeSnapshotContent') as [
      VolumeSnapshotContent,
    ];
    content.spec = { ...content.spec, volumeSnapshotRef: { ...content.spec.volumeSnapshotRef, uid: 'dead' } };
    const name = content.spec.volumeSnapshotRef.name!;
    const dying = { metadata: { name, uid: 'dead', deletionTimestamp: at(0) }, spec: { source: {} } };
    const pending = claims('Pending', 'db');
    expect(told(build({ claims: pending, snapshots: [dying], contents: [content] }, one))).toContain(
      'delete PersistentVolumeClaim staging/db-root',
    );
    expect(told(build({ contents: [content] }, one))).toEqual([
      `delete VolumeSnapshotContent ${content.metadata.name}`,
    ]);
    expect(told(build({ claims: claims('Bound', 'db'), snapshots: [dying] }, one)).join()).not.toContain(
      'delete',
    );
  });
});
