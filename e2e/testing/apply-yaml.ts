/** What `kubectl apply` does with a file, for the kinds that we know, without a process for each. */
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import {
  apiVersionOf,
  type ClusterClient,
  type Kind,
  type KubeObject,
} from '../../operator/cluster/index.ts';
import * as kinds from '../../operator/cluster/kinds.generated.ts';

const known = new Map(
  Object.values(kinds).map((kind: Kind) => [`${apiVersionOf(kind)} ${kind.kind}`, kind] as const),
);

/** Applies every object in the order given; rejects at the first that is refused, with the API server's words. */
export async function applyObjects(client: ClusterClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) await client.apply(kindOf(object), object, { force: true });
}

/** The same with the objects of a YAML file. */
export async function applyYaml(client: ClusterClient, file: string): Promise<readonly KubeObject[]> {
  const objects = parseObjects(await readFile(file, 'utf8'));
  await applyObjects(client, objects);
  return objects;
}

/** The objects of a YAML text; empty documents are none. */
export function parseObjects(text: string): readonly KubeObject[] {
  return parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

function kindOf({ apiVersion, kind, metadata }: KubeObject): Kind {
  const found = known.get(`${apiVersion} ${kind}`);
  if (!found) throw new Error(`${metadata?.name}: ${apiVersion} ${kind} is not a kind that is used here`);
  return found;
}
