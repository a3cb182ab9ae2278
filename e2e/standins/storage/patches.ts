import type { JsonPatchOperation } from '../kube/client.ts';
import type { KubeObject } from '../kube/objects.ts';

/** Adds a finalizer behind those that are there. */
export function addFinalizers(object: KubeObject, finalizers: readonly string[]): JsonPatchOperation[] {
  if (!object.metadata.finalizers?.length) {
    return [{ op: 'add', path: '/metadata/finalizers', value: finalizers }];
  }
  return finalizers.map((value) => ({ op: 'add', path: '/metadata/finalizers/-', value }));
}

/** The finalizers of an object without some, for a merge patch that fails if somebody else was faster. */
export function withoutFinalizers(object: KubeObject, finalizers: readonly string[]): object {
  const left = object.metadata.finalizers?.filter((finalizer) => !finalizers.includes(finalizer));
  return { metadata: { finalizers: left, resourceVersion: object.metadata.resourceVersion } };
}

export function annotate(name: string, value: string | null): object {
  return { metadata: { annotations: { [name]: value } } };
}
