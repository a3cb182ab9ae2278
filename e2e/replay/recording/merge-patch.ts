/** JSON merge patches (RFC 7386) applied to plain JSON: null removes, lists are whole. */
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

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
