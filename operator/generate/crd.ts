/** From the definition of a kind to its CustomResourceDefinition. */
import type { z } from 'zod';
import { apiGroup, apiVersion } from '../schema/index.ts';
import type { KindDefinition, PrinterColumn, Rule } from '../schema/kubernetes.ts';
import { type Schema, structuralSchema } from './structural-schema.ts';

export type AnyDefinition = KindDefinition<z.ZodType, z.ZodType>;

/** A CustomResourceDefinition, as far as the generators read and write it. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: {
      readonly kind: string;
      readonly listKind?: string;
      readonly plural: string;
      readonly singular?: string;
      readonly shortNames?: readonly string[];
      readonly categories?: readonly string[];
    };
    readonly versions: readonly CustomResourceVersion[];
  };
}

export interface CustomResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly subresources?: { readonly status?: object };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly schema: { readonly openAPIV3Schema: Schema };
}

/** The CustomResourceDefinition of one of our kinds; `kubectl get envclone` lists them all. */
export function customResourceDefinition(definition: AnyDefinition): CustomResourceDefinition {
  const { kind, plural, shortNames, scope } = definition;
  const names = {
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames,
    categories: ['envclone'],
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${apiGroup}` },
    spec: { group: apiGroup, scope, names, versions: [versionOf(definition)] },
  };
}

function versionOf(definition: AnyDefinition): CustomResourceVersion {
  return {
    name: apiVersion,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: definition.columns,
    schema: { openAPIV3Schema: objectSchema(definition) },
  };
}

/** The schema of the whole object. */
export function objectSchema({ description, spec, status, rules }: AnyDefinition): Schema {
  return {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: structuralSchema(spec, 'spec'),
      status: structuralSchema(status, 'status'),
    },
    ...validations(rules),
  };
}

function validations(rules: readonly Rule[] = []): Pick<Schema, 'x-kubernetes-validations'> {
  return rules.length > 0 ? { 'x-kubernetes-validations': rules } : {};
}
