import { expect, test } from 'vitest';
import { aMachine, anInstance, leaving } from '../testing.ts';
import type { Condition } from '../types.ts';
import { printableStatus, type VolumeFacts } from './printable-status.ts';

const done: VolumeFacts = { unbound: false, provisioning: false, failed: false };
const unbound = { ...done, unbound: true };
const provisioning = { ...done, provisioning: true };
const missing: Condition = { type: 'Synchronized', status: 'False', reason: 'FailedPvcNotFound' };
const unschedulable: Condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
const paused: Condition = { type: 'Paused', status: 'True', reason: 'PausedByUser' };

test.each([
  ['Stopped', 'a new VM, also with Always', undefined, done],
  ['Provisioning', 'a DataVolume in the making, also halted', undefined, provisioning],
  ['WaitingForVolumeBinding', 'a claim not bound yet', anInstance('Pending'), unbound],
  ['Starting', 'an instance that does not run yet', anInstance('Scheduled'), done],
  ['ErrorPvcNotFound', 'a claim not there yet', anInstance('Pending', [unschedulable, missing]), done],
  ['ErrorUnschedulable', 'no node fits yet', anInstance('Scheduling', [unschedulable]), unbound],
  ['Running', 'a guest that runs', anInstance('Running'), done],
  ['Paused', 'a guest that is paused', anInstance('Running', [paused]), done],
  ['Stopping', 'an instance that is deleted', leaving(anInstance('Running')), done],
  ['Stopped', 'an instance that has ended, before it is gone', leaving(anInstance('Succeeded')), done],
])('%s: %s', (status, _what, vmi, volumes) => {
  expect(printableStatus(aMachine(), vmi, volumes)).toBe(status);
});

test('a halted VM whose claim is not bound is Stopped', () => {
  expect(printableStatus(aMachine({ runStrategy: 'Halted' }), undefined, unbound)).toBe('Stopped');
});

test('a VM that is deleted is Terminating, whatever its instance does', () => {
  expect(printableStatus(leaving(aMachine()), leaving(anInstance('Running')), done)).toBe('Terminating');
});
