import { expect, test } from 'vitest';
import { type Schema, wrongTypes } from './types.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    running: { type: 'boolean' },
    memory: { 'x-kubernetes-int-or-string': true },
    disks: { type: 'array', items: { type: 'object', properties: { bootOrder: { type: 'integer' } } } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

function messages(value: unknown): string[] {
  return wrongTypes(schema, value, 'spec').map(({ message }) => message);
}

test('what is of its type is not spoken of, and neither is what no schema knows', () => {
  const disks = [{ bootOrder: 1, unknown: {} }];
  expect(messages({ running: true, memory: '1Gi', disks, labels: { a: 'b' }, other: 1 })).toEqual([]);
  expect(messages({ memory: 64, disks: null })).toEqual([]);
});

test('a wrong type is told of where it is, with those that would do', () => {
  expect(messages({ memory: { a: 1 } })).toEqual([
    'spec.memory in body must be of type string,integer,number: "object"',
  ]);
  expect(messages({ disks: [{}, { bootOrder: 1.5 }] })).toEqual([
    'spec.disks.1.bootOrder in body must be of type integer: "number"',
  ]);
  expect(messages({ running: 'yes', labels: { a: 1 } })).toEqual([
    'spec.running in body must be of type boolean: "string"',
    'spec.labels.a in body must be of type string: "number"',
  ]);
});
