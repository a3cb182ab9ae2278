import { describe, expect, it } from 'vitest';
import type { DataVolume } from '../../cluster/kinds.generated.ts';
import {
  aCapture,
  aClaim,
  aClonedMachine,
  accepted,
  aMachine,
  anAttempt,
  aStorageClass,
  build,
  classes,
  making,
  noon,
  observedClone,
} from '../../testing/index.ts';
import { isFilled } from './filled.ts';
import { planClone } from './plan.ts';

const volume = (phase?: string): DataVolume => ({
  metadata: { name: 'db-root', namespace: 'staging', uid: 'uid-of-volume' },
  spec: {},
  status: { phase },
});
const bound = aClaim('db-root');
const pending = aClaim('db-root', 'Pending');

describe('a disk', () => {
  it('finding B §3.1 order: is filled when its claim is bound and its DataVolume has succeeded, whichever comes first', () => {
    const whileCopied = isFilled({ claim: bound, dataVolume: volume('CloneFromSnapshotSourceInProgress') });
    expect(whileCopied).toBe(false);
    expect(isFilled({ claim: pending, dataVolume: volume('Succeeded') })).toBe(false);
    expect(isFilled({ claim: bound, dataVolume: volume('Succeeded') })).toBe(true);
    expect(isFilled({ claim: bound })).toBe(true);
  });

  it('finding D DataVolume: is not filled while its claim is Lost, as claims are whose volume is handed on', () => {
    expect(isFilled({ claim: { ...bound, status: { phase: 'Lost' } } })).toBe(false);
  });

  it('finding B §10: is as good as absent where its claim has lost its source: it is asked for again, and no VM gets it', () => {
    const empty = { ...bound, spec: {} };
    const steps = build({ claims: [empty] }, { captured: aCapture() });
    expect(making(steps, 'PersistentVolumeClaim')).toEqual(['db-root']);
    expect(making(steps, 'VirtualMachine')).toEqual([]);
    expect(making(build({ claims: [bound] }, { captured: aCapture() }), 'VirtualMachine')).toEqual(['db']);
  });
});

describe('a clone of a halted VM', () => {
  const captured = aCapture({ machines: [aMachine('db', { ran: false })] });
  const planWith = (phase: string) =>
    planClone(
      observedClone({
        attempt: anAttempt({ captured, verdict: accepted }),
        storageClasses: classes(aStorageClass('fast', { provisioner: 'other.example.com' })),
        children: {
          policies: [{ metadata: { name: 'copy-isolation' }, spec: {} }],
          claims: [bound],
          dataVolumes: [volume(phase)],
          machines: [aClonedMachine('db')],
        },
      }),
      { now: noon, binderImage: '' },
    );

  it('finding B §3.1 order: is not completed, and lets no DataVolume go, before CDI has finished', () => {
    expect(planWith('CloneFromSnapshotSourceInProgress').message).toBe('0 of 1 VMs are up');
    expect(planWith('Succeeded').message).toBe('every VM is up');
  });
});
