import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Scratch } from '../scratch.ts';
import { Cache } from './cache.ts';
import { ConfigMaps, resourcePath } from './kinds.ts';
import type { KubeObject } from './objects.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

let scratch: Scratch;
let cache: Cache<ConfigMap>;
const stopped = new AbortController();
beforeAll(async () => {
  scratch = await Scratch.create(inject('kubeconfig'), 'cache');
  cache = new Cache<ConfigMap>(scratch.client, ConfigMaps);
  await scratch.create(ConfigMaps, { metadata: { name: 'before' } });
  await cache.start(stopped.signal);
});
afterAll(() => {
  stopped.abort();
  return scratch?.[Symbol.asyncDispose]();
});

const path = (name: string) => resourcePath(ConfigMaps, scratch.namespace, name);
const inCache = (name: string) => cache.get(scratch.namespace, name);

test('what was there before is there when it has started, with its kind', () => {
  expect(inCache('before')).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
});

test('additions, changes and deletions are told in order and seen by namespace', async () => {
  const told: string[] = [];
  cache.onChange(
    (type, object) => object.metadata.name === 'map' && told.push(`${type} ${object.data?.v ?? ''}`),
  );
  await scratch.create(ConfigMaps, { metadata: { name: 'map' } });
  await scratch.client.mergePatch(path('map'), { data: { v: '1' } });
  await expect.poll(() => inCache('map')?.data?.v).toBe('1');
  expect(cache.list(scratch.namespace).map(({ metadata }) => metadata.name)).toContain('map');
  await scratch.client.delete(path('map'));
  await expect.poll(() => inCache('map')).toBeUndefined();
  expect(told).toEqual(['added ', 'modified 1', 'deleted 1']);
});

test('an answer to a write is seen at once, and an older one never replaces a newer', async () => {
  const first = await scratch.create<ConfigMap>(ConfigMaps, { metadata: { name: 'own' }, data: { v: 'a' } });
  const second = await scratch.client.mergePatch<ConfigMap>(path('own'), { data: { v: 'b' } });
  cache.observe(second);
  expect(inCache('own')?.data?.v).toBe('b');
  cache.observe(first);
  expect(inCache('own')?.data?.v).toBe('b');
});

test('an answer that comes after the deletion was seen brings nothing back', async () => {
  const map = await scratch.create<ConfigMap>(ConfigMaps, { metadata: { name: 'gone' } });
  await expect.poll(() => inCache('gone')).toBeDefined();
  await scratch.client.delete(path('gone'));
  await expect.poll(() => inCache('gone')).toBeUndefined();
  cache.observe(map);
  expect(inCache('gone')).toBeUndefined();
});

test('what is forgotten is gone at once, and late news of it bring nothing back', async () => {
  const map = await scratch.create<ConfigMap>(ConfigMaps, { metadata: { name: 'forgotten' } });
  await expect.poll(() => inCache('forgotten')).toBeDefined();
  cache.forget(map);
  expect(inCache('forgotten')).toBeUndefined();
  const late = await scratch.client.mergePatch<ConfigMap>(path('forgotten'), { data: { v: '1' } });
  cache.observe(late);
  expect(inCache('forgotten')).toBeUndefined();
  await scratch.client.delete(path('forgotten'));
  await scratch.create<ConfigMap>(ConfigMaps, { metadata: { name: 'forgotten' } });
  await expect.poll(() => inCache('forgotten')).toBeDefined();
});
