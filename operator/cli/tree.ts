/**
 * A clone as lines of text: a header, then its VMs by the tier that they start in.
 *
 *     shop-copy/copy  Starting  2 of 4 VMs up · 4 of 5 disks · 6s
 *       of shop-prod/shop as of 2026-11-21T12:00:03Z · skew 12ms · BestEffort
 *     tier 0
 *     ├─ ● db     Up     tcp 5432  192/192 MiB  3s
 *     └─ ● queue  Up     tcp 5672    64/64 MiB  2s
 *     tier 1
 *     └─ ◑ api    Gate   tcp 8080    64/64 MiB  1s
 */
import type { CloneView } from './clone-view.ts';
import { type FoldedTier, foldTiers } from './fold.ts';
import { formatBytes, formatElapsed, type Line, type Span, span, type Tone, widthOf, wrap } from './lines.ts';
import type { MachineView } from './machine-view.ts';

export interface TreeSize {
  /** Columns of the terminal; messages are wrapped to them. */
  readonly columns: number;
  /** Rows of the terminal, where the tree must fit into it; VMs that all is well with are left out first. */
  readonly rows?: number;
}

/** How each state is shown. */
export const stateSigns: Readonly<
  Record<MachineView['state'], { readonly sign: string; readonly tone: Tone }>
> = {
  Waiting: { sign: '·', tone: 'quiet' },
  Disks: { sign: '◌', tone: 'busy' },
  Starting: { sign: '◔', tone: 'busy' },
  Gate: { sign: '◑', tone: 'busy' },
  Up: { sign: '●', tone: 'good' },
  Failed: { sign: '✗', tone: 'bad' },
  Halted: { sign: '○', tone: 'good' },
};

export function renderTree(view: CloneView, size: TreeSize): readonly Line[] {
  const header = renderHeader(view, size.columns);
  const room = size.rows === undefined ? Number.POSITIVE_INFINITY : size.rows - header.length;
  const tiers = foldTiers(view.tiers, room);
  const widths = widthsOf(tiers);
  return [
    ...header,
    ...tiers.flatMap((tier) => renderTier(tier, widths, size.columns)),
    ...renderUnnamed(view),
  ];
}

function renderHeader(view: CloneView, columns: number): readonly Line[] {
  const { phase, machines, disks } = view;
  const counts = [
    ...(machines.total > 0 ? [`${machines.up} of ${machines.total} VMs up`] : []),
    ...(machines.failed > 0 ? [`${machines.failed} failed`] : []),
    ...(disks.total > 0 ? [`${disks.bound} of ${disks.total} disks`] : []),
    formatElapsed(view.elapsedMs),
  ];
  return [
    [
      span(`${view.namespace}/${view.name}`, 'strong'),
      span('  '),
      span(phase, phaseTone(view)),
      span(`  ${counts.join(' · ')}`),
    ],
    [span(`  of ${[instantOf(view), ...detailsOf(view)].join(' · ')}`, 'quiet')],
    ...messageLines(view, columns),
  ];
}

function instantOf({ source, asOf }: CloneView): string {
  return asOf ? `${source} as of ${asOf}` : source;
}

function detailsOf({ skew, consistency, snapshot }: CloneView): readonly string[] {
  return [
    ...(skew ? [`skew ${skew}`] : []),
    ...(consistency ? [consistency] : []),
    ...(snapshot ? [`captured as ${snapshot}`] : []),
  ];
}

function phaseTone({ phase, ready }: CloneView): Tone {
  if (phase === 'Completed') return ready ? 'good' : 'busy';
  if (phase === 'Blocked' || phase === 'Failed' || phase === 'Cancelled') return 'bad';
  return 'busy';
}

/** Why it does not go on; while VMs are being made, the tree says so itself. */
function messageLines(view: CloneView, columns: number): readonly Line[] {
  const { phase, ready, message, blockers, warnings } = view;
  const shown = blockers.length === 0 && !ready && phase !== 'Starting' && phase !== 'Failed';
  return [
    ...(shown ? paragraph('  ', message, columns, 'busy') : []),
    ...blockers.flatMap(({ reason, message }) => paragraph('  ✗ ', `${reason}: ${message}`, columns, 'bad')),
    ...warnings.flatMap(({ reason, message }) => paragraph('  ! ', `${reason}: ${message}`, columns, 'busy')),
  ];
}

/** A text wrapped behind `lead`, which stands before its first row. */
function paragraph(lead: string, text: string, columns: number, tone: Tone): readonly Line[] {
  const rows = wrap(text, Math.max(20, columns - widthOf(lead)));
  return rows.map((row, place) => [
    span(place === 0 ? lead : ' '.repeat(widthOf(lead)), tone),
    span(row, tone),
  ]);
}

interface Widths {
  readonly name: number;
  readonly state: number;
  readonly gate: number;
  readonly bytes: number;
  readonly elapsed: number;
}

function widthsOf(tiers: readonly FoldedTier[]): Widths {
  const machines = tiers.flatMap((tier) => tier.machines);
  const widest = (text: (machine: MachineView) => string) =>
    machines.reduce((width, machine) => Math.max(width, widthOf(text(machine))), 0);
  return {
    name: widest(({ name }) => name),
    state: widest(({ state }) => state),
    gate: widest(({ gate }) => gate),
    bytes: widest(bytesOf),
    elapsed: widest(elapsedText),
  };
}

function renderTier({ tier, machines, rest }: FoldedTier, widths: Widths, columns: number): readonly Line[] {
  const title = machines.length === 0 && rest ? `tier ${tier}  ${rest}` : `tier ${tier}`;
  const tail: readonly Line[] = rest && machines.length > 0 ? [[span(`└─ ${rest}`, 'quiet')]] : [];
  const last = tail.length > 0 ? undefined : machines.at(-1);
  return [
    [span(title, 'quiet')],
    ...machines.flatMap((machine) => renderMachine(machine, machine === last, widths, columns)),
    ...tail,
  ];
}

function renderMachine(
  machine: MachineView,
  isLast: boolean,
  widths: Widths,
  columns: number,
): readonly Line[] {
  const { sign, tone } = stateSigns[machine.state];
  const failed = machine.state === 'Failed';
  const row: readonly Span[] = [
    span(isLast ? '└─ ' : '├─ ', 'quiet'),
    span(`${sign} `, tone),
    span(machine.name.padEnd(widths.name)),
    span(`  ${machine.state.padEnd(widths.state)}`, tone),
    span(`  ${machine.gate.padEnd(widths.gate)}`, machine.state === 'Gate' ? 'busy' : 'quiet'),
    span(`  ${bytesOf(machine).padStart(widths.bytes)}`),
    span(`  ${elapsedText(machine).padStart(widths.elapsed)}`),
    ...(failed || !machine.message ? [] : [span(`  ${machine.message}`, 'quiet')]),
  ];
  return [row, ...(failed ? paragraph(isLast ? '     ' : '│    ', machine.message, columns, 'bad') : [])];
}

/** Bytes of its disks that are bound, of all. */
export function bytesOf({ disks }: MachineView): string {
  const sum = (some: typeof disks) => some.reduce((bytes, disk) => bytes + disk.bytes, 0);
  return disks.length === 0 ? '' : formatBytes(sum(disks.filter(({ bound }) => bound)), sum(disks));
}

function elapsedText({ elapsedMs }: MachineView): string {
  return elapsedMs === undefined ? '' : formatElapsed(elapsedMs);
}

function renderUnnamed({ unnamed }: CloneView): readonly Line[] {
  if (unnamed === 0) return [];
  return [
    [
      span(
        `and ${unnamed} VMs that are not made yet; their names are in the capture, which you may not read`,
        'quiet',
      ),
    ],
  ];
}
