import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TierView } from './clone-view.ts';
import { type FoldedTier, foldTiers } from './fold.ts';
import type { MachineView } from './machine-view.ts';

function aTier(tier: number, ...states: readonly MachineView['state'][]): TierView {
  const machines = states.map((state, place) => ({
    name: `${state}-${tier}-${place}`,
    tier,
    state,
    gate: '',
    disks: [],
    message: '',
  }));
  return { tier, machines };
}

const shown = (tiers: readonly FoldedTier[]) =>
  tiers.flatMap(({ machines }) => machines.map(({ state }) => state));

/** A title, a row for each VM, two for one that failed, and one for the rest where VMs are shown. */
function rowsOf({ machines, rest }: FoldedTier): number {
  const rows = machines.reduce((sum, { state }) => sum + (state === 'Failed' ? 2 : 1), 1);
  return rest && machines.length > 0 ? rows + 1 : rows;
}

test('what fits is shown whole', () => {
  const tiers = foldTiers([aTier(0, 'Up', 'Gate'), aTier(1, 'Waiting')], 5);
  expect(tiers.map(({ machines, rest }) => [machines.length, rest])).toEqual([
    [2, ''],
    [1, ''],
  ]);
});

test('failed VMs are kept before those at their gates, and these before those that start', () => {
  const tiers = [aTier(0, 'Up', 'Starting', 'Gate', 'Failed', 'Up')];
  expect(shown(foldTiers(tiers, 4))).toEqual(['Failed']);
  expect(shown(foldTiers(tiers, 5))).toEqual(['Gate', 'Failed']);
});

test('those that are left out are counted by state', () => {
  const [tier] = foldTiers([aTier(0, 'Up', 'Waiting', 'Gate', 'Up', 'Up', 'Up')], 3);
  expect(tier!.rest).toBe('5 more: 1 Waiting, 4 Up');
});

test('a folded tree never has more rows than there is room for, down to a row for each tier', () => {
  const states = fc.constantFrom<MachineView['state']>(
    'Waiting',
    'Disks',
    'Starting',
    'Gate',
    'Up',
    'Failed',
    'Halted',
  );
  const anyTiers = fc
    .array(fc.array(states, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 6 })
    .map((tiers) => tiers.map((each, tier) => aTier(tier, ...each)));
  fc.assert(
    fc.property(anyTiers, fc.integer({ min: 1, max: 40 }), (tiers, room) => {
      const rows = foldTiers(tiers, room).reduce((sum, tier) => sum + rowsOf(tier), 0);
      expect(rows).toBeLessThanOrEqual(Math.max(room, tiers.length));
    }),
  );
});
