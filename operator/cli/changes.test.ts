import { expect, test } from 'vitest';
import { changesBetween } from './changes.ts';
import { viewClone } from './clone-view.ts';
import { textOf } from './lines.ts';
import { aCapture, at, type FactsOptions, facts } from './testing/facts.ts';

const captured = aCapture({ name: 'db' }, { name: 'web', after: ['db'] });
const view = (options: FactsOptions, seconds: number) =>
  viewClone(facts({ captured, ...options }), at(seconds));
const changes = (one: FactsOptions, other: FactsOptions) =>
  changesBetween(view(one, 5), view(other, 7)).map(textOf);

test('the first view is the whole tree', () => {
  expect(changesBetween(undefined, view({}, 1)).map(textOf)).toContain('tier 0');
});

test('a VM that has come further is one line, with what it waits for now', () => {
  expect(changes({ made: { db: { stage: 'Created' } } }, { made: { db: { stage: 'Running' } } })).toEqual([
    '    7s  ◑ db (tier 0)  Gate  tcp 5432',
  ]);
});

test('time alone is no change', () => {
  expect(changes({ made: { db: { stage: 'Running' } } }, { made: { db: { stage: 'Running' } } })).toEqual([]);
});

test('a new phase and a new blocker are a line each, once', () => {
  const blocked = {
    status: { phase: 'Blocked', blockers: [{ reason: 'NameTooLong', message: 'shorten it' }] },
  } as const satisfies FactsOptions;
  expect(changes({}, structuredClone(blocked))).toEqual([
    '    7s  Blocked: 0 of 2 VMs up',
    '    7s  ✗ NameTooLong: shorten it',
  ]);
  expect(changes(structuredClone(blocked), structuredClone(blocked))).toEqual([]);
});

test('the instant is said when it is fixed', () => {
  const pointInTime = { requested: 'r', achieved: '2026-11-21T12:00:01Z', skew: '3ms' };
  expect(changes({}, { status: { phase: 'Starting', pointInTime } })).toEqual([
    '    7s  Starting: 0 of 2 VMs up, as of 2026-11-21T12:00:01Z, skew 3ms',
  ]);
});
