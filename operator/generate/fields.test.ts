import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { withRules } from '../schema/kubernetes.ts';
import { fieldRows, ruleRows, typeOf } from './fields.ts';
import { structuralSchema } from './structural-schema.ts';

const item = withRules(z.object({ name: z.string().max(9).describe('Its name.') }), {
  rule: 'true',
  message: 'm',
});
const schema = structuralSchema(
  z.object({
    mode: z.enum(['A', 'B', 'C']).default('B'),
    list: z.array(item).max(3),
    inner: z.object({}).prefault({}),
  }),
);

describe('fieldRows', () => {
  it('lists every field below a schema by its path, parents first', () => {
    expect(fieldRows(schema, 'spec').map(({ path }) => path)).toEqual([
      'spec.mode',
      'spec.list',
      'spec.list[].name',
      'spec.inner',
    ]);
  });

  it('says what is required, and what is taken when a field is absent', () => {
    expect(fieldRows(schema, 'spec')).toMatchObject([
      { required: false, default: '"B"', type: '`A`, `B` or `C`' },
      { required: true, default: undefined, type: 'list of at most 3: object' },
      { required: true, description: 'Its name.', type: 'string, at most 9 characters' },
      { required: false },
    ]);
  });
});

describe('ruleRows', () => {
  it('says for each rule which field it is about', () => {
    expect(ruleRows(schema, 'spec')).toEqual([{ path: 'spec.list[]', message: 'm' }]);
  });
});

describe('typeOf', () => {
  it.each([
    [{ type: 'integer', minimum: 1, maximum: 9 }, 'integer 1 to 9'],
    [{ type: 'integer', minimum: 1 }, 'integer from 1'],
    [{ type: 'string', format: 'date-time' }, 'time'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'map of string'],
    [{ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, 'any object'],
  ])('puts %j into words', (field, words) => {
    expect(typeOf(field)).toBe(words);
  });
});
