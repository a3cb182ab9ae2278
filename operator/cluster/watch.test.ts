import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError, NetworkError } from './errors.ts';
import { statusOf } from './testing/http-server.ts';
import { readEvents, type WatchEvent } from './watch.ts';

const request = 'GET /apis/test.envclone.io/v1/widgets';

async function eventsIn(chunks: Uint8Array[]): Promise<WatchEvent[]> {
  async function* stream() {
    yield* chunks;
  }
  const events = [];
  for await (const event of readEvents(stream(), request)) events.push(event);
  return events;
}

function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function widget(name: string) {
  return { metadata: { name } };
}

test('events are the same wherever the stream is cut, also within a character', async () => {
  const names = ['ä', '漢字', '🐘', 'plain'];
  const bytes = Buffer.from(names.map((name) => line('ADDED', widget(name))).join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12, size: 'max' }), async (cuts) => {
      const edges = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
      const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
      expect(await eventsIn(chunks)).toEqual(names.map((name) => ({ type: 'added', object: widget(name) })));
    }),
  );
});

test('half a line at the end is dropped', async () => {
  const text = line('ADDED', widget('a')) + line('MODIFIED', widget('a')).slice(0, -5);
  expect(await eventsIn([Buffer.from(text)])).toEqual([{ type: 'added', object: widget('a') }]);
});

test('a bookmark says how far the watch has come, and whether the initial events are complete', async () => {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  const text =
    line('BOOKMARK', { metadata: { resourceVersion: '7', annotations } }) +
    line('BOOKMARK', { metadata: { resourceVersion: '9' } });
  expect(await eventsIn([Buffer.from(text)])).toEqual([
    { type: 'bookmark', resourceVersion: '7', initialEventsEnd: true },
    { type: 'bookmark', resourceVersion: '9', initialEventsEnd: false },
  ]);
});

test('an error in the stream is thrown as the refusal that it is', async () => {
  const text = line('ERROR', statusOf(410, 'Expired', 'too old resource version'));
  const failure = await eventsIn([Buffer.from(text)]).catch((error) => error);
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({ code: 410, reason: 'Expired' });
});

test('a line that is no JSON ends the watch as a broken connection does', async () => {
  await expect(eventsIn([Buffer.from('<html>\n')])).rejects.toThrow(NetworkError);
});
