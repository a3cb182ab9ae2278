/** A tree that is taller than the terminal, made to fit: what is well or waits is counted, what goes on is shown. */
import type { TierView } from './clone-view.ts';
import type { MachineView } from './machine-view.ts';

/** A tier as it is shown: some of its machines, and in words the others. */
export interface FoldedTier extends TierView {
  readonly rest: string;
}

/** What a person looks for first. */
const rank: Readonly<Record<MachineView['state'], number>> = {
  Failed: 0,
  Gate: 1,
  Starting: 2,
  Disks: 3,
  Waiting: 4,
  Up: 5,
  Halted: 6,
};

/** The tiers in at most `room` rows, as far as a row for each tier allows. */
export function foldTiers(tiers: readonly TierView[], room: number): readonly FoldedTier[] {
  const rows = tiers.reduce(
    (sum, { machines }) => sum + 1 + machines.reduce((all, each) => all + rowsOf(each), 0),
    0,
  );
  if (rows <= room) return tiers.map((tier) => ({ ...tier, rest: '' }));
  // Each tier has its title and a row for the rest.
  const kept = choose(tiers, room - 2 * tiers.length);
  return tiers.map(({ tier, machines }) => {
    const shown = machines.filter((machine) => kept.has(machine));
    return {
      tier,
      machines: shown,
      rest: countRest(
        machines.filter((machine) => !kept.has(machine)),
        shown.length,
      ),
    };
  });
}

/** A failure has a row for its reason. */
function rowsOf({ state }: MachineView): number {
  return state === 'Failed' ? 2 : 1;
}

function choose(tiers: readonly TierView[], room: number): ReadonlySet<MachineView> {
  const byInterest = tiers
    .flatMap(({ machines }) => machines)
    .filter(({ state }) => rank[state] < rank.Waiting)
    .toSorted((one, other) => rank[one.state] - rank[other.state]);
  const kept = new Set<MachineView>();
  let left = room;
  for (const machine of byInterest) {
    left -= rowsOf(machine);
    if (left < 0) break;
    kept.add(machine);
  }
  return kept;
}

function countRest(rest: readonly MachineView[], shown: number): string {
  if (rest.length === 0) return '';
  const counts = [...Map.groupBy(rest, ({ state }) => state)]
    .toSorted(([one], [other]) => rank[one] - rank[other])
    .map(([state, some]) => `${some.length} ${state}`);
  return `${rest.length} ${shown > 0 ? 'more' : rest.length === 1 ? 'VM' : 'VMs'}: ${counts.join(', ')}`;
}
