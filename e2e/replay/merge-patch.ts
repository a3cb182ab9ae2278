/** JSON merge patches (RFC 7386) of plain JSON: null removes, lists are whole. */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from './recording.ts';

type JsonObject = { readonly [key: string]: Json };

export function applyMergePatch(before: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json> = isObject(before) ? { ...before } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applyMergePatch(result[key], value);
  }
  return result;
}

/** What turns one object into the other. */
export function mergePatchFrom(before: JsonObject, after: JsonObject): JsonObject {
  const removed = Object.keys(before).filter((key) => !(key in after));
  const changed = Object.entries(after).filter(([key, value]) => !isDeepStrictEqual(before[key], value));
  return Object.fromEntries([
    ...removed.map((key) => [key, null] as const),
    ...changed.map(([key, value]) => {
      const old = before[key];
      return [key, isObject(old) && isObject(value) ? mergePatchFrom(old, value) : value] as const;
    }),
  ]);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
