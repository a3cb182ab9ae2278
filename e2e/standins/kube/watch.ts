import type { KubeClient } from './client.ts';
import { KubeError } from './error.ts';
import type { KubeObject } from './objects.ts';

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: { readonly code: number; readonly message: string } };

/**
 * The events of a collection (its path with a query, which may be empty) from a resource version on; ends when the
 * server ends it, throws on its errors.
 */
export async function* watchFrom<T>(
  client: KubeClient,
  path: string,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<Exclude<WatchEvent<T>, { type: 'ERROR' }>> {
  const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=600&resourceVersion=${resourceVersion}`;
  const body = await client.watch(`${path}&${query}`, signal);
  for await (const line of lines(body)) {
    const event = JSON.parse(line) as WatchEvent<T>;
    if (event.type === 'ERROR') throw new KubeError(event.object.code, event.object, `watch of ${path}`);
    yield event;
  }
}

async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pending.push(chunk.subarray(start, end));
      yield Buffer.concat(pending).toString('utf8');
      pending = [];
      start = end + 1;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
}
