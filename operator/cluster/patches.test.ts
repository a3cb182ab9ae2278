import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePatchBetween, sameJson } from './patches.ts';

/** RFC 7386, as written there. */
function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, unknown> = isObject ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = applyMergePatch(result[name], value);
  }
  return result;
}

const { object } = fc.letrec((tie) => ({
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { maxKeys: 4 }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: 0, max: 2 }),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('object'),
  ),
}));
const json = object as fc.Arbitrary<Record<string, unknown>>;

test('the patch between two objects turns the one into the other', () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      const patch = mergePatchBetween(from, to);
      expect(applyMergePatch(from, patch ?? {})).toEqual(to);
    }),
    { numRuns: 500 },
  );
});

test('between equal objects there is no patch, whatever the order of their fields', () => {
  fc.assert(
    fc.property(json, (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(mergePatchBetween(object, reversed)).toBeUndefined();
    }),
  );
});

test('fields that are undefined count as absent', () => {
  expect(mergePatchBetween({ a: 1 }, { a: 1, b: undefined })).toBeUndefined();
  expect(mergePatchBetween({ a: 1, b: 2 }, { a: 1, b: undefined })).toEqual({ b: null });
  expect(mergePatchBetween({}, { a: { b: undefined, c: 1 } })).toEqual({ a: { c: 1 } });
});

test('only what differs is in the patch, and lists are replaced whole', () => {
  const from = {
    phase: 'Waiting',
    counts: { ready: 1, total: 3 },
    conditions: [{ type: 'A' }, { type: 'B' }],
  };
  const to = { phase: 'Waiting', counts: { ready: 2, total: 3 }, conditions: [{ type: 'A' }] };
  expect(mergePatchBetween(from, to)).toEqual({ counts: { ready: 2 }, conditions: [{ type: 'A' }] });
});

test('values are the same when their JSON means the same', () => {
  expect(sameJson([{ a: 1, b: 2 }], [{ b: 2, a: 1 }])).toBe(true);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
  expect(sameJson({ a: 1 }, [1])).toBe(false);
  expect(sameJson('1', 1)).toBe(false);
});
