import { expect, test } from 'vitest';
import { isVersionNewer, Store } from './store.ts';
import type { Widget } from './testing/fake-api.ts';

function widget(name: string, version: number, uid = `uid-${name}`, size = 0): Widget {
  return { metadata: { name, namespace: 'here', uid, resourceVersion: String(version) }, spec: { size } };
}

test('an object never gives way to an older version of itself', () => {
  const store = new Store<Widget>();
  store.put(widget('a', 5));
  expect(store.put(widget('a', 4))).toEqual([]);
  expect(store.put(widget('a', 5))).toEqual([]);
  expect(store.put(widget('a', 10))).toEqual([
    { type: 'modified', object: widget('a', 10), old: widget('a', 5) },
  ]);
});

test('another UID under the same name is a deletion and an addition', () => {
  const store = new Store<Widget>();
  store.put(widget('a', 5, 'one'));
  expect(store.put(widget('a', 7, 'two')).map(({ type, object }) => [type, object.metadata.uid])).toEqual([
    ['deleted', 'one'],
    ['added', 'two'],
  ]);
});

test('the deletion of a predecessor does not touch the successor', () => {
  const store = new Store<Widget>();
  store.put(widget('a', 7, 'two'));
  expect(store.delete(widget('a', 6, 'one'))).toEqual([]);
  expect(store.get('here/a')).toEqual(widget('a', 7, 'two'));
});

test('a list removes what is not in it, except what is newer than the list', () => {
  const store = new Store<Widget>();
  store.put(widget('gone', 3));
  store.put(widget('kept', 4));
  store.put(widget('new', 12));
  const changes = store.replace([widget('kept', 4), widget('added', 9)], '10');
  expect(changes.map(({ type, object }) => [type, object.metadata.name])).toEqual([
    ['deleted', 'gone'],
    ['added', 'added'],
  ]);
  expect([...store.values()].map(({ metadata }) => metadata.name)).toEqual(['kept', 'new', 'added']);
});

test('indexes follow their objects', () => {
  const store = new Store<Widget>({ size: ({ spec }) => [String(spec.size), 'any'] });
  store.put(widget('a', 1, 'a', 7));
  store.put(widget('b', 2, 'b', 7));
  const named = (value: string) => store.byIndex('size', value).map(({ metadata }) => metadata.name);
  expect(named('7')).toEqual(['a', 'b']);
  store.put(widget('a', 3, 'a', 8));
  expect([named('7'), named('8'), named('any')]).toEqual([['b'], ['a'], ['b', 'a']]);
  store.delete(widget('b', 4, 'b', 7));
  expect([named('7'), named('any')]).toEqual([[], ['a']]);
  expect(() => store.byIndex('colour', 'red')).toThrow('there is no index colour');
});

test('resource versions are compared as numbers of any length, and as mere difference where they are none', () => {
  expect(isVersionNewer('10', '9')).toBe(true);
  expect(isVersionNewer('9', '10')).toBe(false);
  expect(isVersionNewer('9', '9')).toBe(false);
  expect(isVersionNewer('18446744073709551616', '18446744073709551615')).toBe(true);
  expect(isVersionNewer('blue', 'red')).toBe(true);
  expect(isVersionNewer('red', 'red')).toBe(false);
});
