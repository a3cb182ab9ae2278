import { isAlreadyExists } from '../../kube/error.ts';
import { resourcePath, VolumeImportSources } from '../../kube/kinds.ts';
import { ownerReference } from '../../kube/objects.ts';
import type { Claim, ClaimSpec } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import { externalPopulation } from '../names.ts';
import type { DataVolume } from '../objects.ts';
import { createClaim } from './claim.ts';
import type { StepResult } from './clone.ts';
import { isQuotaExceeded } from './status.ts';

/** A blank DataVolume's pass: its claim, and the VolumeImportSource that an importer pod fills it from. */
export async function syncImport(
  cdi: Cdi,
  volume: DataVolume,
  claim: Claim | undefined,
  spec: ClaimSpec,
): Promise<StepResult> {
  if (claim !== undefined) return undefined;
  const name = `volume-import-source-${volume.metadata.uid}`;
  await ensureImportSource(cdi, volume, name);
  const dataSourceRef = { apiGroup: 'cdi.kubevirt.io', kind: 'VolumeImportSource', name };
  return make(cdi, volume, { ...spec, dataSourceRef });
}

/** The pass of a DataVolume that somebody else's populator fills: nothing but its claim. */
export async function syncPopulation(
  cdi: Cdi,
  volume: DataVolume,
  claim: Claim | undefined,
  spec: ClaimSpec,
): Promise<StepResult> {
  return claim === undefined ? make(cdi, volume, spec, { [externalPopulation]: 'true' }) : undefined;
}

async function make(
  cdi: Cdi,
  volume: DataVolume,
  spec: ClaimSpec,
  annotations: Record<string, string> = {},
): Promise<StepResult> {
  try {
    await createClaim(cdi, volume, spec, annotations);
    return undefined;
  } catch (error) {
    if (!isQuotaExceeded(error)) throw error;
    const message = (error as Error).message;
    return { hindrance: { phase: 'Pending', type: 'Warning', reason: 'ErrExceededQuota', message }, error };
  }
}

async function ensureImportSource({ client }: Cdi, volume: DataVolume, name: string): Promise<void> {
  const { namespace } = volume.metadata;
  const source = {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'VolumeImportSource',
    metadata: {
      namespace,
      name,
      ownerReferences: [ownerReference(volume, { controller: true, blockOwnerDeletion: true })],
    },
    spec: { source: { blank: {} }, preallocation: volume.spec.preallocation },
  };
  try {
    await client.create(resourcePath(VolumeImportSources, namespace), source);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
