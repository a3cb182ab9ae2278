/** What has changed between two views of a clone, one line for each change, for logs and pipes. */
import type { CloneView } from './clone-view.ts';
import { formatElapsed, type Line, span } from './lines.ts';
import type { MachineView } from './machine-view.ts';
import { bytesOf, renderTree, stateSigns } from './tree.ts';

/** Logs have no width: nothing is wrapped or cut. */
const unlimited = { columns: Number.POSITIVE_INFINITY };

/** Without a view before, the whole tree. */
export function changesBetween(before: CloneView | undefined, view: CloneView): readonly Line[] {
  if (!before) return renderTree(view, unlimited);
  return [...phaseChange(before, view), ...newBlockers(before, view), ...machineChanges(before, view)].map(
    (line) => [span(`${formatElapsed(view.elapsedMs).padStart(6)}  `, 'quiet'), ...line],
  );
}

function phaseChange(before: CloneView, view: CloneView): readonly Line[] {
  const same = before.phase === view.phase && before.ready === view.ready && before.asOf === view.asOf;
  if (same) return [];
  const { up, total } = view.machines;
  const asOf = view.asOf && view.asOf !== before.asOf ? `, as of ${view.asOf}` : '';
  const skew = asOf && view.skew ? `, skew ${view.skew}` : '';
  const state = view.phase === 'Completed' ? (view.ready ? ', Ready' : ', not Ready') : '';
  return [[span(`${view.phase}${state}: ${up} of ${total} VMs up${asOf}${skew}`, 'strong')]];
}

function newBlockers(before: CloneView, view: CloneView): readonly Line[] {
  const known = new Set([...before.blockers, ...before.warnings].map(({ message }) => message));
  const fresh = (of: CloneView['blockers']) => of.filter(({ message }) => !known.has(message));
  return [
    ...fresh(view.blockers).map(({ reason, message }): Line => [span(`✗ ${reason}: ${message}`, 'bad')]),
    ...fresh(view.warnings).map(({ reason, message }): Line => [span(`! ${reason}: ${message}`, 'busy')]),
  ];
}

function machineChanges(before: CloneView, view: CloneView): readonly Line[] {
  const known = new Map(before.tiers.flatMap(({ machines }) => machines).map((each) => [each.name, each]));
  return view.tiers
    .flatMap(({ machines }) => machines)
    .filter((machine) => isOther(known.get(machine.name), machine))
    .map(describe);
}

/** Times grow all the while, and are no change; nor is it one that there is nothing more to say. */
function isOther(before: MachineView | undefined, { state, message }: MachineView): boolean {
  return before?.state !== state || (message !== '' && before.message !== message);
}

function describe(machine: MachineView): Line {
  const { name, tier, state, gate, message } = machine;
  const { sign, tone } = stateSigns[state];
  const waits = state === 'Gate' ? gate : state === 'Disks' ? bytesOf(machine) : message;
  return [
    span(`${sign} `, tone),
    span(`${name} (tier ${tier})  `),
    span(state, tone),
    span(waits ? `  ${waits}` : ''),
  ];
}
