import { Claims, resourcePath } from '../../kube/kinds.ts';
import { ownerReference } from '../../kube/objects.ts';
import type { Claim, ClaimSpec } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import {
  commonLabels,
  contentType,
  createdFor,
  extendedToken,
  noFillingUpAlert,
  podRestarts,
  preallocation,
} from '../names.ts';
import type { DataVolume } from '../objects.ts';

/** Makes a DataVolume's claim: owned by it, with its labels and annotations. */
export async function createClaim(
  { client, caches }: Cdi,
  volume: DataVolume,
  spec: ClaimSpec,
  annotations: Record<string, string> = {},
): Promise<Claim> {
  const { namespace, name, labels, uid } = volume.metadata;
  const fileSystem = spec.volumeMode === 'Block' ? {} : noFillingUpAlert;
  // The claim's own extended token comes when its uid is known.
  const { [extendedToken]: _, ...own } = volume.metadata.annotations ?? {};
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      namespace,
      name,
      labels: { ...fileSystem, ...commonLabels, ...labels },
      annotations: {
        ...own,
        [podRestarts]: '0',
        [contentType]: volume.spec.contentType || 'kubevirt',
        [preallocation]: String(volume.spec.preallocation ?? false),
        [createdFor]: uid,
        ...annotations,
      },
      ownerReferences: [ownerReference(volume, { controller: true, blockOwnerDeletion: true })],
    },
    spec,
  };
  return caches.claims.observe(await client.create<Claim>(resourcePath(Claims, namespace), claim));
}
