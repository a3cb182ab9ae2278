/** Building blocks that make a zod schema say what Kubernetes needs to know: CEL rules, list types, formats. */
import { z } from 'zod';

/** One `x-kubernetes-validations` entry: `rule` is CEL over `self` (and `oldSelf`). */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly reason?: 'FieldValueForbidden' | 'FieldValueInvalid' | 'FieldValueRequired';
  readonly fieldPath?: string;
}

/** The schema with CEL rules added to those it has. */
export function withRules<S extends z.ZodType>(schema: S, ...rules: readonly Rule[]): S {
  const present = (schema.meta()?.['x-kubernetes-validations'] as readonly Rule[] | undefined) ?? [];
  return schema.meta({ 'x-kubernetes-validations': [...present, ...rules] });
}

/** Refuses fields whose system does not exist yet: accepted silently they would be ignored, which is worse. */
export function notYet(reasons: Readonly<Record<string, string>>): readonly Rule[] {
  return Object.entries(reasons).map(([field, message]) => ({
    rule: `!has(self.${field})`,
    message: `${field} is not supported yet: ${message}`,
    reason: 'FieldValueForbidden' as const,
    fieldPath: `.${field}`,
  }));
}

/** The fields that cannot be set, changed or removed once the object exists. */
export function immutable(...fields: readonly string[]): readonly Rule[] {
  return fields.map((field) => ({
    rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
    message: `${field} cannot be changed after creation: delete the object and create another`,
    reason: 'FieldValueInvalid' as const,
  }));
}

/** A list whose items are told apart by `key`, so that server-side apply merges item by item. */
export function mapList<T extends z.ZodType>(item: T, key: string, maxItems: number): z.ZodArray<T> {
  return z
    .array(item)
    .max(maxItems)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] });
}

/** A list without order or repeats. */
export function setList<T extends z.ZodType>(item: T, maxItems: number): z.ZodArray<T> {
  return z.array(item).max(maxItems).meta({ 'x-kubernetes-list-type': 'set' });
}

/** An object whose content is somebody else's schema. */
export const anyObject = () => z.looseObject({});

/** A name that can also be a label value and a DNS label: lower case, at most 63 characters. */
export const dnsLabel = () =>
  z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** The name of a Kubernetes object: lower case, at most 253 characters. */
export const objectName = () =>
  z
    .string()
    .min(1)
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);

/** A Go duration made of hours, minutes, seconds and milliseconds, such as `10m` or `1h30m`. */
export const duration = () =>
  z
    .string()
    .max(32)
    .regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/);

/** A Kubernetes quantity, such as `4Gi`. */
export const quantity = () =>
  z
    .string()
    .max(32)
    .regex(/^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/);

/** An RFC 3339 time. */
export const time = () => z.string().meta({ format: 'date-time' });

/** A label selector as everywhere in Kubernetes. */
export const labelSelector = () =>
  z.object({
    matchLabels: z
      .record(z.string(), z.string())
      .optional()
      .describe('Labels that must all be present with these values.'),
    matchExpressions: z
      .array(
        z.object({
          key: z.string().describe('The label.'),
          operator: z
            .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
            .describe('How the label is compared with `values`.'),
          values: z.array(z.string()).max(64).optional().describe('For In and NotIn.'),
        }),
      )
      .max(32)
      .optional()
      .describe('Conditions that must all hold.'),
  });

/** `metav1.Condition`. */
export const condition = () =>
  z.object({
    type: z.string(),
    status: z.enum(['True', 'False', 'Unknown']),
    reason: z.string(),
    message: z.string(),
    lastTransitionTime: time(),
    observedGeneration: z.int().optional(),
  });

export type LabelSelector = z.infer<ReturnType<typeof labelSelector>>;
export type Condition = z.infer<ReturnType<typeof condition>>;

/** How a kind appears in the API: what the CRD generator needs beside the spec and status schemas. */
export interface KindDefinition<Spec extends z.ZodType, Status extends z.ZodType> {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** One sentence for `kubectl explain` and the reference page. */
  readonly description: string;
  readonly spec: Spec;
  readonly status: Status;
  readonly columns: readonly PrinterColumn[];
  /** Rules over the whole object, for what `spec` alone cannot see (its own name). */
  readonly rules?: readonly Rule[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date' | 'boolean';
  readonly jsonPath: string;
  readonly priority?: 0 | 1;
  readonly description?: string;
}
