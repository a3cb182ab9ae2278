/** From zod to the structural schemas of CustomResourceDefinitions: the part of OpenAPI 3.0 that the API server takes. */
import { z } from 'zod';

/** A structural schema, with the keywords that ours and the foreign CRDs use. */
export interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
}

/** The keywords of `Schema`, in the order in which they are written. */
const keywords: readonly (keyof Schema)[] = [
  'description',
  'type',
  'format',
  'nullable',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'properties',
  'required',
  'items',
  'additionalProperties',
  'x-kubernetes-validations',
];

type Json = Readonly<Record<string, unknown>>;

/** The structural schema of what a person may write. Throws, naming the field, on what cannot be said structurally. */
export function structuralSchema(schema: z.ZodType, path = 'spec'): Schema {
  const json = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', reused: 'inline' });
  return structural(json as Json, path);
}

function structural(json: Json, path: string): Schema {
  const { properties, items, additionalProperties, ...rest } = withoutNoise(json);
  const own: Json = {
    ...rest,
    ...(properties ? { properties: structuralProperties(properties as Json, path) } : {}),
    ...(items ? { items: structural(items as Json, `${path}[]`) } : {}),
    ...contentOf(additionalProperties, path),
  };
  checkStructural(own, path);
  return inOrder({ ...own, ...wholeDefault(own) });
}

function inOrder(own: Json): Schema {
  return Object.fromEntries(
    keywords.filter((word) => own[word] !== undefined).map((word) => [word, own[word]]),
  );
}

/** A default with the defaults of the fields inside it: the API server checks it by the rules as it is written. */
function wholeDefault(own: Json): Json {
  if (own.type !== 'object' || own.default === undefined) return {};
  const inner = Object.entries((own.properties ?? {}) as Readonly<Record<string, Schema>>)
    .filter(([, field]) => field.default !== undefined)
    .map(([name, field]) => [name, field.default]);
  return { default: { ...Object.fromEntries(inner), ...(own.default as Json) } };
}

function structuralProperties(properties: Json, path: string): Json {
  const entries = Object.entries(properties);
  return Object.fromEntries(
    entries.map(([name, field]) => [name, structural(field as Json, `${path}.${name}`)]),
  );
}

/** A record has values of one type. An empty schema there is zod's loose object: anything goes, and is kept. */
function contentOf(values: unknown, path: string): Json {
  if (values === undefined) return {};
  const anything = typeof values === 'object' && Object.keys(values as Json).length === 0;
  if (anything) return { 'x-kubernetes-preserve-unknown-fields': true };
  return { additionalProperties: structural(values as Json, `${path}{}`) };
}

/** Without what zod says of every integer, and with the width that Kubernetes wants to know. */
function withoutNoise(json: Json): Json {
  const { minimum, maximum, properties, ...rest } = json;
  return {
    ...rest,
    ...(json.type === 'integer' ? { format: 'int64' } : {}),
    ...(minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
    ...(properties && Object.keys(properties).length > 0 ? { properties } : {}),
  };
}

function checkStructural(json: Json, path: string): void {
  const foreign = Object.keys(json).find((word) => !(keywords as readonly string[]).includes(word));
  if (foreign) throw new Error(`${path}: "${foreign}" cannot be said in a structural schema`);
  if (!json.type && !json['x-kubernetes-int-or-string']) throw new Error(`${path} has no type`);
  if (/\(\?[=!<]/.test(String(json.pattern ?? ''))) {
    throw new Error(`${path}: the API server matches with RE2, which has no look-around: ${json.pattern}`);
  }
}
