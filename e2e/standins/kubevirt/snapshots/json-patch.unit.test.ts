import { expect, test } from 'vitest';
import { applyPatch } from './json-patch.ts';

const vm = { metadata: { labels: { 'a/b': '1' } }, spec: { disks: [{ name: 'x' }, { name: 'y' }] } };

test('replace also sets what is not there', () => {
  const changed = applyPatch(vm, [{ op: 'replace', path: '/spec/disks/0/bus', value: 'sata' }]);
  expect(changed.spec.disks).toEqual([{ name: 'x', bus: 'sata' }, { name: 'y' }]);
  expect(vm.spec.disks[0]).not.toHaveProperty('bus');
});

test('a key with a slash is written with ~1', () => {
  expect(applyPatch(vm, [{ op: 'remove', path: '/metadata/labels/a~1b' }]).metadata.labels).toEqual({});
});

test('what is added to a list comes before the place, or at its end', () => {
  const names = (path: string) =>
    applyPatch(vm, [{ op: 'add', path, value: { name: 'new' } }]).spec.disks.map(({ name }) => name);
  expect(names('/spec/disks/1')).toEqual(['x', 'new', 'y']);
  expect(names('/spec/disks/-')).toEqual(['x', 'y', 'new']);
});

test.each([
  [{ op: 'remove', path: '/spec/nothing' }, 'remove operation does not apply: doc is missing path'],
  [{ op: 'replace', path: '/spec/nothing/inner', value: 1 }, 'replace operation does not apply'],
  [{ op: 'move', path: '/spec/disks' }, 'the patch operation move is not modelled by the stand-in'],
])('%j is refused', (operation, why) => {
  expect(() => applyPatch(vm, [operation])).toThrow(why);
});
