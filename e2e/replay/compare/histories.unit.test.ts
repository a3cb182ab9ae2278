import { expect, it } from 'vitest';
import type { Line, RecordedObject, Recording } from '../recording/recording.ts';
import { historiesOf } from './histories.ts';
import { NormalForm } from './normal-form.ts';

const header = { name: '', about: '', namespaces: [], kinds: [], began: '', versions: {}, error: null };

function object(kind: string, name: string, status: object): RecordedObject {
  return { kind, metadata: { namespace: 'a', name, uid: `${kind}-${name}`, resourceVersion: '1' }, status };
}

/** Whether a machine and its instance had come to rest, ten seconds after the instance was made like this. */
function settled(status: object): readonly boolean[] {
  const made: readonly Line[] = ['VirtualMachine', 'VirtualMachineInstance'].map((kind) => ({
    ms: 0,
    event: 'ADDED',
    object: object(kind, 'db', kind === 'VirtualMachine' ? {} : status),
  }));
  const recording: Recording = { header, lines: [...made, { ms: 10_000, note: 'the end' }] };
  return [...historiesOf(recording, new NormalForm(recording)).values()].map((history) => history.settled);
}

it('a machine that was booting when a recording ended may go on, with its instance', () => {
  expect(settled({ phase: 'Running' })).toEqual([false, false]);
});

it.each([
  { phase: 'Running', conditions: [{ type: 'AgentConnected', status: 'True' }] },
  { phase: 'Failed' },
])('one that had booted or ended may not: %j', (status) => {
  expect(settled(status)).toEqual([true, true]);
});
