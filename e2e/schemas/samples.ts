import type { KubeObject } from '../../operator/cluster/index.ts';

/** An object as a person would send it: not yet what the types promise of one that was read. */
export type Sample = KubeObject & { readonly spec: Readonly<Record<string, unknown>> };

/** The least that an Environment says, with `spec` over it. */
export function anEnvironment(spec: object = {}): Sample {
  return sample({ applications: [anApplication()], ...spec });
}

export function anApplication(more: object = {}): object {
  return { name: 'web', virtualMachines: { matchLabels: { app: 'web' } }, ...more };
}

export function aSnapshot(spec: object = {}): Sample {
  return sample({ environment: 'shop', ...spec });
}

export function aClone(spec: object = {}): Sample {
  return sample({ source: { environment: 'shop' }, ...spec });
}

function sample(spec: Readonly<Record<string, unknown>>): Sample {
  return { metadata: { name: 'sample', namespace: 'default' }, spec };
}
