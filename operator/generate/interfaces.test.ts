import CodeBlockWriter from 'code-block-writer';
import { describe, expect, it } from 'vitest';
import { writeFields } from './interfaces.ts';
import { parseSelection } from './selection.ts';
import type { Schema } from './structural-schema.ts';

const schema: Schema = {
  type: 'object',
  required: ['spec', 'status'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { 'x-kubernetes-int-or-string': true },
        mode: { type: 'string', enum: ['Block', 'Filesystem'] },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        template: {
          type: 'object',
          properties: { metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
        nics: {
          type: 'array',
          items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
      },
    },
    status: { type: 'object', properties: { times: { type: 'array', items: { type: 'integer' } } } },
  },
};

function written(selection: string): string {
  const writer = new CodeBlockWriter({ indentNumberOfSpaces: 2 });
  writeFields(writer, schema, parseSelection(selection), 'Thing');
  return writer.toString();
}

describe('writeFields', () => {
  it('writes the selected fields with the types of the schema, status always optional', () => {
    expect(written('spec { size mode labels template { metadata } nics { name } } status { times }')).toBe(
      `spec: {
  size: number | string;
  mode?: 'Block' | 'Filesystem';
  labels?: Record<string, string>;
  template?: {
    metadata?: Partial<ObjectMeta>;
  };
  nics?: Array<{
    name: string;
  }>;
};
status?: {
  times?: Array<number>;
};
`,
    );
  });

  it('takes what is inside a whole object for unknown', () => {
    expect(written('spec { nics template }')).toContain('nics?: Array<Record<string, unknown>>;');
    expect(written('spec { nics template }')).toContain('template?: Record<string, unknown>;');
  });

  it('fails on a field that the real schema does not have, naming its path', () => {
    expect(() => written('spec { nics { macAddress } }')).toThrow(
      'Thing.spec.nics[].macAddress is not in the schema',
    );
  });
});
