import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyMergePatch, mergePatchFrom } from './merge-patch.ts';

const json = fc.letrec<{ object: object; value: unknown }>((tie) => ({
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer(),
    fc.constantFrom('x', ''),
    fc.array(fc.integer(), { maxLength: 3 }),
    tie('object'),
  ),
})).object as fc.Arbitrary<never>;

it('a patch between two objects turns one into the other', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      expect(applyMergePatch(before, mergePatchFrom(before, after))).toEqual(after);
    }),
  );
});

it('a patch between equal objects is empty', () => {
  fc.assert(
    fc.property(json, (object) => {
      expect(mergePatchFrom(object, structuredClone(object))).toEqual({});
    }),
  );
});
