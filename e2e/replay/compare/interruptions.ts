/**
 * What was told to go while it was still on its way. How far it had come is a matter of speed, and so is which way it
 * went after that: it is compared until then only, and here it may have come further. What had not gone by the end of a
 * recording may have done so here.
 */
import { type History, isOwnedBy } from './histories.ts';

type Histories = ReadonlyMap<string, History>;
type Moment = NonNullable<History['leaving']>;

/** What had been as it was for this long had come to rest. */
const restsAfterMs = 700;
/** It takes a launcher so long to define its domain, and nobody tells of anything meanwhile. */
const startsWithinMs = 2_000;

/** The histories of a recording, those of interrupted objects and of what they own cut at the interruption. */
export function untilInterrupted(histories: Histories): Histories {
  const cuts = interruptions(histories);
  return new Map(
    [...histories].map(([title, history]) => {
      const root = rootOf(history, histories);
      const isLeaving = root.leaving !== undefined && !root.deleted;
      const told = cuts.get(title);
      const known = told === undefined ? history : until(history, told);
      return [title, isLeaving ? { ...known, settled: false } : known];
    }),
  );
}

/** The titles of those, and of what they own. */
export function interruptedIn(histories: Histories): ReadonlySet<string> {
  return new Set(interruptions(histories).keys());
}

/** Whether what is here only is of an object that was interrupted in the recording. */
export function isOfInterrupted(
  title: string,
  replayed: Histories,
  interrupted: ReadonlySet<string>,
): boolean {
  const history = replayed.get(title);
  return history !== undefined && interrupted.has(rootOf(history, replayed).title);
}

/** By title: when it, or what it belongs to, was told to go. */
function interruptions(histories: Histories): ReadonlyMap<string, Moment> {
  const cuts = new Map<string, Moment>();
  for (const head of histories.values()) {
    if (rootOf(head, histories) !== head && !wasStopped(head)) continue;
    const family = [...histories.values()].filter((each) => belongsTo(each, head, histories));
    const told = interruptedAt(head, family);
    if (told === undefined) continue;
    for (const { title } of family) {
      const before = cuts.get(title);
      if (!before || told.version < before.version) cuts.set(title, told);
    }
  }
  return cuts;
}

/** An instance is stopped without its machine being told to go; one that has ended by itself is not interrupted. */
function wasStopped({ kind, fields, leaving }: History): boolean {
  if (kind !== 'VirtualMachineInstance' || !leaving) return false;
  const phases = fields.get('status.phase')?.filter(({ version }) => version < leaving.version);
  return !['Succeeded', 'Failed'].includes(phases?.at(-1)?.value ?? '');
}

function belongsTo(history: History, head: History, histories: Histories): boolean {
  if (history === head) return true;
  const owner = ownerOf(history, histories);
  return owner !== undefined && belongsTo(owner, head, histories);
}

/** When it was told to go, if it or something of it had changed shortly before. */
function interruptedAt(root: History, family: readonly History[]): Moment | undefined {
  const told = root.leaving ?? root.deleted;
  if (told === undefined) return undefined;
  const silentMs = family.some((each) => isStarting(each, told)) ? startsWithinMs : restsAfterMs;
  const wasChanging = family.some((each) => changed(each, told.ms - silentMs, told.ms));
  return wasChanging ? told : undefined;
}

/** Whether an instance was there and had not run by then. */
function isStarting({ kind, fields, created, deleted }: History, { version }: Moment): boolean {
  if (kind !== 'VirtualMachineInstance' || !created || created.version > version) return false;
  if (deleted && deleted.version < version) return false;
  const phases = fields.get('status.phase')?.filter((each) => each.version < version);
  return !['Running', 'Succeeded', 'Failed'].includes(phases?.at(-1)?.value ?? '');
}

/** Whether it was made, its status changed or it went away in this time. */
function changed({ fields, created, deleted }: History, from: number, to: number): boolean {
  const changes = [...fields].flatMap(([path, values]) => (path.startsWith('status.') ? values : []));
  const moments = [...changes, created, deleted].filter((moment) => moment !== undefined);
  return moments.some(({ ms }) => ms >= from && ms < to);
}

/** Of a pod it is compared what it was to be: scheduling and starting it is the node's affair, and quick or slow. */
function until(history: History, told: Moment): History {
  const before = [...history.fields]
    .filter(([path]) => history.kind !== 'Pod' || !path.startsWith('status.'))
    .map(([path, values]) => [path, values.filter(({ version }) => version < told.version)] as const);
  const fields = new Map(before.filter(([, values]) => values.length > 0));
  return { ...history, fields, settled: false, interruptedMs: told.ms };
}

function rootOf(history: History, histories: Histories): History {
  const owner = ownerOf(history, histories);
  return owner === undefined ? history : rootOf(owner, histories);
}

function ownerOf(history: History, histories: Histories): History | undefined {
  return [...histories.values()].find((each) => isOwnedBy(history, each));
}
