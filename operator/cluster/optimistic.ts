import type { ClusterClient } from './client.ts';
import { isConflict, isNotFound } from './errors.ts';
import type { Kind, KubeObject } from './objects.ts';

/**
 * Makes a write that holds for one version of an object, and again for the version that is there when
 * somebody else was faster. Undefined when the object is gone, or another bears its name by now.
 */
export async function writeFromLatest<T extends KubeObject>(
  client: Pick<ClusterClient, 'get'>,
  kind: Kind<T>,
  object: T,
  write: (current: T) => Promise<T>,
): Promise<T | undefined> {
  let current: T | undefined = object;
  for (let attempt = 1; current; attempt++) {
    try {
      return await write(current);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isConflict(error) || attempt >= attempts) throw error;
      current = await readSame(client, kind, object);
    }
  }
  return undefined;
}

const attempts = 5;

async function readSame<T extends KubeObject>(
  client: Pick<ClusterClient, 'get'>,
  kind: Kind<T>,
  object: T,
): Promise<T | undefined> {
  const found = await client.get(kind, object.metadata);
  return found?.metadata.uid === object.metadata.uid ? found : undefined;
}
