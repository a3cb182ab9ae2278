import { isNotFound } from './errors.ts';
import { groupPath, type Kind } from './objects.ts';
import type { Requester } from './requester.ts';

/**
 * Whether the server serves a kind. It is said to be missing only by the server's own lists: a 404 alone may
 * come from something on the way, and whoever believed it would take every object for deleted.
 */
export async function isServed(requester: Requester, kind: Kind): Promise<boolean> {
  try {
    const { resources } = (await read(requester, kind, groupPath(kind))) as {
      resources?: { name: string }[];
    };
    return resources?.some(({ name }) => name === kind.plural) ?? false;
  } catch (error) {
    // A group that has just come is listed a moment before it can be read.
    if (isNotFound(error)) return isListed(requester, kind);
    throw error;
  }
}

interface GroupList {
  readonly groups?: readonly {
    readonly name: string;
    readonly versions: readonly { readonly version: string }[];
  }[];
}

async function isListed(requester: Requester, kind: Kind): Promise<boolean> {
  const { groups = [] } = (await read(requester, kind, '/apis')) as GroupList;
  return groups.some(
    ({ name, versions }) => name === kind.group && versions.some(({ version }) => version === kind.version),
  );
}

function read(requester: Requester, kind: Kind, path: string): Promise<unknown> {
  return requester.call({ verb: 'get', kind, method: 'GET', path, retry: 'always' });
}
