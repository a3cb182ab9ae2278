import { expect, test } from 'vitest';
import { aMachine, aSpec } from '../../testing.ts';
import type { VirtualMachine } from '../../types.ts';
import { lockCauses } from './lock.ts';

const held = { snapshotInProgress: 's1' };

function refusals(status: VirtualMachine['status'], spec: Partial<VirtualMachine['spec']>): string[] {
  const request = {
    uid: '',
    operation: 'UPDATE' as const,
    oldObject: aMachine(),
    object: aMachine(spec, status),
  };
  return lockCauses(request).map(({ message }) => message);
}

test('a VM that a snapshot holds keeps its run strategy and its volumes', () => {
  const volumes = { template: { spec: { ...aSpec(), volumes: [] } } };
  expect(refusals(held, { runStrategy: 'Halted' })).toEqual([
    'Cannot update vm running state until snapshot "s1" completes',
  ]);
  expect(refusals(held, volumes)).toEqual([
    'Cannot update vm disks or volumes until snapshot "s1" completes',
  ]);
});

test('everything else of it can be changed', () => {
  const template = { metadata: {}, spec: { ...aSpec(), hostname: 'other' } };
  expect(refusals(held, { template })).toEqual([]);
});

test('a VM that a restore holds keeps its run strategy only', () => {
  const restored = { restoreInProgress: 'r1' };
  const volumes = { template: { spec: { ...aSpec(), volumes: [] } } };
  expect(refusals(restored, volumes)).toEqual([]);
  expect(refusals(restored, { runStrategy: 'Manual' })).toEqual([
    'Cannot update VM runStrategy until restore "r1" completes',
  ]);
});

test('a VM that nobody holds can be changed', () => {
  expect(refusals({}, { runStrategy: 'Halted' })).toEqual([]);
});
