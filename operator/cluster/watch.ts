import { errorFromStatus } from './answers.ts';
import { NetworkError } from './errors.ts';
import type { KubeObject } from './objects.ts';

/** One line of a watch. A bookmark says how far the watch has come although nothing changed. */
export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: T }
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly initialEventsEnd: boolean };

interface WireEvent {
  readonly type: string;
  readonly object: KubeObject;
}

/**
 * The events in the bytes of a watch. Ends when the bytes do; half a line at the end is dropped, since the
 * server sends it again to whoever resumes. Throws `ApiError` for an ERROR event.
 */
export async function* readEvents<T extends KubeObject>(
  chunks: AsyncIterable<Uint8Array>,
  request: string,
): AsyncGenerator<WatchEvent<T>> {
  for await (const lines of splitLines(chunks)) {
    for (const line of lines) {
      if (line.length > 0) yield readEvent<T>(line, request);
    }
  }
}

/** The whole lines of a stream of bytes, as many at a time as have arrived. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    // Characters of several bytes may lie across chunks, so bytes are joined before they become text.
    const text = Buffer.concat([...rest, chunk.subarray(0, end - 1)]).toString('utf8');
    rest = end < chunk.length ? [chunk.subarray(end)] : [];
    yield text.split('\n');
  }
}

const newline = 0x0a;

function readEvent<T extends KubeObject>(line: string, request: string): WatchEvent<T> {
  const { type, object } = parse(line, request);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: eventTypes[type], object: object as T };
    case 'BOOKMARK':
      return {
        type: 'bookmark',
        resourceVersion: object.metadata.resourceVersion ?? '',
        initialEventsEnd: object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true',
      };
    case 'ERROR':
      throw errorFromStatus(object as object, request);
    default:
      throw new NetworkError(request, `a watch event of unknown type ${type}`);
  }
}

const eventTypes = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

function parse(line: string, request: string): WireEvent {
  try {
    return JSON.parse(line) as WireEvent;
  } catch (error) {
    throw new NetworkError(request, error);
  }
}
