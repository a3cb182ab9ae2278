import { describe, expect, test } from 'vitest';
import { anInstance, aPod, leaving, runningPod } from '../testing.ts';
import type { InstancePhase, Pod } from '../types.ts';
import { phaseByPod } from './phase.ts';
import { readyCondition } from './ready.ts';

test.each<[InstancePhase, string, Pod | undefined, InstancePhase]>([
  ['Pending', 'no pod', undefined, 'Pending'],
  ['Pending', 'a pod', aPod(), 'Scheduling'],
  ['Scheduling', 'a pod that does not run', aPod({ phase: 'Pending' }), 'Scheduling'],
  ['Scheduling', 'a pod that runs', runningPod(), 'Scheduled'],
  [
    'Scheduling',
    'a pod that runs and is not ready',
    runningPod({ type: 'Ready', status: 'False' }),
    'Scheduled',
  ],
  ['Scheduling', 'a pod that is deleted', leaving(aPod()), 'Failed'],
  ['Scheduled', 'a pod that is deleted', leaving(runningPod()), 'Scheduled'],
  ['Scheduled', 'no pod any more', undefined, 'Failed'],
  ['Running', 'no pod any more', undefined, 'Failed'],
  ['Succeeded', 'no pod any more', undefined, 'Succeeded'],
])('%s with %s: %s', (phase, _pod, pod, next) => {
  expect(phaseByPod(anInstance(phase), pod)).toBe(next);
});

test('a pending instance that is deleted before it had a pod has failed', () => {
  expect(phaseByPod(leaving(anInstance('Pending')), undefined)).toBe('Failed');
});

describe('Ready', () => {
  test.each<[string, InstancePhase, Pod | undefined]>([
    ['PodNotExists', 'Pending', undefined],
    ['GuestNotRunning', 'Scheduled', runningPod()],
    ['PodTerminating', 'Running', leaving(runningPod())],
    ['GuestNotRunning', 'Succeeded', runningPod()],
    [
      'ContainersNotReady',
      'Running',
      runningPod({ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }),
    ],
  ])('is False for %s (%s)', (reason, phase, pod) => {
    expect(readyCondition(anInstance(phase), pod)).toMatchObject({ status: 'False', reason });
  });

  test('is True when the guest runs in a pod that is ready', () => {
    expect(readyCondition(anInstance('Running'), runningPod()).status).toBe('True');
  });
});
