import type { Cache } from '../../kube/cache.ts';
import type { KubeClient } from '../../kube/client.ts';
import { unlessNotFound } from '../../kube/error.ts';
import { resourcePath } from '../../kube/kinds.ts';
import { hasFinalizer, type KubeObject } from '../../kube/objects.ts';
import { sameJson } from '../patch.ts';

type WithStatus = KubeObject & { status?: object };

/** Writes a status if it says something new, unless somebody else wrote in between. */
export async function writeStatus<T extends WithStatus>(
  client: KubeClient,
  cache: Cache<T>,
  object: T,
  status: NonNullable<T['status']>,
): Promise<T> {
  if (sameJson(status, object.status)) return object;
  const { namespace, name } = object.metadata;
  const path = `${resourcePath(cache.kind, namespace, name)}/status`;
  return cache.observe(await client.replace<T>(path, { ...object, status }));
}

export async function addFinalizer<T extends KubeObject>(
  client: KubeClient,
  cache: Cache<T>,
  object: T,
  finalizer: string,
): Promise<T> {
  if (hasFinalizer(object, finalizer)) return object;
  return setFinalizers(client, cache, object, [...(object.metadata.finalizers ?? []), finalizer]);
}

export async function removeFinalizer<T extends KubeObject>(
  client: KubeClient,
  cache: Cache<T>,
  object: T,
  finalizer: string,
): Promise<T> {
  if (!hasFinalizer(object, finalizer)) return object;
  const others = object.metadata.finalizers!.filter((other) => other !== finalizer);
  return setFinalizers(client, cache, object, others);
}

async function setFinalizers<T extends KubeObject>(
  client: KubeClient,
  cache: Cache<T>,
  object: T,
  finalizers: string[],
): Promise<T> {
  const { namespace, name, resourceVersion } = object.metadata;
  const path = resourcePath(cache.kind, namespace, name);
  const patch = client.mergePatch<T>(path, { metadata: { finalizers, resourceVersion } });
  const written = await unlessNotFound(patch);
  return written === undefined ? object : cache.observe(written);
}
