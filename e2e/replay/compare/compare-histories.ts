/**
 * Objects field by field. Fields race with each other in the real systems too, so each is compared by itself: its
 * values here must come in the recorded order, none of them may be new, and the last must be the same.
 */

import { passingMs } from '../recording/recording.ts';
import { isChance, mayBeSkipped } from './chance.ts';
import type { Finding } from './difference.ts';
import { isState } from './fields.ts';
import { absent, type History, type Value } from './histories.ts';
import { fitsAnother, isWithin } from './skipped.ts';

type Histories = ReadonlyMap<string, History>;

export function compareHistories(real: Histories, ours: Histories): readonly Finding[] {
  const titles = new Set([...real.keys(), ...ours.keys()]);
  return [...titles].flatMap((title) => {
    const both = { real: real.get(title), ours: ours.get(title) };
    const findings = compareObject(title, both.real, both.ours);
    return findings.filter(
      ({ field }) => !both.real || !both.ours || !isExcused(field, both.real, both.ours),
    );
  });

  function isExcused(field: string, theirs: History, replayed: History): boolean {
    const chance = isChance(field, { real: theirs, ours: replayed }, { real, ours });
    return field !== 'existence' && (chance || fitsAnother(field, theirs, replayed, real));
  }
}

function compareObject(
  title: string,
  real: History | undefined,
  ours: History | undefined,
): readonly Finding[] {
  if (!ours)
    return isPassing(real!) ? [] : [{ subject: title, field: 'existence', real: 'is made', ours: 'is not' }];
  if (!real) return [{ subject: title, field: 'existence', real: 'is not made', ours: 'is' }];
  const gone = (history: History) => (history.deleted ? 'goes away' : 'stays');
  const sameFate = gone(real) === gone(ours) || (!real.settled && !real.deleted);
  const fate = { subject: title, field: 'existence', real: gone(real), ours: gone(ours) };
  const paths = new Set([...real.fields.keys(), ...ours.fields.keys()]);
  const fields = [...paths].flatMap((path) => compareField(path, real, ours));
  return [...(sameFate ? [] : [fate]), ...fields.map((finding) => ({ subject: title, ...finding }))];
}

function isPassing({ created, deleted }: History): boolean {
  return created !== undefined && deleted !== undefined && deleted.ms - created.ms < passingMs;
}

function compareField(path: string, real: History, ours: History): readonly Omit<Finding, 'subject'>[] {
  const [recorded, replayed] = [real, ours].map((history) => valuesAt(path, history));
  const difference = {
    field: path,
    real: told(recorded),
    ours: told(replayed),
  };
  if (!replayed) return hasLasted(recorded!, real) ? [difference] : [];
  if (!recorded) return real.settled ? [difference] : [];
  const fits = beforeTheEnd(replayed, real).some(
    (values) => isSubsequence(values, recorded) && endings(recorded, real).includes(values.at(-1)),
  );
  if (skipsState(path, beforeLeavingBoth(recorded, real, ours), replayed, real)) return [difference];
  if (fits && !missesPresence(recorded, replayed, real)) return [];
  return fitsBeforeLeaving(path, real, ours) ? [] : [difference];
}

function skipsState(
  path: string,
  recorded: readonly Value[],
  replayed: readonly Value[],
  real: History,
): boolean {
  if (!isState(path)) return false;
  const lasting = recorded
    .map(({ value }, index) => ({ value, lastedMs: lastedMs(recorded, index, real) }))
    .filter(({ lastedMs }) => lastedMs >= passingMs);
  return !lasting.every(
    (each) => replayed.some((ours) => ours.value === each.value) || mayBeSkipped(real, path, each),
  );
}

/**
 * A guard that goes and comes back was let go between two uses: how often depends on how close they are. The last one
 * to go takes the object with it, unseen.
 */
function valuesAt(path: string, { fields, deleted, leaving }: History): readonly Value[] | undefined {
  const all = fields.get(path);
  if (!path.startsWith('metadata.finalizers[')) return all;
  const goes = deleted ?? leaving;
  const values = goes && all?.at(-1)?.value === absent && all.length > 1 ? all.slice(0, -1) : all;
  const firsts = values?.filter(
    (each, index) =>
      values.findIndex(({ value }) => value === each.value) === index || index === values.length - 1,
  );
  return firsts?.filter(({ value }, index) => firsts[index - 1]?.value !== value);
}

/** Volumes and their claims, once deleted, are seen to by several controllers at once: who is first is chance. */
function fitsBeforeLeaving(path: string, real: History, ours: History): boolean {
  if (!bothLeave(real, ours)) return false;
  const recorded = real.fields.get(path)!;
  const lasts = [recorded, beforeLeaving(recorded, real)].map((values) => values.at(-1)?.value);
  const replayed = ours.fields.get(path)!;
  return [replayed, beforeLeaving(replayed, ours)].some((values) => {
    const texts = values.map(({ value }) => value);
    return isSubsequence(texts, recorded) && lasts.includes(texts.at(-1));
  });
}

function beforeLeavingBoth(values: readonly Value[], real: History, ours: History): readonly Value[] {
  return bothLeave(real, ours) ? beforeLeaving(values, real) : values;
}

function bothLeave(real: History, ours: History): boolean {
  return /^PersistentVolume/.test(real.kind) && real.deleted !== undefined && ours.deleted !== undefined;
}

function beforeLeaving(values: readonly Value[], { leaving }: History): readonly Value[] {
  return leaving ? values.filter(({ version }) => version < leaving.version) : values;
}

/** An object that was still changing when the recording ended may go on from its last recorded value. */
function beforeTheEnd(replayed: readonly Value[], { settled }: History): readonly (readonly string[])[] {
  const values = replayed.map(({ value }) => value);
  return settled ? [values] : values.map((_, index) => values.slice(0, index + 1));
}

/** The last value, and those before it as far as an object went away too soon after them for another to be missed. */
function endings(recorded: readonly Value[], real: History): readonly (string | undefined)[] {
  const lasting = recorded.findLastIndex((_, index) => lastedMs(recorded, index, real) >= passingMs);
  return recorded.slice(Math.max(0, lasting)).map(({ value }) => value);
}

/** A field that a recording has and a replay never has was not overlooked, unless it was there for a moment. */
function missesPresence(recorded: readonly Value[], replayed: readonly Value[], real: History): boolean {
  const isPresent = ({ value }: Value) => value !== absent;
  return !replayed.some(isPresent) && recorded.some(isPresent) && hasLasted(recorded, real);
}

function hasLasted(values: readonly Value[], history: History): boolean {
  return values.some(({ value }, index) => value !== absent && lastedMs(values, index, history) >= passingMs);
}

function lastedMs(values: readonly Value[], index: number, { deleted, interruptedMs }: History): number {
  const until = values[index + 1]?.ms ?? interruptedMs ?? deleted?.ms ?? Number.POSITIVE_INFINITY;
  return until - values[index]!.ms;
}

function isSubsequence(values: readonly string[], of: readonly Value[]): boolean {
  return isWithin(
    values,
    of.map(({ value }) => value),
  );
}

function told(values: readonly Value[] | undefined): string {
  return values ? values.map(({ value }) => value).join(' → ') : 'never there';
}
