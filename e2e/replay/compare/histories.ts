/** What became of each object of a recording: for every field the values that it had, one after the other. */

import type { RecordedObject, Recording } from '../recording/recording.ts';
import { fieldsOf } from './fields.ts';
import type { NormalForm } from './normal-form.ts';

export const absent = '—';

/** Two writers who met: who was first is chance, and the loser tries again. */
export function tellsOfConflict(text: string): boolean {
  return text.includes('the object has been modified; please apply your changes to the latest version');
}

/** A value that a field had, from when on (milliseconds since the start), and in which version of the cluster. */
export interface Value {
  readonly value: string;
  readonly ms: number;
  readonly version: bigint;
}

export interface History {
  readonly kind: string;
  /** `kind namespace/name`, with a number for what had that name later. */
  readonly title: string;
  /** What its UID means. */
  readonly uid: string;
  /** Field path to values; the last is `absent` for a field that went away. */
  readonly fields: ReadonlyMap<string, readonly Value[]>;
  readonly created?: Omit<Value, 'value'>;
  readonly deleted?: Omit<Value, 'value'>;
  /** When it got its deletion timestamp. */
  readonly leaving?: Omit<Value, 'value'>;
  /** Until when it is compared, in milliseconds, where something cut it short. */
  readonly interruptedMs?: number;
  /** Whether an Event told of a conflict between two of its writers. */
  readonly contended: boolean;
  /** Whether it stood still when the recording ended. */
  readonly settled: boolean;
}

/** What changed shortly before a recording ended may have gone on changing after it. */
const settledAfterMs = 2_000;
const bootedAfterMs = 20_000;

/** By title. Events have no history. */
export function historiesOf({ lines }: Recording, form: NormalForm): ReadonlyMap<string, History> {
  const byUid = new Map<string, Growing>();
  const latest = new Map<string, Growing>();
  const titles = new Map<string, number>();
  for (const line of lines) {
    if (!('event' in line)) continue;
    const { object } = line;
    if (object.kind === 'Event') {
      const subject = latest.get(subjectOf(object));
      if (subject && tellsOfConflict(String(object.message))) subject.contended = true;
      continue;
    }
    const key = `${object.kind} ${object.metadata.uid}`;
    const history =
      byUid.get(key) ??
      new Growing(object.kind, numbered(titleOf(object, form), titles), form.of(object.metadata.uid));
    byUid.set(key, history);
    latest.set(keyOf(object.kind, object.metadata), history);
    const at = { ms: line.ms, version: BigInt(object.metadata.resourceVersion ?? 0) };
    history.changedAt = line.ms;
    if (line.event === 'DELETED') history.deleted = at;
    else history.take(object, at, form, line.event === 'ADDED');
  }
  settle([...byUid.values()], Math.max(0, ...lines.map(({ ms }) => ms)));
  return new Map([...byUid.values()].map((history) => [history.title, history]));
}

/** A machine that was still booting at the end is silent for longer than others: its agent takes 17 s on the bench. */
function settle(histories: readonly Growing[], end: number): void {
  const booting = histories.filter((history) => isBooting(history, end));
  const machines = new Set(booting.map(({ title }) => `VirtualMachine ${nameIn(title)}`));
  for (const history of histories) {
    const boots = booting.includes(history) || (machines.has(history.title) && !history.deleted);
    history.settled = end - history.changedAt > settledAfterMs && !boots;
  }
}

function isBooting({ kind, created, deleted, fields }: Growing, end: number): boolean {
  if (kind !== 'VirtualMachineInstance' || !created || deleted || end - created.ms >= bootedAfterMs)
    return false;
  const last = (path: string) => fields.get(path)?.at(-1)?.value ?? '';
  const isOver = ['Succeeded', 'Failed'].includes(last('status.phase'));
  return !isOver && last('status.conditions[AgentConnected].status') !== 'True';
}

/** `namespace/name` of a title. */
function nameIn(title: string): string {
  return title.split(' ')[1]!;
}

class Growing implements History {
  readonly kind: string;
  readonly title: string;
  readonly uid: string;
  readonly fields = new Map<string, Value[]>();
  created?: History['created'];
  deleted?: History['deleted'];
  leaving?: History['leaving'];
  contended = false;
  settled = true;
  changedAt = 0;
  #began = false;

  constructor(kind: string, title: string, uid: string) {
    this.kind = kind;
    this.title = title;
    this.uid = uid;
  }

  take(object: RecordedObject, at: Omit<Value, 'value'>, form: NormalForm, isNew: boolean): void {
    if (isNew) this.created ??= at;
    if (object.metadata.deletionTimestamp !== undefined) this.leaving ??= at;
    const fields = fieldsOf(object, form);
    for (const path of new Set([...this.fields.keys(), ...fields.keys()])) {
      const values = this.fields.get(path) ?? (this.#began ? [{ value: absent, ms: 0, version: 0n }] : []);
      const value = fields.get(path) ?? absent;
      if (tellsOfConflict(value) || tellsOfConflict(fields.get(messageBeside(path)) ?? '')) continue;
      if (values.at(-1)?.value !== value) values.push({ value, ...at });
      this.fields.set(path, values);
    }
    this.#began = true;
  }
}

/** Of a condition's reason. */
function messageBeside(path: string): string {
  return path.replace(/(\.conditions\[[^\]]*\]\.)reason$/, '$1message');
}

function subjectOf({ involvedObject }: RecordedObject): string {
  const { kind, ...rest } = involvedObject as { kind: string; namespace?: string; name: string };
  return keyOf(kind, rest);
}

function keyOf(kind: string, { namespace = '', name }: { namespace?: string; name: string }): string {
  return `${kind} ${namespace}/${name}`;
}

function titleOf({ kind, metadata, spec }: RecordedObject, form: NormalForm): string {
  const { claimRef } = (spec ?? {}) as { claimRef?: { namespace?: string; name?: string } };
  const place = metadata.namespace ? `${metadata.namespace}/` : '';
  const name = claimRef ? `of claim ${claimRef.namespace}/${form.of(claimRef.name)}` : form.of(metadata.name);
  return `${kind} ${place}${name}`;
}

function numbered(title: string, titles: Map<string, number>): string {
  const count = (titles.get(title) ?? 0) + 1;
  titles.set(title, count);
  return count === 1 ? title : `${title} (${count}.)`;
}

/** Where it stands whose an object is: by reference, by CDI's label across namespaces, of a volume by its claim. */
const ownership =
  /^metadata\.ownerReferences\[[^\]]*\]\.uid$|^metadata\.labels\.cdi\.kubevirt\.io\/OwnedByUID$|^spec\.claimRef\.uid$/;

export function isOwnedBy(owned: History, owner: History): boolean {
  for (const [path, values] of owned.fields)
    if (ownership.test(path) && values.some(({ value }) => value === owner.uid)) return true;
  // The pod that reads for a copy may be in another namespace than the claim that is copied into.
  const target = owned.fields.get('metadata.annotations.cdi.kubevirt.io/storage.ownerRef')?.[0]?.value;
  return target !== undefined && owner.title === `PersistentVolumeClaim ${target}`;
}
