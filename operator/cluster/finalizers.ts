import type { ClusterClient } from './client.ts';
import type { Kind, KubeObject } from './objects.ts';
import { writeFromLatest } from './optimistic.ts';

/**
 * Makes sure that the object carries the finalizer. Returns the object as it is then: unchanged when it is
 * being deleted, since the API takes no new finalizers there; undefined when it is gone.
 */
export function addFinalizer<T extends KubeObject>(
  client: ClusterClient,
  kind: Kind<T>,
  object: T,
  name: string,
): Promise<T | undefined> {
  return writeFromLatest(client, kind, object, async (current) => {
    const { finalizers = [], deletionTimestamp } = current.metadata;
    if (finalizers.includes(name) || deletionTimestamp) return current;
    return writeFinalizers(client, kind, current, [...finalizers, name]);
  });
}

/** Takes the finalizer off, whatever others there are. Returns the object as it is then, undefined when it is gone. */
export function removeFinalizer<T extends KubeObject>(
  client: ClusterClient,
  kind: Kind<T>,
  object: T,
  name: string,
): Promise<T | undefined> {
  return writeFromLatest(client, kind, object, async (current) => {
    const { finalizers = [] } = current.metadata;
    if (!finalizers.includes(name)) return current;
    const others = finalizers.filter((other) => other !== name);
    return writeFinalizers(client, kind, current, others);
  });
}

/** A merge patch replaces the whole list, so it must meet the version that the list was read from. */
function writeFinalizers<T extends KubeObject>(
  client: ClusterClient,
  kind: Kind<T>,
  { metadata }: T,
  finalizers: readonly string[],
): Promise<T> {
  const { resourceVersion } = metadata;
  return client.mergePatch(kind, metadata, { metadata: { resourceVersion, finalizers } });
}
