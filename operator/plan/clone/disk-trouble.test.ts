import { describe, expect, it } from 'vitest';
import type { DataVolume } from '../../cluster/kinds.generated.ts';
import { aClaim, aDesire, at, noon, observedClone } from '../../testing/index.ts';
import { diskTrouble } from './disk-trouble.ts';
import { planClone } from './plan.ts';

type Status = NonNullable<DataVolume['status']>;
type Condition = NonNullable<Status['conditions']>[number];

const desired = aDesire();
const condition = (type: string, reason: string | undefined, since = 0): Condition => ({
  type,
  status: 'False',
  reason,
  message: `it says ${reason}`,
  lastTransitionTime: at(0),
  lastHeartbeatTime: at(since),
});
const volume = (status: Status): DataVolume => ({
  metadata: { name: 'db-root', namespace: 'staging', uid: 'volume', creationTimestamp: at(0) },
  spec: {},
  status,
});
const look = (status: Status, ms = 31_000) =>
  diskTrouble(observedClone({ children: { dataVolumes: [volume(status)] } }), desired, noon + ms);

describe('a DataVolume', () => {
  it.each(['CloneWithoutSource', 'CloneValidationFailed', 'ErrClaimNotValid', 'ErrExceededQuota'])(
    'finding B §3.1 phase: that cannot begin has no phase, and its conditions are passed on: %s',
    (reason) => {
      const conditions = [condition('Bound', reason), condition('Ready', reason), condition('Running', '')];
      expect(look({ conditions }).message).toBe(`DataVolume db-root: it says ${reason}`);
    },
  );

  it.each(['NotFound', 'Pending', 'CloneScheduled', 'TransferRunning', 'Completed', undefined])(
    'finding B §3.1 phase: that is on its way has nothing wrong with it: %s',
    (reason) => {
      const conditions = ['Bound', 'Ready', 'Running'].map((type) => condition(type, reason));
      expect(look({ phase: 'CloneScheduled', conditions })).toEqual({ message: undefined });
    },
  );

  it('finding B §3.5 PVC source: is not complained of for an error that passes within 30 s', () => {
    const failing = { phase: 'CSICloneInProgress', conditions: [condition('Running', 'Error', 20_000)] };
    expect(look(failing, 49_999)).toEqual({ message: undefined, againAt: noon + 50_000 });
    expect(look(failing, 50_000)).toEqual({ message: 'DataVolume db-root: it says Error' });
  });

  it('finding D DataVolume: is passed on where a quota of its source keeps it, once that lasts', () => {
    expect(look({ phase: 'CloneScheduled', conditions: [condition('Running', 'Error')] }).message).toContain(
      'it says Error',
    );
  });
});

describe('a disk whose snapshot has vanished from the capture', () => {
  const waiting = aClaim('db-root', 'Pending');
  const lost = (ms: number, claim = waiting) =>
    diskTrouble(observedClone({ disks: [], children: { claims: [claim] } }), desired, noon + ms);

  it('finding A10: is named, since nobody else says anything, when it has had its time', () => {
    expect(lost(29_999)).toEqual({ message: undefined, againAt: noon + 30_000 });
    expect(lost(30_000).message).toContain('disk db-root: its snapshot is gone from the capture');
    expect(lost(30_000, aClaim('db-root')).message).toBeUndefined();
  });

  it('finding A10: is looked at again in time', () => {
    const children = {
      claims: [waiting],
      policies: [{ metadata: { name: 'copy-isolation' }, spec: {} }],
    };
    const plan = planClone(observedClone({ disks: [], children }), { now: noon + 1_000, binderImage: '' });
    expect(plan).toMatchObject({ state: 'Building', againAfterMs: 29_000 });
  });
});
