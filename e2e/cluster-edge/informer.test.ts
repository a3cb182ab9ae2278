import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
  type Change,
  type ClusterClient,
  connect,
  type RequestRecord,
  startInformer,
} from '../../operator/cluster/index.ts';
import { eventually } from '../../operator/cluster/testing/eventually.ts';
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

const gadgets = gadgetKind('informergadgets');
const stopping = new AbortController();
const { signal } = stopping;
const records: RequestRecord[] = [];
let client: ClusterClient & AsyncDisposable;
let namespace: Awaited<ReturnType<typeof temporaryNamespace>>;

beforeAll(async () => {
  client = connect({
    kubeconfig: inject('kubeconfig'),
    fieldManager: 'edge-test',
    userAgent: 'edge-test',
    signal,
    onRequest: (record) => records.push(record),
  });
  namespace = await temporaryNamespace(client);
  await defineGadgets(client, gadgets);
});

afterAll(async () => {
  await undefineGadgets(client, gadgets);
  await namespace[Symbol.asyncDispose]();
  stopping.abort();
  await client[Symbol.asyncDispose]();
});

function gadget(name: string, size = 1, labels?: Record<string, string>): Gadget {
  return { metadata: { name, namespace: namespace.name, labels }, spec: { size } };
}

const told = (changes: Change<Gadget>[]) =>
  changes.map(({ type, object }) => `${type} ${object.metadata.name}`);

test('one request reads everything and follows it, and nothing else is asked', async () => {
  await client.create(gadgets, gadget('first'));
  records.length = 0;
  const errors: unknown[] = [];
  const informer = startInformer(client, gadgets, { signal, onError: (error) => errors.push(error) });
  const changes: Change<Gadget>[] = [];
  informer.onChange((change) => changes.push(change));
  await informer.synced;
  expect(records.map(({ verb }) => verb)).toEqual(['watch']);
  expect(informer.get(namespace.name, 'first')).toMatchObject({ kind: gadgets.kind, spec: { size: 1 } });
  expect(informer.get(namespace.name, 'first')?.metadata).not.toHaveProperty('managedFields');
  await client.mergePatch(gadgets, gadget('first').metadata, { spec: { size: 2 } });
  await client.delete(gadgets, gadget('first').metadata);
  await client.create(gadgets, gadget('first'));
  await eventually(() => told(changes)).toEqual([
    'added first',
    'modified first',
    'deleted first',
    'added first',
  ]);
  expect(errors).toEqual([]);
});

test('only what is selected is held: an object that loses its label is gone', async () => {
  const informer = startInformer(client, gadgets, {
    namespace: namespace.name,
    labelSelector: 'edge-test in (kept)',
    signal,
  });
  await client.create(gadgets, gadget('labelled', 1, { 'edge-test': 'kept' }));
  await client.create(gadgets, gadget('other', 1, { 'edge-test': 'not' }));
  await eventually(() => names(informer.list())).toEqual(['labelled']);
  await client.mergePatch(gadgets, gadget('labelled').metadata, {
    metadata: { labels: { 'edge-test': null } },
  });
  await eventually(() => names(informer.list())).toEqual([]);
});

test('each of our own writes is read back at once, and told once', async () => {
  const informer = startInformer(client, gadgets, { namespace: namespace.name, signal });
  await informer.synced;
  const changes: Change<Gadget>[] = [];
  const made = await client.create(gadgets, gadget('own'));
  informer.observe(made);
  informer.onChange((change) => void (change.object.metadata.name === 'own' && changes.push(change)));
  for (let size = 2; size <= 20; size++) {
    informer.observe(await client.mergePatch(gadgets, made.metadata, { spec: { size } }));
    expect(informer.get(namespace.name, 'own')?.spec.size).toBe(size);
  }
  await client.create(gadgets, gadget('own-end'));
  await eventually(() => informer.get(namespace.name, 'own-end')).toBeDefined();
  expect(changes.map(({ object }) => object.spec.size)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test('a kind whose definition comes later is found, and its objects go with the definition', async () => {
  const late = gadgetKind('lategadgets');
  // The wait for a missing kind is half a minute on the machine's clock: here it is a tenth of a second.
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 300)),
    schedule: (ms: number, callback: () => void) => {
      const timer = setTimeout(callback, ms).unref();
      return () => clearTimeout(timer);
    },
  };
  const informer = startInformer(client, late, { optional: true, signal, clock, onError: () => {} });
  await informer.synced;
  expect(informer.served).toBe(false);
  await defineGadgets(client, late);
  await client.create(late, gadget('late'));
  await eventually(() => names(informer.list())).toEqual(['late']);
  expect(informer.served).toBe(true);
  await undefineGadgets(client, late);
  await eventually(() => names(informer.list())).toEqual([]);
  await eventually(() => informer.served).toBe(false);
});

test('two thousand objects are read quickly and held once', async () => {
  const make = (_: unknown, index: number) =>
    client.create(configMaps, {
      metadata: { name: `bulk-${index}`, namespace: namespace.name },
      data: { a: 'b' },
    });
  await Promise.all(Array.from({ length: 2_000 }, make));
  const informer = startInformer(client, configMaps, {
    namespace: namespace.name,
    indexes: { data: ({ data = {} }) => Object.values(data) },
    signal,
  });
  await informer.synced;
  expect(informer.byIndex('data', 'b').length).toBe(2_000);
});

test('thirty informers at once leave calls their connections', async () => {
  const informers = Array.from({ length: 30 }, () => startInformer(client, namespaces, { signal }));
  await Promise.all(informers.map(({ synced }) => synced));
  expect(informers.every((informer) => informer.get(undefined, namespace.name))).toBe(true);
  expect(await client.get(namespaces, { name: namespace.name })).toBeDefined();
});
