/** From a structural schema and the fields wanted of it to a TypeScript type. */
import type CodeBlockWriter from 'code-block-writer';
import type { Selection } from './selection.ts';
import type { Schema } from './structural-schema.ts';

/** Writes `{ … }` with the selected fields; required and optional as in the schema, `status` always optional. */
export function writeFields(
  writer: CodeBlockWriter,
  schema: Schema,
  selection: Selection,
  path: string,
): void {
  for (const [name, inner] of selection) {
    const field = schema.properties?.[name];
    if (!field) throw new Error(`${path}.${name} is not in the schema`);
    const optional = name === 'status' || !schema.required?.includes(name);
    writer.write(`${name}${optional ? '?' : ''}: `);
    writeType(writer, field, inner, `${path}.${name}`);
    writer.write(';').newLine();
  }
}

function writeType(writer: CodeBlockWriter, schema: Schema, selection: Selection, path: string): void {
  if (selection.size === 0) {
    writer.write(wholeType(schema, path));
  } else if (schema.items) {
    writer.write('Array<');
    writeType(writer, schema.items, selection, `${path}[]`);
    writer.write('>');
  } else {
    writer.inlineBlock(() => writeFields(writer, schema, selection, path));
  }
}

/** The type of a field that is taken whole: what is inside an object is none of our business. */
function wholeType(schema: Schema, path: string): string {
  if (schema['x-kubernetes-int-or-string']) return 'number | string';
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.items) return `Array<${wholeType(schema.items, `${path}[]`)}>`;
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'string' || schema.type === 'boolean') return schema.type;
  if (typeof schema.additionalProperties === 'object') {
    return `Record<string, ${wholeType(schema.additionalProperties, `${path}{}`)}>`;
  }
  // The API server gives embedded metadata no schema of its own.
  if (path.endsWith('.metadata')) return 'Partial<ObjectMeta>';
  return 'Record<string, unknown>';
}
