import { describe, expect, test } from 'vitest';
import { isConflict, NetworkError } from './errors.ts';
import type { Kind } from './objects.ts';
import type { RequestRecord } from './requester.ts';
import { eventually } from './testing/eventually.ts';
import {
  connectedTo,
  HttpServer,
  hurriedClock,
  type ReceivedRequest,
  type RequestHandler,
  sendJson,
  sendStatus,
  type Widget,
  widgets,
} from './testing/index.ts';

const clock = hurriedClock(100);
const key = { namespace: 'here', name: 'a' };
const path = '/apis/test.envclone.io/v1/namespaces/here/widgets/a';
const machines: Kind = {
  group: 'subresources.kubevirt.io',
  version: 'v1',
  kind: 'VirtualMachine',
  plural: 'virtualmachines',
  namespaced: true,
};

function widget(size = 1): Widget {
  return {
    apiVersion: 'test.envclone.io/v1',
    kind: 'Widget',
    metadata: { name: 'a', namespace: 'here', uid: 'u1', resourceVersion: '1' },
    spec: { size },
  };
}

/** A server that answers with each handler in turn, the last one for ever, and a client of it. */
async function serving(...handlers: RequestHandler[]) {
  const queue = [...handlers];
  const server = await HttpServer.start((request, response) =>
    (queue.length > 1 ? queue.shift()! : queue[0]!)(request, response),
  );
  const records: RequestRecord[] = [];
  const connected = await connectedTo(server.url, { clock, onRequest: (record) => records.push(record) });
  return {
    client: connected.client,
    records,
    get requests(): readonly ReceivedRequest[] {
      return server.received;
    },
    async [Symbol.asyncDispose]() {
      await connected[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const answerWidget: RequestHandler = (_, response) => sendJson(response, 200, widget());
const answerNothing =
  (code: number): RequestHandler =>
  (_, response) =>
    void response.writeHead(code).end();
const refuse =
  (code: number, reason: string, message = 'no', headers = {}): RequestHandler =>
  (_, response) =>
    sendStatus(response, code, reason, message, headers);
const breakOff: RequestHandler = (_, response) => void response.socket?.resetAndDestroy();
const breakOffMidway: RequestHandler = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"kind":"Wid', () => response.socket?.resetAndDestroy());
};

describe('reading', () => {
  test('an object that is not there is undefined', async () => {
    await using api = await serving(refuse(404, 'NotFound'));
    expect(await api.client.get(widgets, key)).toBeUndefined();
  });

  test('is retried when the connection breaks, before the answer or in it', async () => {
    await using api = await serving(breakOff, breakOffMidway, answerWidget);
    expect(await api.client.get(widgets, key)).toEqual(widget());
    expect(api.records.map(({ code }) => code)).toEqual([0, 0, 200]);
  });

  test('is retried when the server is overloaded or broken', async () => {
    const wait = { 'retry-after': '1' };
    await using api = await serving(
      refuse(429, 'TooManyRequests', 'wait', wait),
      refuse(503, 'ServiceUnavailable'),
      answerWidget,
    );
    const began = clock.now();
    await api.client.get(widgets, key);
    expect(clock.now() - began).toBeGreaterThanOrEqual(1_000);
    expect(api.requests.length).toBe(3);
  });

  test('a list asks page by page, and gives its objects their type', async () => {
    const page =
      (name: string, next?: string): RequestHandler =>
      (_, response) =>
        sendJson(response, 200, {
          metadata: { resourceVersion: '9', continue: next },
          items: [{ metadata: { name } }],
        });
    await using api = await serving(page('a', 'more'), page('b'));
    const { items, resourceVersion } = await api.client.list(widgets, { labelSelector: 'x in (y)' });
    expect(items.map(({ kind, apiVersion, metadata }) => [kind, apiVersion, metadata.name])).toEqual([
      ['Widget', 'test.envclone.io/v1', 'a'],
      ['Widget', 'test.envclone.io/v1', 'b'],
    ]);
    expect(resourceVersion).toBe('9');
    expect(api.requests.map(({ path }) => path)).toEqual(Array(2).fill('/apis/test.envclone.io/v1/widgets'));
    expect(api.requests.map(({ query }) => query.get('labelSelector'))).toEqual(['x in (y)', 'x in (y)']);
    expect(api.requests.map(({ query }) => query.get('continue'))).toEqual([null, 'more']);
  });

  test('a list whose pages expire is read again in one piece', async () => {
    await using api = await serving(
      (_, response) => sendJson(response, 200, { metadata: { continue: 'more' }, items: [widget(1)] }),
      refuse(410, 'Expired'),
      (_, response) => sendJson(response, 200, { metadata: { resourceVersion: '7' }, items: [widget(2)] }),
    );
    expect(await api.client.list(widgets)).toEqual({ items: [widget(2)], resourceVersion: '7' });
    expect(api.requests[2]?.query.get('limit')).toBeNull();
  });
});

describe('writing', () => {
  test('a create names its kind and its field manager', async () => {
    await using api = await serving(answerWidget);
    const { apiVersion: _, kind: __, ...untyped } = widget();
    await api.client.create(widgets, untyped, { dryRun: true });
    const [request] = api.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/apis/test.envclone.io/v1/namespaces/here/widgets',
    });
    expect(Object.fromEntries(request!.query)).toEqual({ fieldManager: 'tester', dryRun: 'All' });
    expect(JSON.parse(request!.body)).toEqual(widget());
  });

  test('finding B §9.1: a strict create has unknown fields refused, which are dropped otherwise', async () => {
    await using api = await serving(answerWidget);
    await api.client.create(widgets, widget(), { dryRun: true, strict: true });
    expect(api.requests[0]!.query.get('fieldValidation')).toBe('Strict');
    expect(api.records).toMatchObject([{ dryRun: true, fieldValidation: 'Strict' }]);
  });

  test('a create is not repeated when nobody knows whether it took place', async () => {
    await using api = await serving(breakOff);
    await expect(api.client.create(widgets, widget())).rejects.toThrow(NetworkError);
    expect(api.requests.length).toBe(1);
  });

  test('a create is repeated when the server turned it away unread', async () => {
    await using api = await serving(refuse(429, 'TooManyRequests'), answerWidget);
    expect(await api.client.create(widgets, widget())).toEqual(widget());
  });

  test('an apply is a server-side apply under a field manager', async () => {
    await using api = await serving(answerWidget);
    await api.client.apply(
      widgets,
      { metadata: key, spec: { size: 2 } },
      { force: true, fieldManager: 'other' },
    );
    const [request] = api.requests;
    expect(request).toMatchObject({ method: 'PATCH', path });
    expect(request!.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(Object.fromEntries(request!.query)).toEqual({ fieldManager: 'other', force: 'true' });
    expect(JSON.parse(request!.body)).toMatchObject({ apiVersion: 'test.envclone.io/v1', kind: 'Widget' });
  });

  test('a status is patched with what differs from the version that is held', async () => {
    await using api = await serving(answerWidget);
    const current = { ...widget(), status: { phase: 'New', count: 1, gone: true } };
    await api.client.patchStatus(widgets, current, { phase: 'New', count: 2 });
    const [request] = api.requests;
    expect(request).toMatchObject({ method: 'PATCH', path: `${path}/status` });
    expect(request!.headers['content-type']).toBe('application/merge-patch+json');
    expect(JSON.parse(request!.body)).toEqual({
      metadata: { resourceVersion: '1' },
      status: { count: 2, gone: null },
    });
  });

  test('a status that somebody changed meanwhile is compared again with what is there', async () => {
    const latest = {
      ...widget(),
      metadata: { ...widget().metadata, resourceVersion: '5' },
      status: { count: 7 },
    };
    await using api = await serving(
      refuse(409, 'Conflict', 'the object has been modified'),
      (_, response) => sendJson(response, 200, latest),
      answerWidget,
    );
    await api.client.patchStatus(widgets, widget(), { count: 2 });
    expect(api.requests.map(({ method }) => method)).toEqual(['PATCH', 'GET', 'PATCH']);
    expect(JSON.parse(api.requests[2]!.body)).toEqual({
      metadata: { resourceVersion: '5' },
      status: { count: 2 },
    });
  });

  test('a status that is there already costs no request', async () => {
    await using api = await serving(answerWidget);
    const current = { ...widget(), status: { phase: 'New', conditions: [{ type: 'Ready' }] } };
    const result = await api.client.patchStatus(widgets, current, {
      phase: 'New',
      conditions: [{ type: 'Ready' }],
    });
    expect(result).toBe(current);
    expect(api.requests).toEqual([]);
  });

  test('a delete says whether there was anything, and can be for one very object', async () => {
    await using api = await serving(
      answerWidget,
      refuse(404, 'NotFound'),
      refuse(409, 'Conflict', 'the UID in the precondition (u1) does not match the UID in record (u2)'),
    );
    const remove = () => api.client.delete(widgets, key, { uid: 'u1' });
    expect([await remove(), await remove(), await remove()]).toEqual(['deleted', 'absent', 'absent']);
    expect(JSON.parse(api.requests[0]!.body)).toMatchObject({
      propagationPolicy: 'Background',
      preconditions: { uid: 'u1' },
    });
  });

  test('another conflict is not taken for a deletion', async () => {
    await using api = await serving(refuse(409, 'Conflict', 'the namespace is being emptied'));
    const failure = await api.client.delete(widgets, key, { uid: 'u1' }).catch((error) => error);
    expect(isConflict(failure)).toBe(true);
  });

  test('what lives in a namespace cannot be written without one', async () => {
    await using api = await serving(answerWidget);
    await expect(api.client.get(widgets, { name: 'a' })).rejects.toThrow('Widget a lives in a namespace');
    await expect(api.client.create(widgets, { ...widget(), metadata: { name: 'a' } })).rejects.toThrow(
      TypeError,
    );
  });
});

describe('a subresource', () => {
  test('finding A1: is sent without insisting on JSON, and an empty answer is a success', async () => {
    await using api = await serving(answerNothing(202), answerNothing(200));
    await api.client.invoke(machines, key, 'start');
    await api.client.invoke(machines, key, 'freeze', { unfreezeTimeout: '8s' });
    const [start, freeze] = api.requests;
    expect(start).toMatchObject({
      method: 'PUT',
      path: '/apis/subresources.kubevirt.io/v1/namespaces/here/virtualmachines/a/start',
      body: '',
    });
    expect(start!.headers.accept).toBe('*/*');
    expect(JSON.parse(freeze!.body)).toEqual({ unfreezeTimeout: '8s' });
  });

  test('is sent once only', async () => {
    await using api = await serving(refuse(503, 'ServiceUnavailable'));
    await expect(api.client.invoke(machines, key, 'start')).rejects.toThrow('503 ServiceUnavailable');
    expect(api.requests.length).toBe(1);
  });

  test('finding A1: that refuses in words passes the words on', async () => {
    await using api = await serving((_, response) => void response.writeHead(406).end('406: Not Acceptable'));
    await expect(api.client.invoke(machines, key, 'start')).rejects.toThrow('406: Not Acceptable');
  });
});

test('requests are reported by what they ask, of which kind, and the code of the answer', async () => {
  await using api = await serving(answerWidget, refuse(403, 'Forbidden'), answerWidget, answerNothing(200));
  await api.client.get(widgets, key);
  await api.client.apply(widgets, { metadata: key }).catch(() => {});
  await api.client.create(widgets, { metadata: key } as never, { dryRun: true });
  await api.client.invoke(widgets, key, 'start');
  const plain = { group: 'test.envclone.io', resource: 'widgets', accept: 'application/json', dryRun: false };
  const json = { contentType: 'application/json' };
  expect(api.records.map(({ durationMs: _, ...record }) => record)).toEqual([
    { ...plain, verb: 'get', code: 200 },
    {
      ...plain,
      verb: 'apply',
      code: 403,
      fieldManager: 'tester',
      contentType: 'application/apply-patch+yaml',
    },
    { ...plain, ...json, verb: 'create', code: 200, fieldManager: 'tester', dryRun: true },
    { ...plain, verb: 'update', code: 200, resource: 'widgets/start', accept: '*/*' },
  ]);
});

test('a kind is served when its group lists it, and missing only when the server says so', async () => {
  const group: RequestHandler = (_, response) =>
    sendJson(response, 200, { resources: [{ name: 'widgets' }] });
  const nothing: RequestHandler = (_, response) => void response.writeHead(404).end('404 page not found');
  const groups =
    (...versions: object[]): RequestHandler =>
    (_, response) =>
      sendJson(response, 200, { groups: [{ name: 'test.envclone.io', versions }] });
  await using api = await serving(
    group,
    group,
    nothing,
    groups(),
    nothing,
    groups({ version: 'v1' }),
    nothing,
  );
  expect(await api.client.served(widgets)).toBe(true);
  expect(await api.client.served({ ...widgets, plural: 'gadgets' })).toBe(false);
  expect(await api.client.served(widgets)).toBe(false);
  expect(await api.client.served(widgets)).toBe(true);
  await expect(api.client.served(widgets)).rejects.toThrow('GET /apis was refused');
});

test('access is reviewed for us or for somebody else', async () => {
  const say =
    (allowed: boolean): RequestHandler =>
    (_, response) =>
      sendJson(response, 201, { status: { allowed } });
  await using api = await serving(say(true), say(false));
  const right = {
    verb: 'create',
    group: 'envclone.io',
    resource: 'environments',
    subresource: 'source',
    namespace: 'here',
  };
  expect(await api.client.accessReview(right)).toBe(true);
  expect(await api.client.accessReview(right, { username: 'eve', groups: ['dev'] })).toBe(false);
  expect(api.requests.map(({ path }) => path.split('/').at(-1))).toEqual([
    'selfsubjectaccessreviews',
    'subjectaccessreviews',
  ]);
  expect(JSON.parse(api.requests[1]!.body).spec).toEqual({
    user: 'eve',
    groups: ['dev'],
    resourceAttributes: right,
  });
});

test('closing the connection ends what is under way with the reason', async () => {
  await using server = await HttpServer.start(() => {});
  await using connected = await connectedTo(server.url);
  const waiting = connected.client.get(widgets, key).catch((error) => error);
  await eventually(() => server.received.length).toBe(1);
  connected.stop();
  expect(await waiting).toMatchObject({ name: 'AbortError' });
});

test('a watch that nobody reads any more is closed', async () => {
  let closed = false;
  await using api = await serving((_, response) => {
    response.on('close', () => {
      closed = true;
    });
    response.write(`${JSON.stringify({ type: 'ADDED', object: widget() })}\n`);
  });
  for await (const event of api.client.watch(widgets, {}, new AbortController().signal)) {
    expect(event).toEqual({ type: 'added', object: widget() });
    break;
  }
  await eventually(() => closed).toBe(true);
});

test('a watch on which nothing comes for long is given up without an error', async () => {
  await using server = await HttpServer.start((_, response) => void response.writeHead(200).flushHeaders());
  await using connected = await connectedTo(server.url, { clock: hurriedClock(2_000) });
  const events = await Array.fromAsync(connected.client.watch(widgets, {}, connected.signal));
  expect(events).toEqual([]);
});

test('a watch that breaks says so, and one that the server ends just ends', async () => {
  await using api = await serving(breakOffMidway, answerNothing(200));
  const { signal } = new AbortController();
  await expect(Array.fromAsync(api.client.watch(widgets, {}, signal))).rejects.toThrow(NetworkError);
  expect(await Array.fromAsync(api.client.watch(widgets, {}, signal))).toEqual([]);
});

test('a watch on which something comes now and then is kept', async () => {
  await using server = await HttpServer.start(async (_, response) => {
    for (let size = 1; size <= 12; size++) {
      response.write(`${JSON.stringify({ type: 'ADDED', object: widget(size) })}\n`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    response.end();
  });
  // Nothing for 750 ms would end it.
  await using connected = await connectedTo(server.url, { clock: hurriedClock(200) });
  const options = { timeoutSeconds: 100_000 };
  const events = await Array.fromAsync(connected.client.watch(widgets, options, connected.signal));
  expect(events.length).toBe(12);
});
