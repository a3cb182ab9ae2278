import { expect, it } from 'vitest';
import type { RecordedObject } from './recording.ts';
import { tidied } from './tidy.ts';

const object = (kind: string, more: object): RecordedObject =>
  ({ kind, metadata: { name: 'x', namespace: 'a', managedFields: [{}] }, ...more }) as RecordedObject;

it('nobody compares managed fields and nulls', () => {
  expect(
    tidied(object('VirtualMachine', { status: { at: null, list: [{ at: null, on: 1 }] } }), 'any'),
  ).toEqual({
    kind: 'VirtualMachine',
    metadata: { name: 'x', namespace: 'a' },
    status: { list: [{ on: 1 }] },
  });
});

it.each(['Pulled', 'SuccessfulMountVolume', 'Killing'])('the Event %s is left out', (reason) => {
  expect(tidied(object('Event', { reason, involvedObject: { kind: 'Pod' } }), 'any')).toBeUndefined();
});

it('an Event keeps what it says about what', () => {
  const involvedObject = { kind: 'VirtualMachine', name: 'web', uid: '1', resourceVersion: '2' };
  const event = object('Event', {
    reason: 'Started',
    message: 'm',
    count: 3,
    eventTime: 't',
    involvedObject,
  });
  expect(tidied(event, 'any')).toEqual({
    kind: 'Event',
    metadata: { name: 'x', namespace: 'a' },
    reason: 'Started',
    message: 'm',
    involvedObject: { kind: 'VirtualMachine', name: 'web' },
  });
});

it('a pod keeps what can matter to others, and all of it where the recording has pods whole', () => {
  const spec = {
    nodeName: 'n',
    schedulerName: 's',
    containers: [{ name: 'c', image: 'i', env: [] }],
    volumes: [{ name: 'v' }],
  };
  const pod = object('Pod', { spec, status: { phase: 'Running', hostIP: '10.0.0.1' } });
  expect(tidied(pod, 'any')).toMatchObject({
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }], volumes: [] },
    status: { phase: 'Running' },
  });
  expect(tidied(pod, 'any')?.spec).not.toHaveProperty('schedulerName');
  expect(tidied(pod, 'vm-start')).toMatchObject({ spec, status: { hostIP: '10.0.0.1' } });
});
