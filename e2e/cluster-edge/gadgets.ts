import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClusterClient,
  isNotFound,
  type Kind,
  type KubeObject,
  keyOf,
} from '../../operator/cluster/index.ts';

/** A kind of these tests' own, so that they disturb nobody. */
export interface Gadget extends KubeObject {
  spec: { size?: number; colour?: string };
  status?: { phase?: string; count?: number };
}

export interface Namespace extends KubeObject {}

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

export const namespaces: Kind<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
};

export const configMaps: Kind<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

const definitions: Kind = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

/** A kind that no cluster serves until `defineGadgets` was called with the same name. */
export function gadgetKind(plural: string): Kind<Gadget> {
  return { group: 'edge.test.envclone.io', version: 'v1', kind: `Gadget${plural}`, plural, namespaced: true };
}

/** Makes the server serve a kind of gadgets. */
export async function defineGadgets(client: ClusterClient, kind: Kind<Gadget>): Promise<void> {
  const size = { type: 'integer', maximum: 100 };
  const spec = { type: 'object', properties: { size, colour: { type: 'string' } } };
  const status = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const definition = {
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      scope: 'Namespaced',
      names: { kind: kind.kind, plural: kind.plural, singular: kind.kind.toLowerCase() },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec, status } } },
        },
      ],
    },
  };
  await client.apply(definitions, definition);
  while (!(await isListed(client, kind))) await sleep(50);
}

/** The server takes a moment from knowing a definition to serving it. */
async function isListed(client: ClusterClient, kind: Kind<Gadget>): Promise<boolean> {
  return client.list(kind).then(
    () => true,
    (error) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
}

/** Makes the server forget a kind of gadgets. */
export async function undefineGadgets(client: ClusterClient, kind: Kind<Gadget>): Promise<void> {
  await client.delete(definitions, { name: `${kind.plural}.${kind.group}` });
}

/** A namespace of this test's own, which goes when the test ends. */
export async function temporaryNamespace(
  client: ClusterClient,
): Promise<{ readonly name: string } & AsyncDisposable> {
  const made = await client.create(namespaces, {
    metadata: { generateName: 'edge-' } as Namespace['metadata'],
  });
  const { name } = made.metadata;
  return { name, [Symbol.asyncDispose]: async () => void (await client.delete(namespaces, { name })) };
}

export function names(objects: Iterable<KubeObject>): string[] {
  return [...objects].map((object) => keyOf(object).split('/').at(-1)!).toSorted();
}
