import { describe, expect, it } from 'vitest';
import type { EventType, Line, RecordedObject } from '../recording/recording.ts';
import { lastingStatesAt, Progress, statesAt } from './progress.ts';

function instance(uid: string, phase: string): RecordedObject {
  return { kind: 'VirtualMachineInstance', metadata: { namespace: 'a', name: 'db', uid }, status: { phase } };
}

function leaving({ metadata, ...object }: RecordedObject): RecordedObject {
  return { ...object, metadata: { ...metadata, deletionTimestamp: '2026-11-21T10:00:00Z' } };
}

function seen(ms: number, event: EventType, object: RecordedObject): Line {
  return { ms, event, object };
}

const recorded = [
  seen(0, 'ADDED', instance('1', 'Running')),
  seen(500, 'MODIFIED', leaving(instance('1', 'Failed'))),
  seen(580, 'DELETED', leaving(instance('1', 'Failed'))),
  seen(600, 'ADDED', instance('2', 'Scheduled')),
  seen(1000, 'MODIFIED', instance('2', 'Running')),
];

describe('a replay has come as far as its recording', () => {
  it('when each object has been in the state in which the recorded one was', () => {
    const progress = new Progress();
    progress.take(instance('x', 'Scheduled'));
    expect(progress.reached(statesAt(recorded, 0))).toBe(false);
    progress.take(instance('x', 'Running'));
    progress.take(instance('x', 'Failed'));
    expect(progress.reached(statesAt(recorded, 0))).toBe(true);
  });

  it('for each that had the name by itself', () => {
    const progress = new Progress();
    progress.take(instance('x', 'Running'));
    progress.take(instance('y', 'Scheduled'));
    expect(progress.reached(statesAt(recorded, 1000))).toBe(false);
    progress.take(instance('y', 'Running'));
    expect(progress.reached(statesAt(recorded, 1000))).toBe(true);
  });

  it('where what was gone need not be there, nor what had only just begun', () => {
    expect(statesAt(recorded, 550)).toEqual([]);
    expect(lastingStatesAt(recorded, 1100)).toEqual([]);
    expect(lastingStatesAt(recorded, 1150)).toEqual(statesAt(recorded, 1150));
  });
});
