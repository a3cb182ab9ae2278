import { expect, test } from 'vitest';
import { aMachine, aSpec } from '../../testing.ts';
import type { CloneSpec } from '../types.ts';
import { clonePatches } from './patches.ts';

const DOMAIN = '/spec/template/spec/domain';
const source = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' };

function patches(clone: Partial<CloneSpec>, labels?: Record<string, string>) {
  const spec = aSpec();
  const domain = { ...spec.domain, firmware: { uuid: 'u', serial: 's' } };
  const vm = aMachine({ template: { spec: { ...spec, domain } } });
  const captured = { metadata: { ...vm.metadata, labels }, spec: vm.spec, status: {} };
  return clonePatches(captured, { source, ...clone }).map((patch) => JSON.parse(patch));
}

test('a clone has neither MAC nor firmware identity of its source', () => {
  expect(patches({})).toEqual([
    { op: 'replace', path: `${DOMAIN}/devices/interfaces/0/macAddress`, value: '' },
    { op: 'replace', path: `${DOMAIN}/firmware/serial`, value: '' },
    { op: 'replace', path: `${DOMAIN}/firmware/uuid`, value: '' },
  ]);
});

test('what is given takes the place of what is emptied, and own patches come last', () => {
  const own = '{"op":"replace","path":"/spec/runStrategy","value":"Manual"}';
  const given = patches({
    newMacAddresses: { default: '02-00-00-00-00-09' },
    newSMBiosSerial: 'x',
    patches: [own],
  });
  expect(given.map(({ value }) => value)).toEqual(['02-00-00-00-00-09', 'x', '', 'Manual']);
});

test.each([
  [undefined, []],
  [['*'], []],
  [['a.*'], ['b']],
  [['*', '!b'], ['b']],
  [[], ['a/x', 'b']],
])('with label filters %j the labels %j go', (labelFilters, gone) => {
  const removed = patches({ labelFilters }, { 'a/x': '1', b: '2' }).filter(({ op }) => op === 'remove');
  const paths = gone.map((label) => `/metadata/labels/${label.replace('/', '~1')}`);
  expect(removed.map(({ path }) => path)).toEqual(paths);
});
