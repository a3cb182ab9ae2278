/** What differs between two runs of the real systems, since several programs write of one object, each when it looks. */
import type { Two } from './difference.ts';
import { absent, type History, type Value } from './histories.ts';

type Histories = ReadonlyMap<string, History>;

const bindsWithinMs = 500;
/** How long a machine may have no instance, or one that says nothing, before it is looked at. */
const earlyMs = 1_500;

interface Skipped {
  readonly value: string;
  /** In the recording. */
  readonly lastedMs: number;
}

/** Whether a difference of a field is a matter of who came first, or of when somebody looked. */
export function isChance(path: string, object: Two<History>, all: Two<Histories>): boolean {
  if (isMissedClaim(path, object, all) || isLookBeforeBinding(path, object)) return true;
  if (isWordOfFrozenAgent(path, object) || isMissedFreeze(path, object)) return true;
  if (object.real.kind !== 'PersistentVolumeClaim') return false;
  const isLoss =
    path.startsWith('status.') && isRobbed(object.real, all.real) && isRobbed(object.ours, all.ours);
  return isLoss || isMarkLostInConflict(path, object) || isCopyOfChanging(path, object, all);
}

/** An agent is asked rarely what it can do, and while its guest is frozen that is next to nothing. */
function isWordOfFrozenAgent(path: string, { real, ours }: Two<History>): boolean {
  if (!path.startsWith('status.conditions[AgentVersionNotSupported]')) return false;
  const wasFrozen = ({ fields }: History) =>
    fields.get('status.fsFreezeStatus')?.some(({ value }) => value === 'frozen') ?? false;
  return wasFrozen(real) && wasFrozen(ours);
}

/** A namespace that goes takes its kinds in any order: a machine may go after its claims, and tell that it misses them. */
function isMissedClaim(path: string, { real, ours }: Two<History>, all: Two<Histories>): boolean {
  if (real.kind !== 'VirtualMachine' || !real.leaving || !ours.leaving) return false;
  if (!path.startsWith('status.volumeSnapshotStatuses[')) return false;
  return [...all.real.values()].some(({ kind, leaving }) => kind === 'Namespace' && leaving !== undefined);
}

/**
 * CDI's populator says that it waits, where it gets to a claim before another controller has made the source, and that
 * a container is being created or has no place yet, where it looks at a pod in that moment. A machine says that it has no instance, or one
 * that says nothing, where it is looked at before that is further on.
 */
export function mayBeSkipped({ kind }: History, path: string, { value, lastedMs }: Skipped): boolean {
  if (kind === 'DataVolume' && path === 'status.conditions[Running].reason')
    return (
      ['Pending', 'ContainerCreating'].includes(value) ||
      (value === 'Unschedulable' && lastedMs < bindsWithinMs)
    );
  const early = ['VMINotExists', 'VMIConditionMissing'];
  const isEarly = kind === 'VirtualMachine' && early.includes(value) && lastedMs < earlyMs;
  return isEarly && path === 'status.conditions[Ready].reason';
}

/** Whether a guest is frozen is asked every 5 s: of several freezes some may be missed, and the last thaw. */
function isMissedFreeze(path: string, { real, ours }: Two<History>): boolean {
  if (path !== 'status.fsFreezeStatus') return false;
  const [recorded, replayed] = [real, ours].map(
    ({ fields }) => fields.get(path)?.map(({ value }) => value) ?? [],
  );
  const timesFrozen = (values: readonly string[]) => values.filter((value) => value === 'frozen').length;
  const isRepeated = timesFrozen(recorded!) > 1 && timesFrozen(replayed!) > 0;
  const bothGone = real.deleted !== undefined && ours.deleted !== undefined;
  return isRepeated && (bothGone || recorded!.at(-1) === replayed!.at(-1));
}

/** A claim takes a moment to be bound, in which the scheduler may look at its pod, or not. */
function isLookBeforeBinding(path: string, { real, ours }: Two<History>): boolean {
  if (real.kind !== 'Pod' || !path.startsWith('status.conditions[PodScheduled]')) return false;
  const looks = [real, ours].map(({ fields }) => fields.get('status.conditions[PodScheduled].status') ?? []);
  return looks.every((values) => {
    const [refused, scheduled] = ['False', 'True'].map((status) =>
      values.find(({ value }) => value === status),
    );
    if (scheduled === undefined || values.at(-1) !== scheduled) return false;
    return refused === undefined || scheduled.ms - refused.ms < bindsWithinMs;
  });
}

/** A claim whose volume was given to another is Lost as soon as the volume controller looks at it again. */
function isRobbed(claim: History, all: Histories): boolean {
  const volume = volumeOf(claim);
  const heirs = [...all.values()].filter((each) => each.kind === claim.kind && volumeOf(each) === volume);
  return volume !== undefined && heirs.length > 1;
}

function volumeOf({ fields }: History): string | undefined {
  return fields.get('spec.volumeName')?.find(({ value }) => value !== absent)?.value;
}

/** The volume controller marks a new claim once; where another writer was faster it tries again, often too late. */
function isMarkLostInConflict(path: string, { real, ours }: Two<History>): boolean {
  if (!path.endsWith('kubernetes.io/storage-provisioner')) return false;
  return real.contended || ours.contended;
}

/** CDI makes a temporary claim with the annotations of its target, as they are at that moment. */
function isCopyOfChanging(path: string, { real, ours }: Two<History>, all: Two<Histories>): boolean {
  return (
    path.startsWith('metadata.annotations.') && isCopy(path, real, all.real) && isCopy(path, ours, all.ours)
  );
}

function isCopy(path: string, claim: History, all: Histories): boolean {
  const owner = claim.fields.get('metadata.labels.cdi.kubevirt.io/OwnedByUID')?.[0]?.value;
  const target = [...all.values()].find(({ uid }) => uid === owner);
  const known = new Set(target?.fields.get(path)?.map(({ value }) => value));
  return known.size > 1 && (claim.fields.get(path) ?? []).every(({ value }: Value) => known.has(value));
}
