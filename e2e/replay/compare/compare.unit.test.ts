import { describe, expect, it } from 'vitest';
import {
  type Line,
  type RecordedObject,
  type Recording,
  readRecording,
  recordingPath,
} from '../recording/recording.ts';
import { scenarioNames } from '../run.ts';
import { compare } from './compare.ts';
import type { Difference } from './difference.ts';

describe.each(await scenarioNames())('the recording %s', (name) => {
  it('does not differ from itself', async () => {
    const recording = await readRecording(recordingPath(name));
    expect(compare(recording, recording).differences).toEqual([]);
  });
});

type Change = (line: Line) => Line | undefined;

const event =
  (kind: string, change: (object: never) => unknown): Change =>
  (line) =>
    'event' in line && line.object.kind === kind
      ? { ...line, object: change(structuredClone(line.object) as never) as RecordedObject }
      : line;

const request =
  (path: RegExp, answer: object): Change =>
  (line) =>
    'request' in line && path.test(`${line.request.method} ${line.request.path}`)
      ? { ...line, request: { ...line.request, ...answer } }
      : line;

interface Said {
  metadata: { finalizers?: string[] };
  status?: {
    phase?: string;
    printableStatus?: string;
    conditions?: { type: string; status: string; reason?: string }[];
  };
}

const withPhase = (from: string, to: string) => (object: Said) => {
  if (object.status?.phase === from) object.status.phase = to;
  return object;
};

const withoutFinalizers = (object: Said) => {
  delete object.metadata.finalizers;
  return object;
};

const withoutConditions = (object: Said) => {
  delete object.status?.conditions;
  return object;
};

const readyAtOnce = (object: Said) => {
  for (const each of object.status?.conditions ?? []) if (each.type === 'Ready') each.status = 'True';
  return object;
};

/** What breaks, in which recording, how, and what must be told of. */
const breaks: readonly (readonly [string, string, Change, Partial<Difference>])[] = [
  [
    'a phase that is left out',
    'vm-start',
    event('VirtualMachineInstance', withPhase('Scheduling', 'Pending')),
    { subject: 'VirtualMachineInstance t-vm-start/db', field: 'status.phase' },
  ],
  [
    'a phase that all of many leave out',
    'dv-many',
    event('DataVolume', withPhase('CloneFromSnapshotSourceInProgress', 'CloneScheduled')),
    { subject: 'DataVolume t-m-dst/d00', field: 'status.phase' },
  ],
  [
    'a condition that comes too early',
    'vm-start',
    event('VirtualMachine', readyAtOnce),
    { subject: 'VirtualMachine t-vm-start/db', field: 'status.conditions[Ready].status' },
  ],
  [
    'a finalizer that is forgotten',
    'snapshot-group',
    event('VolumeSnapshot', withoutFinalizers),
    {
      field: 'metadata.finalizers[snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection]',
    },
  ],
  [
    'a status that never tells of its conditions',
    'dv-from-snapshot',
    event('DataVolume', withoutConditions),
    { field: 'status.conditions[Ready].status' },
  ],
  [
    'an empty 200 that is answered with JSON',
    'vm-pause',
    request(/^PUT .*\/pause$/, { response: {}, contentType: 'application/json' }),
    { field: 'content type' },
  ],
  [
    'a refusal that is let through',
    'admission',
    request(/^POST .*virtualmachines/, { code: 201 }),
    { field: 'code' },
  ],
  [
    'another reason of a refusal',
    'freeze',
    (line) =>
      'request' in line && line.request.code === 403
        ? { ...line, request: { ...line.request, response: { kind: 'Status', reason: 'No', message: 'no' } } }
        : line,
    { field: 'reason', ours: 'No' },
  ],
  [
    'an object that stays',
    'vm-delete',
    (line) => ('event' in line && line.event === 'DELETED' ? undefined : line),
    { field: 'existence', ours: 'stays' },
  ],
  [
    'an object that is never made',
    'vm-start',
    (line) => ('event' in line && line.object.kind === 'ControllerRevision' ? undefined : line),
    { field: 'existence', ours: 'is not' },
  ],
  [
    'an Event that nobody writes',
    'vm-start',
    (line) =>
      'event' in line && line.object.kind === 'Event' && line.object.reason === 'Started' ? undefined : line,
    { subject: 'VirtualMachineInstance: Normal Started', field: 'Event' },
  ],
  [
    'a state that comes before its cause',
    'vm-start',
    event('VirtualMachineInstance', (object: RecordedObject) => ({
      ...object,
      metadata: { ...object.metadata, resourceVersion: `9${object.metadata.resourceVersion}` },
    })),
    { subject: 'VirtualMachine t-vm-start/db', field: 'order' },
  ],
  [
    'a wait in vain',
    'vm-start',
    (line) => ('wait' in line ? { ...line, wait: { ...line.wait, met: false } } : line),
    { ours: 'does not come' },
  ],
  [
    'a guest that says otherwise',
    'freeze-truth',
    (line) =>
      'guest' in line
        ? { ...line, guest: { ...line.guest, status: { ...line.guest.status, frozen: false } } }
        : line,
    { field: 'frozen', real: 'true', ours: 'false' },
  ],
];

describe('the comparison tells of', () => {
  it.each(breaks)('%s', async (_, name, change, difference) => {
    const recording = await readRecording(recordingPath(name));
    const { differences } = compare(recording, changed(recording, change));
    expect(differences).toContainEqual(expect.objectContaining(difference));
  });
});

function changed({ header, lines }: Recording, change: Change): Recording {
  return { header, lines: lines.map(change).filter((line) => line !== undefined) };
}
