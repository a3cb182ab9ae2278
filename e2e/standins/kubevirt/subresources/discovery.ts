import { json } from './answers.ts';

const GROUP = 'subresources.kubevirt.io';

/** What the API server asks to learn that the group is there, and clients to learn what it holds. */
export function discovery(path: string, subresources: Record<string, readonly string[]>) {
  if (path === '/apis') return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: [group] });
  if (path === `/apis/${GROUP}`) return json({ kind: 'APIGroup', apiVersion: 'v1', ...group });
  if (path !== `/apis/${GROUP}/v1`) return undefined;
  const resources = Object.entries(subresources).flatMap(([resource, names]) =>
    names.map((name) => ({
      name: `${resource}/${name}`,
      singularName: '',
      namespaced: true,
      kind: '',
      verbs: [],
    })),
  );
  return json({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${GROUP}/v1`, resources });
}

const version = { groupVersion: `${GROUP}/v1`, version: 'v1' };
const group = { name: GROUP, versions: [version], preferredVersion: version };
