import { isDeepStrictEqual } from 'node:util';

/**
 * The merge patch from one value to another, `undefined` when there is nothing to change. Lists are replaced
 * whole; `undefined` fields count as absent.
 */
export function mergePatchBetween(before: object, after: object): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  const [old, wanted] = [before as Fields, after as Fields];
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    const change = changeOf(old[key], wanted[key]);
    if (change !== undefined) patch[key] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

type Fields = Record<string, unknown>;

function changeOf(before: unknown, after: unknown): unknown {
  if (after === undefined) return before === undefined ? undefined : null;
  if (isFields(before) && isFields(after)) return mergePatchBetween(before, after);
  return sameJson(before, after) ? undefined : after;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two values are the same once they are on the wire. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(one, other)) return true;
  if (one === undefined || other === undefined) return false;
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
}
