/** What happened to objects of a namespace, in the order in which the API server did it. */
import type { ClusterClient, Kind, KubeObject } from '../../operator/cluster/index.ts';

export interface Moment<T> {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: T;
  /** Place in the history of the whole cluster: the store counts every change once. */
  readonly place: number;
}

export interface History<T extends KubeObject> extends AsyncDisposable {
  /** All moments so far, in order. */
  readonly moments: readonly Moment<T>[];
  /** The first moment of an object at which something holds; throws when there was none. */
  first(name: string, what: string, isSo: (object: T) => boolean): Moment<T>;
}

/** Records every change from now on, until it is disposed of. */
export async function record<T extends KubeObject>(
  client: ClusterClient,
  kind: Kind<T>,
  namespace: string,
): Promise<History<T>> {
  const stopping = new AbortController();
  const moments: Moment<T>[] = [];
  const { resourceVersion } = await client.list(kind, { namespace });
  const recording = follow(client, kind, namespace, resourceVersion, moments, stopping.signal);
  return {
    moments,
    first(name, what, isSo) {
      const found = moments.find(({ object }) => object.metadata.name === name && isSo(object));
      if (!found) throw new Error(`${kind.kind} ${namespace}/${name} was never ${what}`);
      return found;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await recording;
    },
  };
}

async function follow<T extends KubeObject>(
  client: ClusterClient,
  kind: Kind<T>,
  namespace: string,
  resourceVersion: string,
  moments: Moment<T>[],
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of client.watch(kind, { namespace, resourceVersion }, signal)) {
      if (event.type === 'bookmark') continue;
      moments.push({
        type: event.type,
        object: event.object,
        place: Number(event.object.metadata.resourceVersion),
      });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
