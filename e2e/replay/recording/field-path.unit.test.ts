import { expect, it } from 'vitest';
import { meets, valueAt } from './field-path.ts';

const object = {
  metadata: { annotations: { 'cdi.kubevirt.io/clonePhase': 'Pending' } },
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    volumeStatus: [{ name: 'disk0', phase: 'Ready' }],
    list: ['a', 'b'],
    count: 3,
  },
};

it.each([
  ['status.count', 3],
  ['status.conditions[Ready].status', 'True'],
  ['status.volumeStatus[disk0].phase', 'Ready'],
  ['status.list[1]', 'b'],
  ['metadata.annotations.cdi.kubevirt.io/clonePhase', 'Pending'],
  ['status.conditions[Paused].status', undefined],
  ['spec.nothing', undefined],
])('%s is %s', (path, value) => {
  expect(valueAt(object, path)).toBe(value);
});

it.each([
  ['there', '*', true],
  ['absent', null, false],
  ['one of several', ['False', 'True'], true],
  ['another', 'False', false],
])('a wait for a value that is %s', (_, wanted, met) => {
  expect(meets(object, { 'status.conditions[Ready].status': wanted as never })).toBe(met);
});

it('a wait for the end is met where the object is gone, and no other is', () => {
  expect([meets(undefined, null), meets(object, null), meets(undefined, {})]).toEqual([true, false, false]);
});
