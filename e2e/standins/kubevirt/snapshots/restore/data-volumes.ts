import { Claims, DataVolumes, resourcePath } from '../../../kube/kinds.ts';
import { annotation } from '../../../kube/objects.ts';
import type { Claim, DataVolume, DataVolumeTemplate, VirtualMachine } from '../../types.ts';
import { isReadyForLauncher } from '../../volumes.ts';
import type { SnapshotContext } from '../context.ts';
import type { CapturedMachine, VirtualMachineRestore, VolumeRestore } from '../types.ts';
import { POPULATED_FOR, RESTORE_NAME } from './names.ts';

/** The plan with the DataVolumes of templates named; their claims are told whose they will be. */
export async function nameDataVolumes(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  { spec }: CapturedMachine,
): Promise<VolumeRestore[]> {
  const made = new Set((spec.dataVolumeTemplates ?? []).map(({ metadata }) => metadata.name));
  const restores: VolumeRestore[] = [];
  for (const volume of restore.status?.restores ?? []) {
    const source = spec.template.spec.volumes?.find(({ name }) => name === volume.volumeName);
    const fromTemplate = made.has(source?.dataVolume?.name ?? '');
    if (fromTemplate) await dedicate(context, restore, volume.persistentVolumeClaim);
    restores.push(fromTemplate ? { ...volume, dataVolumeName: volume.persistentVolumeClaim } : volume);
  }
  return restores;
}

/** Says of a claim that it is filled for the DataVolume of its name, which will own it. */
async function dedicate({ client, caches }: SnapshotContext, restore: VirtualMachineRestore, name: string) {
  const { namespace } = restore.metadata;
  const claim = caches.claims.get(namespace, name);
  if (claim === undefined) throw new Error(`pvc ${namespace}/${name} does not exist and should`);
  if (annotation(claim, POPULATED_FOR) === name) return;
  const patch = { metadata: { annotations: { [POPULATED_FOR]: name }, ownerReferences: null } };
  caches.claims.observe(await client.mergePatch<Claim>(resourcePath(Claims, namespace, name), patch));
}

/** Makes the DataVolumes of a restored VM's templates; answers whether there is one to wait for. */
export async function restoreDataVolumes(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  { spec }: VirtualMachine,
): Promise<boolean> {
  let waits = false;
  for (const template of spec.dataVolumeTemplates ?? []) {
    const found = context.caches.dataVolumes.get(restore.metadata.namespace, template.metadata.name);
    const unfinished =
      found === undefined ? await create(context, restore, template) : !isReadyForLauncher(found);
    waits ||= unfinished;
  }
  return waits;
}

async function create(
  { client, caches, events }: SnapshotContext,
  restore: VirtualMachineRestore,
  { metadata, spec }: DataVolumeTemplate,
): Promise<boolean> {
  const { namespace } = restore.metadata;
  const claim = caches.claims.get(namespace, metadata.name);
  if (claim === undefined)
    throw new Error(`when creating restore dv pvc ${namespace}/${metadata.name} does not exist and should`);
  if (annotation(claim, POPULATED_FOR) !== metadata.name || claim.metadata.ownerReferences?.length)
    return false;
  const annotations = {
    ...metadata.annotations,
    'cdi.kubevirt.io/allowClaimAdoption': 'true',
    'cdi.kubevirt.io/storage.prePopulated': 'true',
    [RESTORE_NAME]: restore.metadata.name,
  };
  const dataVolume = {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'DataVolume',
    metadata: { ...metadata, annotations },
    spec,
  };
  try {
    caches.dataVolumes.observe(
      await client.create<DataVolume>(resourcePath(DataVolumes, namespace), dataVolume),
    );
  } catch (error) {
    const message = `Error creating restore DataVolume ${metadata.name}: ${(error as Error).message}`;
    events.recordEvent(restore, 'Warning', 'RestoreDataVolumeCreateError', message);
    throw new Error(`Failed to create restore DataVolume: ${(error as Error).message}`);
  }
  return true;
}
