/**
 * The JSON merge patch (RFC 7386) that turns one value into the other, or undefined when they are the
 * same. A field whose value is undefined counts as absent. Lists are replaced whole.
 */
export function mergePatchBetween(from: object, to: object): object | undefined {
  const before = fieldsOf(from);
  const after = fieldsOf(to);
  const patch: Record<string, unknown> = {};
  for (const name of Object.keys(before)) {
    if (!(name in after)) patch[name] = null;
  }
  for (const [name, value] of Object.entries(after)) {
    const change = changeOf(before[name], value);
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** Whether two values are the same JSON. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((element, index) => sameJson(element, other[index]));
  }
  if (isObject(one) && isObject(other)) return mergePatchBetween(one, other) === undefined;
  return one === other;
}

function changeOf(before: unknown, after: unknown): unknown {
  if (isObject(before) && isObject(after)) return mergePatchBetween(before, after);
  if (sameJson(before, after)) return undefined;
  // Where there was no object, the patch is the object itself, without the fields that are absent.
  return isObject(after) ? (mergePatchBetween({}, after) ?? {}) : after;
}

function fieldsOf(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined && field !== null),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
