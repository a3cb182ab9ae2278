import { expect, test } from 'vitest';
import { addFinalizer, removeFinalizer } from './finalizers.ts';
import { connectedTo } from './testing/connected.ts';
import { type Widget, widgets } from './testing/fake-api.ts';
import { HttpServer, sendJson, sendStatus } from './testing/http-server.ts';

const name = 'envclone.io/contents';

function widget(finalizers: string[], version: number, more: object = {}): Widget {
  const metadata = {
    name: 'a',
    namespace: 'here',
    uid: 'u1',
    resourceVersion: String(version),
    finalizers,
    ...more,
  };
  return { apiVersion: 'test.envclone.io/v1', kind: 'Widget', metadata, spec: { size: 1 } };
}

/** A server that holds one object and refuses patches to any version but its own. */
async function holding(object: Widget | undefined) {
  let held = object;
  const server = await HttpServer.start(({ method, body }, response) => {
    if (!held) return sendStatus(response, 404, 'NotFound', 'gone');
    if (method === 'PATCH') {
      const { resourceVersion, finalizers } = JSON.parse(body).metadata;
      if (resourceVersion !== held.metadata.resourceVersion) {
        return sendStatus(response, 409, 'Conflict', 'the object has been modified');
      }
      held = widget(finalizers, Number(resourceVersion) + 1);
    }
    sendJson(response, 200, held);
  });
  const connected = await connectedTo(server.url);
  return {
    client: connected.client,
    requests: server.received,
    async [Symbol.asyncDispose]() {
      await connected[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('a finalizer is added to those that are there', async () => {
  await using api = await holding(widget(['other'], 3));
  const result = await addFinalizer(api.client, widgets, widget(['other'], 3), name);
  expect(result?.metadata.finalizers).toEqual(['other', name]);
});

test('a finalizer that is there costs no request, nor does removing one that is not', async () => {
  await using api = await holding(widget([name], 3));
  await addFinalizer(api.client, widgets, widget([name], 3), name);
  await removeFinalizer(api.client, widgets, widget(['other'], 3), name);
  expect(api.requests).toEqual([]);
});

test('finalizers that others changed meanwhile are kept', async () => {
  await using api = await holding(widget(['new', name], 5));
  const result = await removeFinalizer(api.client, widgets, widget(['old', name], 3), name);
  expect(result?.metadata.finalizers).toEqual(['new']);
});

test('an object that is being deleted gets no new finalizer', async () => {
  const deleting = widget(['other'], 3, { deletionTimestamp: '2026-11-21T12:00:00Z' });
  await using api = await holding(deleting);
  expect(await addFinalizer(api.client, widgets, deleting, name)).toBe(deleting);
  expect(api.requests).toEqual([]);
});

test('an object that is gone stops nobody', async () => {
  await using api = await holding(undefined);
  expect(await removeFinalizer(api.client, widgets, widget([name], 3), name)).toBeUndefined();
});

test('a successor under the same name is left alone', async () => {
  await using api = await holding(widget([name], 9, { uid: 'u2' }));
  expect(await removeFinalizer(api.client, widgets, widget([name], 3), name)).toBeUndefined();
  expect(api.requests.map(({ method }) => method)).toEqual(['PATCH', 'GET']);
});
