import type { DeleteOptions, Selection } from './client.ts';
import { isConflict, isNotFound } from './errors.ts';
import { selectors } from './lists.ts';
import { collectionPath, type Kind, type ObjectKey, objectPath } from './objects.ts';
import type { Requester } from './requester.ts';

/** Deletes one object; `absent` when it was not there, or another bears its name by now. */
export async function deleteOne(
  requester: Requester,
  kind: Kind,
  key: ObjectKey,
  options: DeleteOptions,
): Promise<'deleted' | 'absent'> {
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy: options.propagation ?? 'Background',
    gracePeriodSeconds: options.gracePeriodSeconds,
    preconditions: options.uid ? { uid: options.uid } : undefined,
  };
  const path = objectPath(kind, key);
  try {
    await requester.call({ verb: 'delete', kind, method: 'DELETE', path, body, retry: 'always' });
    return 'deleted';
  } catch (error) {
    if (isNotFound(error) || (options.uid && isOtherUid(error))) return 'absent';
    throw error;
  }
}

/** Deletes all objects selected. */
export async function deleteSelected(requester: Requester, kind: Kind, selection: Selection): Promise<void> {
  const path = collectionPath(kind, selection.namespace);
  const query = { ...selectors(selection), propagationPolicy: 'Background' };
  const verb = 'deletecollection';
  await requester.call({ verb, kind, method: 'DELETE', path, query, retry: 'always' });
}

/** A conflict over the UID means that the object meant has gone; others (a namespace still emptying) do not. */
function isOtherUid(error: unknown): boolean {
  return isConflict(error) && /\bUID\b/.test(error.message);
}
