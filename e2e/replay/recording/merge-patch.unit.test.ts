import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergePatchBetween } from '../../../operator/cluster/index.ts';
import { applyMergePatch } from './merge-patch.ts';

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
      expect(applyMergePatch(before, (mergePatchBetween(before, after) ?? {}) as never)).toEqual(after);
    }),
  );
});
