import type { Cache } from '../../../kube/cache.ts';
import { isAlreadyExists, KubeError } from '../../../kube/error.ts';
import { type ResourceKind, resourcePath } from '../../../kube/kinds.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import type { SnapshotContext } from '../context.ts';
import type { VirtualMachineClone } from '../types.ts';

interface Made<T> {
  readonly what: 'Snapshot' | 'Restore';
  readonly kind: ResourceKind;
  readonly cache: Cache<T & KubeObject>;
  readonly object: { readonly metadata: { readonly name: string; readonly namespace?: string } };
}

/** Makes what a stage of a clone needs, unless it is there, and tells of it; resolves to why that was refused. */
export async function makeFor<T>(
  { client, events }: SnapshotContext,
  clone: VirtualMachineClone,
  { what, kind, cache, object }: Made<T>,
): Promise<string | undefined> {
  const { name, namespace } = object.metadata;
  const made = `${what.toLowerCase()} ${name} for clone ${clone.metadata.name}`;
  try {
    cache.observe(await client.create<T & KubeObject>(resourcePath(kind, namespace), object));
    events.recordEvent(clone, 'Normal', `${what}Created`, `created ${made}`);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (!isAlreadyExists(error)) return `failed creating ${made}: ${error.message}`;
  }
  return undefined;
}
