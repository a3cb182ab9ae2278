import { expect, test } from 'vitest';
import type { EventObject } from './event-objects.ts';
import { EventRecorder } from './events.ts';
import { FakeClock } from './testing/clocks.ts';
import { connectedTo } from './testing/connected.ts';
import { eventually } from './testing/eventually.ts';
import type { Widget } from './testing/fake-api.ts';
import { HttpServer, sendJson, sendStatus } from './testing/http-server.ts';

const occurrence = {
  type: 'Warning',
  reason: 'SourceNotFound',
  action: 'Plan',
  note: 'no such environment',
} as const;
const regarding: Widget = {
  apiVersion: 'test.envclone.io/v1',
  kind: 'Widget',
  metadata: { name: 'a', namespace: 'here', uid: 'u1', resourceVersion: '7' },
  spec: { size: 1 },
};

/** A server that keeps events, and a recorder that writes to it. */
async function recording() {
  const events = new Map<string, EventObject>();
  let broken = false;
  const server = await HttpServer.start(({ method, path, body }, response) => {
    const name = method === 'POST' ? JSON.parse(body).metadata.name : path.split('/').at(-1);
    const held = events.get(name);
    if (broken) return sendStatus(response, 403, 'Forbidden', 'namespace is being terminated');
    if (method === 'POST' && held) return sendStatus(response, 409, 'AlreadyExists', 'already exists');
    if (method !== 'POST' && !held) return sendStatus(response, 404, 'NotFound', 'gone');
    if (method !== 'GET') events.set(name, { ...held, ...JSON.parse(body), metadata: { name } });
    sendJson(response, 200, events.get(name));
  });
  const connected = await connectedTo(server.url);
  const clock = new FakeClock(Date.parse('2026-11-21T12:00:00Z'));
  const errors: unknown[] = [];
  const newRecorder = () =>
    new EventRecorder({
      client: connected.client,
      controller: 'envclone.io/test',
      instance: 'pod-1',
      clock,
      onError: (error) => errors.push(error),
    });
  return {
    newRecorder,
    recorder: newRecorder(),
    clock,
    events,
    errors,
    requests: server.received,
    counts: () => [...events.values()].map(({ note, series }) => [note, series?.count]),
    break: () => {
      broken = true;
    },
    async [Symbol.asyncDispose]() {
      await connected[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('an occurrence becomes an Event that says about what, by whom and when', async () => {
  await using test = await recording();
  test.recorder.record(regarding, occurrence);
  await test.recorder.flush();
  expect(test.requests[0]).toMatchObject({
    method: 'POST',
    path: '/apis/events.k8s.io/v1/namespaces/here/events',
  });
  expect(JSON.parse(test.requests[0]!.body)).toMatchObject({
    ...occurrence,
    eventTime: '2026-11-21T12:00:00.000000Z',
    reportingController: 'envclone.io/test',
    reportingInstance: 'pod-1',
    regarding: { apiVersion: 'test.envclone.io/v1', kind: 'Widget', namespace: 'here', name: 'a', uid: 'u1' },
  });
});

test('the same occurrence is counted, and written at most every ten seconds', async () => {
  await using test = await recording();
  for (let times = 0; times < 5; times++) test.recorder.record(regarding, occurrence);
  await test.clock.advance(9_999);
  await eventually(() => test.requests.length).toBe(1);
  await test.clock.advance(1);
  await eventually(() => test.counts()).toEqual([['no such environment', 5]]);
  expect(test.requests.length).toBe(2);
});

test('another note is another Event', async () => {
  await using test = await recording();
  test.recorder.record(regarding, occurrence);
  test.recorder.record(regarding, { ...occurrence, note: 'no such application' });
  await test.recorder.flush();
  expect(test.events.size).toBe(2);
});

test('after a restart the count goes on', async () => {
  await using test = await recording();
  for (let times = 0; times < 3; times++) test.recorder.record(regarding, occurrence);
  await test.recorder.flush();
  const successor = test.newRecorder();
  successor.record(regarding, occurrence);
  await successor.flush();
  expect(test.counts()).toEqual([['no such environment', 4]]);
});

test('an Event that the server has dropped by now is written again', async () => {
  await using test = await recording();
  test.recorder.record(regarding, occurrence);
  await test.recorder.flush();
  test.events.clear();
  test.recorder.record(regarding, occurrence);
  await test.recorder.flush();
  expect(test.events.size).toBe(1);
});

test('failing to write is reported and hurts nobody', async () => {
  await using test = await recording();
  test.break();
  test.recorder.record(regarding, occurrence);
  await test.recorder.flush();
  expect(String(test.errors)).toContain('namespace is being terminated');
});

test('an object with too much to say is cut short, and others are heard', async () => {
  await using test = await recording();
  for (let count = 0; count < 60; count++)
    test.recorder.record(regarding, { ...occurrence, note: `matter ${count}` });
  const other = { ...regarding, metadata: { ...regarding.metadata, name: 'b', uid: 'u2' } };
  test.recorder.record(other, occurrence);
  await test.recorder.flush();
  expect(test.events.size).toBe(26);
});

test('what goes well on an object does not cut short what goes wrong on it', async () => {
  await using test = await recording();
  for (let count = 0; count < 60; count++)
    test.recorder.record(regarding, { ...occurrence, type: 'Normal', note: `matter ${count}` });
  test.recorder.record(regarding, occurrence);
  await test.recorder.flush();
  expect(test.events.size).toBe(26);
});

test('many objects at once are all heard, a hundred at once and then twenty a second', async () => {
  await using test = await recording();
  for (let count = 0; count < 130; count++) test.recorder.record(numbered(count), occurrence);
  await eventually(() => test.events.size).toBe(100);
  await test.clock.advance(1_000);
  await eventually(() => test.events.size).toBe(120);
  await test.clock.advance(1_000);
  await eventually(() => test.events.size).toBe(130);
  expect(test.clock.pending).toEqual([]);
});

test('an occurrence that is repeated while it waits is written once, with its count', async () => {
  await using test = await recording();
  for (let count = 0; count < 101; count++) test.recorder.record(numbered(count), occurrence);
  for (let times = 0; times < 2; times++) test.recorder.record(numbered(100), occurrence);
  await test.clock.advance(1_000);
  await eventually(() => test.counts()).toContainEqual(['no such environment', 3]);
  expect(test.requests.length).toBe(101);
});

test('the end of the program does not wait for a turn', async () => {
  await using test = await recording();
  for (let count = 0; count < 130; count++) test.recorder.record(numbered(count), occurrence);
  await test.recorder.flush();
  expect(test.events.size).toBe(130);
});

test('when a thousand wait, further ones are reported and not written', async () => {
  await using test = await recording();
  for (let count = 0; count < 1_101; count++) test.recorder.record(numbered(count), occurrence);
  expect(String(test.errors)).toContain('1000 Events wait to be written; not: no such environment');
  await test.recorder.flush();
  expect(test.events.size).toBe(1_100);
});

function numbered(count: number): Widget {
  return { ...regarding, metadata: { ...regarding.metadata, name: `w${count}`, uid: `w${count}` } };
}

test('a long note is cut at 1024 bytes, between characters', async () => {
  await using test = await recording();
  test.recorder.record(regarding, { ...occurrence, note: `x${'ä'.repeat(2_000)}` });
  await test.recorder.flush();
  const [{ note } = { note: '' }] = test.events.values();
  expect(note).toBe(`x${'ä'.repeat(511)}`);
});
