import type { KubeClient } from '../../kube/client.ts';
import { CustomResourceDefinitions, resourcePath } from '../../kube/kinds.ts';
import type { Cause } from './cause.ts';

/** An OpenAPI schema, as far as it tells types. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

interface Definition {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] };
}

/** The schema of a kind's spec, by which virt-api checks types before the API server does. */
export async function specSchemaOf(client: KubeClient, resource: string): Promise<Schema> {
  const path = resourcePath(CustomResourceDefinitions, undefined, resource);
  const { spec } = await client.get<Definition>(path);
  return spec.versions[0]?.schema.openAPIV3Schema.properties?.spec ?? {};
}

/** What is of another type than its schema says, in the words of virt-api. */
export function wrongTypes(schema: Schema, value: unknown, path: string): Cause[] {
  if (value === undefined || value === null) return [];
  const wanted = typesOf(schema, path);
  if (wanted.length > 0 && !isOneOf(wanted, value))
    return [{ message: `${path} in body must be of type ${wanted.join(',')}: "${typeName(value)}"` }];
  return parts(schema, value).flatMap(([name, each, part]) => wrongTypes(each, part, `${path}.${name}`));
}

function typesOf(schema: Schema, path: string): readonly string[] {
  if (!schema['x-kubernetes-int-or-string']) return schema.type === undefined ? [] : [schema.type];
  return path.endsWith('.port') ? ['string', 'number'] : ['string', 'integer', 'number'];
}

function isOneOf(types: readonly string[], value: unknown): boolean {
  const isWhole = Number.isInteger(value) && types.includes('integer');
  return isWhole || types.includes(typeName(value));
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function parts(schema: Schema, value: unknown): readonly (readonly [string, Schema, unknown])[] {
  if (Array.isArray(value))
    return value.map((item, index) => [String(index), schema.items ?? {}, item] as const);
  if (typeof value !== 'object' || value === null) return [];
  const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  return Object.entries(value).map(
    ([name, part]) => [name, schema.properties?.[name] ?? others, part] as const,
  );
}
