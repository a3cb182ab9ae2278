import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mapList, withRules } from '../schema/kubernetes.ts';
import { structuralSchema } from './structural-schema.ts';

describe('structuralSchema', () => {
  it('gives integers the width that Kubernetes wants, and only the bounds that were asked for', () => {
    const schema = structuralSchema(z.object({ any: z.int(), some: z.int().min(1).max(9) }));
    expect(schema.properties).toEqual({
      any: { type: 'integer', format: 'int64' },
      some: { type: 'integer', format: 'int64', minimum: 1, maximum: 9 },
    });
  });

  it('does not require what has a default', () => {
    const schema = structuralSchema(z.object({ given: z.string(), filled: z.string().default('x') }));
    expect(schema.required).toEqual(['given']);
  });

  it('writes the default of an object with all that is in it, because rules see it as written', () => {
    const inner = z.object({ a: z.string().default('x'), b: z.boolean().optional() }).prefault({});
    const schema = structuralSchema(z.object({ outer: z.object({ inner }).prefault({}) }));
    expect(schema.properties?.outer?.default).toEqual({ inner: { a: 'x' } });
  });

  it('keeps unknown fields of an object that is somebody else’s', () => {
    expect(structuralSchema(z.looseObject({}))).toEqual({
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
    });
  });

  it('keeps rules, and the keys by which items of a list are merged', () => {
    const rule = { rule: 'self.a != self.b', message: 'a and b must differ' };
    const schema = structuralSchema(mapList(withRules(z.object({ a: z.string() }), rule), 'a', 4));
    expect(schema).toMatchObject({
      maxItems: 4,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['a'],
      items: { 'x-kubernetes-validations': [rule] },
    });
  });

  it.each([
    ['a union', z.union([z.string(), z.int()]), 'spec.field: "anyOf" cannot be said in a structural schema'],
    ['an object that refuses other fields', z.strictObject({ a: z.string() }), 'spec.field'],
    ['a value of any type', z.unknown(), 'spec.field has no type'],
    ['a pattern with look-around', z.string().regex(/^(?!no)/), 'RE2'],
  ])('refuses %s, naming the field', (_what, field, message) => {
    expect(() => structuralSchema(z.object({ field }))).toThrow(message);
  });
});
