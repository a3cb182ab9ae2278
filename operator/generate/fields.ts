/** From a structural schema to flat rows for people: one per field, one per rule. */
import type { Schema } from './structural-schema.ts';

export interface FieldRow {
  /** `spec.applications[].name` */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly default: string | undefined;
  readonly description: string;
}

export interface RuleRow {
  readonly path: string;
  readonly message: string;
}

/** Every field below a schema, parents before their children. */
export function fieldRows(schema: Schema, path: string): readonly FieldRow[] {
  return Object.entries(contentOf(schema).properties ?? {}).flatMap(([name, field]) => {
    const own = `${path}.${name}`;
    const required = contentOf(schema).required?.includes(name) ?? false;
    return [rowOf(field, own, required), ...fieldRows(field, `${own}${field.items ? '[]' : ''}`)];
  });
}

/** Every rule of a schema and of what is below it. */
export function ruleRows(schema: Schema, path: string): readonly RuleRow[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map(({ message }) => ({ path, message }));
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    ruleRows(field, `${path}.${name}`),
  );
  return [...own, ...below, ...(schema.items ? ruleRows(schema.items, `${path}[]`) : [])];
}

const contentOf = (schema: Schema): Schema => schema.items ?? schema;

function rowOf(field: Schema, path: string, required: boolean): FieldRow {
  // What an object holds by default is said by its own fields.
  const written = field.properties || field.default === undefined ? undefined : JSON.stringify(field.default);
  return { path, type: typeOf(field), required, default: written, description: field.description ?? '' };
}

/** A type in words: `Plan or Clone`, `integer 1 to 64`, `list of string, at most 32`. */
export function typeOf(schema: Schema): string {
  if (schema.enum) return alternatives(schema.enum);
  if (schema.items) return listType(schema.items, schema.maxItems);
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`;
  if (schema['x-kubernetes-preserve-unknown-fields']) return 'any object';
  if (schema.format === 'date-time') return 'time';
  if (schema.type === 'integer') return `integer${range(schema.minimum, schema.maximum)}`;
  return `${schema.type}${atMost(schema.maxLength, 'characters')}`;
}

function listType(items: Schema, maxItems: number | undefined): string {
  return `list of${maxItems === undefined ? '' : ` at most ${maxItems}`}: ${typeOf(items)}`;
}

function alternatives(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

const atMost = (limit: number | undefined, unit: string) =>
  limit === undefined ? '' : `, at most ${limit} ${unit}`;

function range(minimum: number | undefined, maximum: number | undefined): string {
  if (maximum !== undefined) return ` ${minimum ?? 'up'} to ${maximum}`;
  return minimum === undefined ? '' : ` from ${minimum}`;
}
