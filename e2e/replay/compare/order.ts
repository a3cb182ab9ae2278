/**
 * What must come before what. Two objects change at the same time in any order, but where one change causes the other
 * the recorded order holds: told by the cluster's own versions, not by when a watch heard of it.
 */
import type { Finding } from './difference.ts';
import { type History, isOwnedBy } from './histories.ts';

/** Something that happens to an object once. */
type Moment = 'creation' | 'deletion' | { readonly field: string; readonly value?: string };

interface Happening {
  readonly kind: string;
  readonly moment: Moment;
}

interface Rule {
  readonly cause: Happening;
  readonly effect: Happening;
  /** How the two objects belong together; default: one name in one namespace. */
  readonly by?: 'name' | 'owner' | 'self' | { readonly field: string };
}

const rule = (
  [kind, moment]: readonly [string, Moment],
  [effectKind, effect]: readonly [string, Moment],
  by?: Rule['by'],
): Rule => ({
  cause: { kind, moment },
  effect: { kind: effectKind, moment: effect },
  ...(by && { by }),
});

const phase = (value: string) => ({ field: 'status.phase', value });
const condition = (type: string) => ({ field: `status.conditions[${type}].status`, value: 'True' });
const ready = { field: 'status.readyToUse', value: 'true' };
const finalizer = (name: string) => ({ field: `metadata.finalizers[${name}]`, value: name });

const rules: readonly Rule[] = [
  // A machine and its instance.
  rule(
    ['VirtualMachineInstance', 'creation'],
    ['VirtualMachine', { field: 'status.printableStatus', value: 'Starting' }],
  ),
  rule(
    ['VirtualMachineInstance', phase('Running')],
    ['VirtualMachine', { field: 'status.printableStatus', value: 'Running' }],
  ),
  rule(['VirtualMachineInstance', condition('Ready')], ['VirtualMachine', condition('Ready')]),
  rule(
    ['VirtualMachineInstance', condition('Paused')],
    ['VirtualMachine', { field: 'status.printableStatus', value: 'Paused' }],
  ),
  rule(
    ['VirtualMachineInstance', condition('AgentConnected')],
    ['VirtualMachine', condition('AgentConnected')],
  ),
  rule(['VirtualMachineInstance', 'deletion'], ['VirtualMachine', 'deletion']),
  rule(
    ['VirtualMachine', finalizer('kubevirt.io/virtualMachineControllerFinalize')],
    ['VirtualMachineInstance', 'creation'],
  ),
  // An instance and its launcher.
  rule(['Pod', 'deletion'], ['VirtualMachineInstance', 'deletion'], 'owner'),
  rule(['VirtualMachineInstance', phase('Scheduled')], ['VirtualMachineInstance', phase('Running')], 'self'),
  rule(
    ['VirtualMachineInstance', condition('AgentConnected')],
    ['VirtualMachineInstance', { field: 'status.guestOSInfo.id' }],
    'self',
  ),
  // A snapshot and its content.
  rule(
    ['VolumeSnapshot', finalizer('snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection')],
    ['VolumeSnapshot', { field: 'status.boundVolumeSnapshotContentName' }],
    'self',
  ),
  rule(
    ['VolumeSnapshot', { field: 'status.boundVolumeSnapshotContentName' }],
    ['VolumeSnapshot', ready],
    'self',
  ),
  rule(['VolumeSnapshotContent', ready], ['VolumeSnapshot', ready], {
    field: 'status.boundVolumeSnapshotContentName',
  }),
  rule(
    ['VolumeSnapshotContent', 'creation'],
    ['VolumeSnapshot', { field: 'status.boundVolumeSnapshotContentName' }],
    {
      field: 'status.boundVolumeSnapshotContentName',
    },
  ),
  rule(['VolumeGroupSnapshotContent', ready], ['VolumeGroupSnapshot', ready], {
    field: 'status.boundVolumeGroupSnapshotContentName',
  }),
  // A data volume and its claim.
  rule(['PersistentVolumeClaim', 'creation'], ['PersistentVolumeClaim', phase('Bound')], 'self'),
  rule(['PersistentVolumeClaim', phase('Bound')], ['DataVolume', phase('Succeeded')]),
  rule(
    ['DataVolume', phase('CloneFromSnapshotSourceInProgress')],
    ['DataVolume', phase('Succeeded')],
    'self',
  ),
];

type Histories = ReadonlyMap<string, History>;

export function compareOrder(real: Histories, ours: Histories): readonly Finding[] {
  return [...real.values()].flatMap((effect) => [
    ...ownersFirst(effect, real, ours),
    ...rules.flatMap((each) => follow(each, effect, real, ours)),
  ]);
}

function follow(each: Rule, effect: History, real: Histories, ours: Histories): readonly Finding[] {
  if (effect.kind !== each.effect.kind) return [];
  return causesOf(each, effect, real).flatMap((cause) => {
    const [theirCause, theirEffect] = [ours.get(cause.title), ours.get(effect.title)];
    if (!theirCause || !theirEffect) return [];
    const words = `${cause.title} ${worded(each.cause.moment)}`;
    const happened = [momentIn(cause, each.cause.moment), momentIn(effect, each.effect.moment)] as const;
    const here = [
      momentIn(theirCause, each.cause.moment),
      momentIn(theirEffect, each.effect.moment),
    ] as const;
    return misordered(happened, here)
      ? [
          {
            subject: effect.title,
            field: 'order',
            real: `${words}, then ${worded(each.effect.moment)}`,
            ours: 'the other way round',
          },
        ]
      : [];
  });
}

/** What an object owns is made after it. */
function ownersFirst(owned: History, real: Histories, ours: Histories): readonly Finding[] {
  return [...real.values()].flatMap((owner) => {
    if (!isOwnedBy(owned, owner)) return [];
    const here = [ours.get(owner.title)?.created?.version, ours.get(owned.title)?.created?.version] as const;
    return misordered([owner.created?.version, owned.created?.version], here)
      ? [
          {
            subject: owned.title,
            field: 'order',
            real: `is made after its owner, ${owner.title}`,
            ours: 'before it',
          },
        ]
      : [];
  });
}

type Pair = readonly [bigint | undefined, bigint | undefined];

/** Only where both happened on both sides, and the recording has them in this order. */
function misordered([cause, effect]: Pair, [ourCause, ourEffect]: Pair): boolean {
  const all = [cause, effect, ourCause, ourEffect];
  if (all.some((version) => version === undefined)) return false;
  return cause! <= effect! && ourCause! > ourEffect!;
}

function causesOf({ cause, by = 'name' }: Rule, effect: History, histories: Histories): readonly History[] {
  const own = [...histories.values()].filter(({ kind }) => kind === cause.kind);
  if (by === 'self') return [effect];
  if (by === 'owner') return own.filter((each) => isOwnedBy(each, effect));
  if (by === 'name') return own.filter((each) => nameOf(each) === nameOf(effect));
  const named = effect.fields.get(by.field)?.map(({ value }) => value) ?? [];
  return own.filter((each) => named.some((name) => each.title === `${cause.kind} ${name}`));
}

function nameOf({ title }: History): string {
  return title.slice(title.indexOf(' '));
}

function momentIn(history: History, moment: Moment): bigint | undefined {
  if (moment === 'creation') return history.created?.version;
  if (moment === 'deletion') return history.deleted?.version;
  const values = history.fields.get(moment.field);
  return values?.find(({ value }) => value !== '—' && (moment.value === undefined || value === moment.value))
    ?.version;
}

function worded(moment: Moment): string {
  if (moment === 'creation') return 'is made';
  if (moment === 'deletion') return 'goes away';
  return moment.value === undefined ? `has ${moment.field}` : `has ${moment.field} ${moment.value}`;
}
