/** The largest object that the operator writes for an Environment of 1,000 VMs. */

import type { Kind, KubeObject } from '../../operator/cluster/index.ts';
import {
  controllerRevisions,
  environmentClones,
  environmentSnapshots,
  environments,
} from '../../operator/cluster/kinds.generated.ts';
import { applyObjects } from '../testing/apply-yaml.ts';
import type { Everything } from '../testing/everything.ts';
import { waitFor, waitUntilGone } from '../testing/wait-for.ts';
import { prepareFleet } from './clone.ts';
import type { Fleet } from './fleet.ts';

export interface ObjectFigures {
  readonly largest_object_kib: number;
  readonly largest_object: string;
}

const fleet: Fleet = { namespace: 'bench-thousand', tiers: 5, machinesPerTier: 200, bootSeconds: 1 };

export async function measureObjects(everything: Everything): Promise<ObjectFigures> {
  const { client } = everything;
  await prepareFleet(everything, fleet);
  const key = { namespace: 'bench-thousand-copy', name: 'copy' };
  await applyObjects(client, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: key.namespace } },
    {
      apiVersion: 'envclone.io/v1alpha1',
      kind: 'EnvironmentClone',
      metadata: key,
      spec: { source: { namespace: fleet.namespace, environment: 'fleet' } },
    } as KubeObject,
  ]);
  const started = ({ status }: { status?: { virtualMachines?: { created: number } } }) =>
    (status?.virtualMachines?.created ?? 0) > 0;
  await waitFor(client, environmentClones, key, 'starting', started, { timeoutMs: 300_000 });
  const largest = await largestOf(everything);
  await client.delete(environmentClones, key);
  await waitUntilGone(client, environmentClones, key, { timeoutMs: 600_000 });
  return largest;
}

async function largestOf({ client }: Everything): Promise<ObjectFigures> {
  const kinds: readonly Kind[] = [environments, environmentSnapshots, environmentClones, controllerRevisions];
  let largest: ObjectFigures = { largest_object_kib: 0, largest_object: '' };
  for (const kind of kinds) {
    const { items } = await client.list(kind);
    for (const object of items) {
      // The spec of an Environment is written by a person; the operator adds the status.
      const written = kind === environments ? { status: (object as { status?: object }).status } : object;
      const size = Buffer.byteLength(JSON.stringify(written)) / 1024;
      if (size > largest.largest_object_kib)
        largest = { largest_object_kib: size, largest_object: `${kind.kind} ${object.metadata.name}` };
    }
  }
  return largest;
}
