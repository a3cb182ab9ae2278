import { expect, test } from 'vitest';
import { lockOf } from '../source/lock.ts';
import { aContent, aSnapshot, aSource } from '../testing.ts';
import type { VirtualMachineSnapshot } from '../types.ts';
import { snapshotStatus } from './status.ts';

const MINUTES = 60_000;
const running = aSource({ online: true, guestAgent: true });

function status(snapshot: VirtualMachineSnapshot, source = running, content?: ReturnType<typeof aContent>) {
  const said = snapshotStatus({ snapshot, content, source, lock: lockOf(source) });
  return {
    ...said,
    conditions: said.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
  };
}

test('a snapshot begins without its VM, and not ready', () => {
  expect(status(aSnapshot())).toMatchObject({
    phase: 'InProgress',
    readyToUse: false,
    sourceUID: 'uid-of-vm',
    conditions: ['Progressing False Source not locked', 'Ready False Not ready'],
  });
});

test.each([
  [{ online: true, guestAgent: true }, ['GuestAgent', 'Online']],
  [{ online: true }, ['NoGuestAgent', 'Online']],
  [{ online: true, guestAgent: true, paused: true }, ['Online', 'Paused']],
  [{}, undefined],
])('of a VM that is %j it indicates %j', (state, indications) => {
  expect(status(aSnapshot(), aSource(state)).indications).toEqual(indications);
});

test('what it has indicated once stays as long as the VM runs, and no longer', () => {
  const before = snapshotStatus({
    snapshot: aSnapshot(),
    content: undefined,
    source: running,
    lock: undefined,
  });
  const agentGone = status(aSnapshot(before), aSource({ online: true }));
  expect(agentGone.indications).toEqual(['GuestAgent', 'NoGuestAgent', 'Online']);
  expect(agentGone.sourceIndications).toHaveLength(3);
  expect(status(aSnapshot(before), aSource()).indications).toBeUndefined();
});

test('with its content created it has succeeded, and says which volumes it has', () => {
  const content = aContent({ creationTime: '2026-11-21T10:00:00Z', readyToUse: true });
  expect(status(aSnapshot(), aSource({ ...running, locked: true }), content)).toMatchObject({
    phase: 'Succeeded',
    readyToUse: true,
    virtualMachineSnapshotContentName: 'content',
    snapshotVolumes: { includedVolumes: ['disk0'] },
    conditions: ['Progressing False Operation complete', 'Ready True Ready'],
  });
});

test('a volume that could have been in it and is not makes it partial', () => {
  const content = aContent({ creationTime: '2026-11-21T10:00:00Z', readyToUse: true }, []);
  const said = status(aSnapshot(), running, content);
  expect(said.snapshotVolumes).toMatchObject({ excludedVolumes: ['disk0'] });
  expect(said.indications).toContain('PartialSnapshot');
});

test('an error of its content is its own', () => {
  const content = aContent({ readyToUse: false, error: { message: 'no room' } });
  expect(status(aSnapshot(), running, content)).toMatchObject({
    error: { message: 'no room' },
    conditions: ['Progressing False In error state', 'Ready False Not ready'],
  });
});

test('after five minutes it has failed, and stays so', () => {
  const late = aSnapshot({ phase: 'InProgress' }, 6 * MINUTES);
  expect(status(late)).toMatchObject({
    phase: 'Failed',
    conditions: [
      'Failure True snapshot deadline exceeded',
      'Progressing False Operation failed',
      'Ready False Not ready',
    ],
  });
  const patient = { ...late, spec: { ...late.spec, failureDeadline: '0' } };
  expect(status(patient).phase).toBe('InProgress');
  expect(status(aSnapshot({ phase: 'Failed' })).phase).toBe('Failed');
});

test('deleted before it is done it says so; done, it is deleted without a word', () => {
  const deleted = (phase: 'InProgress' | 'Succeeded') => {
    const { metadata, ...rest } = aSnapshot({ phase });
    return status({ ...rest, metadata: { ...metadata, deletionTimestamp: '2026-11-21T10:00:00Z' } });
  };
  expect(deleted('InProgress').phase).toBe('Deleting');
  expect(deleted('Succeeded').phase).toBe('Succeeded');
});
