import type { ObjectList, Selection } from './client.ts';
import { isExpired } from './errors.ts';
import { apiVersionOf, collectionPath, type Kind, type KubeObject } from './objects.ts';
import type { ApiRequest, Requester } from './requester.ts';

/** Reads all objects selected, page by page. */
export async function readList<T extends KubeObject>(
  requester: Requester,
  kind: Kind<T>,
  selection: Selection,
): Promise<ObjectList<T>> {
  try {
    return await readPages(requester, kind, selection, '500');
  } catch (error) {
    // Reading many pages took longer than the server remembers: read them in one piece.
    if (isExpired(error)) return readPages(requester, kind, selection, undefined);
    throw error;
  }
}

type Page<T> = { items?: T[]; metadata?: { resourceVersion?: string; continue?: string } };

async function readPages<T extends KubeObject>(
  requester: Requester,
  kind: Kind<T>,
  selection: Selection,
  limit: string | undefined,
): Promise<ObjectList<T>> {
  const items: T[] = [];
  const path = collectionPath(kind, selection.namespace);
  let next: string | undefined;
  for (;;) {
    const query = { ...selectors(selection), limit, continue: next };
    const request: ApiRequest = { verb: 'list', kind, method: 'GET', path, query, retry: 'always' };
    const { items: page = [], metadata = {} } = (await requester.call(request)) as Page<T>;
    for (const item of page) items.push(typed(kind, item));
    if (!metadata.continue) return { items, resourceVersion: metadata.resourceVersion ?? '' };
    next = metadata.continue;
  }
}

/** What of a selection goes into the query; the namespace stands in the path. */
export function selectors({ labelSelector, fieldSelector }: Selection): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

/** The object with its type, which items of a list are served without. */
export function typed<T extends object>(kind: Kind, object: T): T & { apiVersion: string; kind: string } {
  return { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind };
}
