/** Field paths of recordings: `a.b[0]`, conditions by their type, named things by their name. */
import type { Json, Until } from './recording.ts';

/** Undefined where nothing is at the path. */
export function valueAt(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const step of stepsOf(path)) {
    if (value === undefined || value === null) return undefined;
    value = Array.isArray(value) ? itemOf(value, step) : (value as Record<string, unknown>)[step];
  }
  return value;
}

/** Whether the object is as a wait wants it; an object that is gone is undefined. */
export function meets(object: unknown, until: Until): boolean {
  if (until === null) return object === undefined;
  if (object === undefined) return false;
  return Object.entries(until).every(([path, wanted]) => matches(valueAt(object, path), wanted));
}

function matches(value: unknown, wanted: Json): boolean {
  if (wanted === '*') return value !== undefined && value !== null;
  if (wanted === null) return value === undefined || value === null;
  if (Array.isArray(wanted)) return wanted.some((each) => matches(value, each));
  return value === wanted || String(value) === String(wanted);
}

function itemOf(list: readonly unknown[], step: string): unknown {
  const named = list.find((item) => {
    const { type, name } = (item ?? {}) as { type?: unknown; name?: unknown };
    return type === step || name === step || item === step;
  });
  return named ?? (/^\d+$/.test(step) ? list[Number(step)] : undefined);
}

/** Keys of annotations and labels have dots of their own: what follows `annotations.` or `labels.` is one step. */
function stepsOf(path: string): readonly string[] {
  const keyed = /^(metadata\.(?:annotations|labels))\.(.+)$/.exec(path);
  if (keyed) return [...keyed[1]!.split('.'), keyed[2]!];
  return [...path.matchAll(/[^.[\]]+|\[([^\]]*)\]/g)].map(([whole, item]) => item ?? whole);
}
