import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  addFinalizer,
  type ClusterClient,
  connect,
  EventRecorder,
  eventKind,
  isAlreadyExists,
  isConflict,
  isExpired,
  isInvalid,
  isNotFound,
  type RequestRecord,
  removeFinalizer,
} from '../../operator/cluster/index.ts';
import {
  configMaps,
  defineGadgets,
  type Gadget,
  gadgetKind,
  names,
  namespaces,
  temporaryNamespace,
  undefineGadgets,
} from './gadgets.ts';

const gadgets = gadgetKind('clientgadgets');
const stopping = new AbortController();
const records: RequestRecord[] = [];
let client: ClusterClient & AsyncDisposable;
let namespace: Awaited<ReturnType<typeof temporaryNamespace>>;

beforeAll(async () => {
  client = connect({
    kubeconfig: inject('kubeconfig'),
    fieldManager: 'edge-test',
    userAgent: 'edge-test',
    signal: stopping.signal,
    onRequest: (record) => records.push(record),
  });
  namespace = await temporaryNamespace(client);
  await defineGadgets(client, gadgets);
});

afterAll(async () => {
  await undefineGadgets(client, gadgets);
  await namespace[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
});

function gadget(name: string, spec: Gadget['spec'] = { size: 1 }, more: object = {}): Gadget {
  return { metadata: { name, namespace: namespace.name, ...more }, spec };
}

function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => new Error('it did not fail'),
    (error) => error,
  );
}

describe('objects', () => {
  test('are created once, read back and deleted', async () => {
    const made = await client.create(gadgets, gadget('life'));
    expect(made).toMatchObject({
      apiVersion: 'edge.test.envclone.io/v1',
      kind: 'Gadgetclientgadgets',
      spec: { size: 1 },
    });
    expect(isAlreadyExists(await failure(client.create(gadgets, gadget('life'))))).toBe(true);
    expect(await client.get(gadgets, made.metadata)).toEqual(made);
    expect(await client.delete(gadgets, made.metadata)).toBe('deleted');
    expect(await client.get(gadgets, made.metadata)).toBeUndefined();
    expect(await client.delete(gadgets, made.metadata)).toBe('absent');
  });

  test('are not deleted in place of a predecessor of their name', async () => {
    const first = await client.create(gadgets, gadget('successor'));
    await client.delete(gadgets, first.metadata);
    await client.create(gadgets, gadget('successor'));
    expect(await client.delete(gadgets, first.metadata, { uid: first.metadata.uid })).toBe('absent');
    expect(await client.get(gadgets, first.metadata)).toBeDefined();
  });

  test('that break their schema are refused with the field at fault', async () => {
    const error = await failure(client.create(gadgets, gadget('wrong', { size: 1_000 })));
    expect(isInvalid(error)).toBe(true);
    expect(error).toMatchObject({ details: { causes: [{ field: 'spec.size' }] } });
    expect(String(error)).toContain('spec.size');
  });

  test('are listed over many pages and deleted by label', async () => {
    const labels = { 'edge-test': 'many' };
    const make = (_: unknown, index: number) =>
      client.create(configMaps, { metadata: { name: `many-${index}`, namespace: namespace.name, labels } });
    await Promise.all(Array.from({ length: 620 }, make));
    records.length = 0;
    const selection = { namespace: namespace.name, labelSelector: 'edge-test=many' };
    const { items } = await client.list(configMaps, selection);
    expect(new Set(names(items)).size).toBe(620);
    expect(items[619]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(records.map(({ verb }) => verb)).toEqual(['list', 'list']);
    await client.deleteCollection(configMaps, selection);
    expect((await client.list(configMaps, selection)).items).toEqual([]);
  });

  test('that were only tried are not kept', async () => {
    await client.create(gadgets, gadget('tried'), { dryRun: true });
    await client.apply(gadgets, gadget('tried'), { dryRun: true });
    expect(await client.get(gadgets, gadget('tried').metadata)).toBeUndefined();
  });
});

describe('an apply', () => {
  test('creates, changes only its own fields, and meets others at a conflict unless forced', async () => {
    await client.apply(gadgets, gadget('applied', { size: 1 }));
    await client.apply(gadgets, gadget('applied', { colour: 'red' }), { fieldManager: 'painter' });
    expect((await client.get(gadgets, gadget('applied').metadata))?.spec).toEqual({ size: 1, colour: 'red' });
    expect(isConflict(await failure(client.apply(gadgets, gadget('applied', { colour: 'blue' }))))).toBe(
      true,
    );
    const forced = await client.apply(gadgets, gadget('applied', { colour: 'blue' }), { force: true });
    expect(forced.spec).toEqual({ colour: 'blue' });
  });
});

describe('a status', () => {
  test('is patched without the spec, and nothing is sent when nothing differs', async () => {
    const made = await client.create(gadgets, gadget('status'));
    const first = await client.patchStatus(gadgets, made, { phase: 'New', count: 1 });
    const second = await client.patchStatus(gadgets, first, { count: 2 });
    expect(second.status).toEqual({ count: 2 });
    expect(second.metadata.generation).toBe(1);
    records.length = 0;
    expect(await client.patchStatus(gadgets, second, { count: 2 })).toBe(second);
    expect(records).toEqual([]);
  });

  test('is not given to a successor of the same name', async () => {
    const made = await client.create(gadgets, gadget('replaced'));
    await client.delete(gadgets, made.metadata);
    await client.create(gadgets, gadget('replaced'));
    const error = await failure(client.patchStatus(gadgets, made, { phase: 'Old' }));
    expect(isNotFound(error)).toBe(true);
    expect((await client.get(gadgets, made.metadata))?.status).toBeUndefined();
  });

  test('of an object that is gone is refused as not found', async () => {
    const made = await client.create(gadgets, gadget('gone'));
    await client.delete(gadgets, made.metadata);
    expect(isNotFound(await failure(client.patchStatus(gadgets, made, { phase: 'Old' })))).toBe(true);
  });
});

test('a JSON patch whose test fails changes nothing', async () => {
  const made = await client.create(gadgets, gadget('patched'));
  const patch = (version: string | undefined) =>
    client.jsonPatch(gadgets, made.metadata, [
      { op: 'test', path: '/metadata/resourceVersion', value: version },
      { op: 'replace', path: '/spec/size', value: 7 },
    ]);
  expect(isInvalid(await failure(patch('1')))).toBe(true);
  expect((await patch(made.metadata.resourceVersion)).spec.size).toBe(7);
});

test('finalizers hold an object until they are removed, from whatever version one holds', async () => {
  const made = await client.create(gadgets, gadget('held', {}, { finalizers: ['test.envclone.io/other'] }));
  const held = await addFinalizer(client, gadgets, made, 'test.envclone.io/ours');
  await client.delete(gadgets, made.metadata);
  const deleting = await removeFinalizer(client, gadgets, held!, 'test.envclone.io/other');
  expect(deleting?.metadata.finalizers).toEqual(['test.envclone.io/ours']);
  expect(await addFinalizer(client, gadgets, deleting!, 'test.envclone.io/new')).toBe(deleting);
  await removeFinalizer(client, gadgets, held!, 'test.envclone.io/ours');
  expect(await client.get(gadgets, made.metadata)).toBeUndefined();
  expect(await removeFinalizer(client, gadgets, held!, 'test.envclone.io/ours')).toBeUndefined();
});

test('events are accepted, and counted up', async () => {
  const made = await client.create(gadgets, gadget('eventful'));
  const errors: unknown[] = [];
  const recorder = new EventRecorder({
    client,
    controller: 'envclone.io/edge-test',
    instance: 'test-1',
    onError: (error) => errors.push(error),
  });
  for (let times = 0; times < 3; times++) {
    recorder.record(made, { type: 'Normal', reason: 'Tested', action: 'Test', note: 'It was tested.' });
  }
  const cluster = await client.get(namespaces, { name: namespace.name });
  recorder.record(cluster!, {
    type: 'Warning',
    reason: 'Tested',
    action: 'Test',
    note: 'It was tested too.',
  });
  await recorder.flush();
  expect(errors).toEqual([]);
  const { items } = await client.list(eventKind, { namespace: namespace.name });
  expect(items).toMatchObject([
    { note: 'It was tested.', series: { count: 3 }, regarding: { name: 'eventful' } },
  ]);
});

test('we know who we are, and what we and others may do', async () => {
  expect((await client.whoami()).groups).toContain('system:masters');
  const right = { verb: 'delete', group: '', resource: 'secrets', namespace: namespace.name };
  expect(await client.accessReview(right)).toBe(true);
  expect(await client.accessReview(right, { username: 'nobody', groups: ['system:authenticated'] })).toBe(
    false,
  );
});

test('a kind that is not served is no object, no list and not served', async () => {
  const missing = gadgetKind('missing');
  expect(await client.served(missing)).toBe(false);
  expect(await client.get(missing, { namespace: namespace.name, name: 'a' })).toBeUndefined();
  expect(isNotFound(await failure(client.list(missing)))).toBe(true);
});

test('a watch from a version that the server never knew is refused as expired', async () => {
  const watch = client.watch(gadgets, { resourceVersion: '1' }, stopping.signal);
  expect(isExpired(await failure(Array.fromAsync(watch)))).toBe(true);
});
