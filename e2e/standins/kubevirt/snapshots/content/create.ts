import { isAlreadyExists } from '../../../kube/error.ts';
import { apiVersion, resourcePath, VirtualMachineSnapshotContents } from '../../../kube/kinds.ts';
import { claimNameOf } from '../../claim-name.ts';
import type { Volume } from '../../types.ts';
import type { SnapshotContext } from '../context.ts';
import { contentName } from '../snapshot/facts.ts';
import { capturedMachine, withoutManagers } from '../source/captured-machine.ts';
import type { SnapshotSource } from '../source/source.ts';
import type { VirtualMachineSnapshot, VirtualMachineSnapshotContent, VolumeBackup } from '../types.ts';
import { snapshotClassOf } from './snapshot-class.ts';

export const CONTENT_PROTECTION = 'snapshot.kubevirt.io/vmsnapshotcontent-protection';

/** Makes a snapshot's content: the VM as it is, and which claims are to be snapshotted under which names. */
export async function createContent(
  context: SnapshotContext,
  snapshot: VirtualMachineSnapshot,
  source: SnapshotSource,
): Promise<void> {
  const { client, caches, events } = context;
  const content = contentFor(context, snapshot, source);
  const path = resourcePath(VirtualMachineSnapshotContents, snapshot.metadata.namespace);
  try {
    caches.vmSnapshotContents.observe(await client.create<VirtualMachineSnapshotContent>(path, content));
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const message = `Successfully created VirtualMachineSnapshotContent ${content.metadata.name}`;
  events.recordEvent(snapshot, 'Normal', 'SuccessfulVirtualMachineSnapshotContentCreate', message);
}

function contentFor(context: SnapshotContext, snapshot: VirtualMachineSnapshot, source: SnapshotSource) {
  const { namespace, name } = snapshot.metadata;
  const volumes = source.vm.spec.template.spec.volumes ?? [];
  const volumeBackups = volumes.flatMap((volume) => backupOf(context, snapshot, volume) ?? []);
  return {
    apiVersion: apiVersion(VirtualMachineSnapshotContents),
    kind: VirtualMachineSnapshotContents.kind,
    metadata: { name: contentName(snapshot), namespace, finalizers: [CONTENT_PROTECTION] },
    spec: {
      virtualMachineSnapshotName: name,
      source: { virtualMachine: capturedMachine(context.world, source) },
      volumeBackups,
    },
  };
}

/** `undefined` for a volume that has no claim, or one that cannot be snapshotted: it is left out. */
function backupOf(
  { caches }: SnapshotContext,
  { metadata }: VirtualMachineSnapshot,
  volume: Volume,
): VolumeBackup | undefined {
  const claim = caches.claims.get(metadata.namespace, claimNameOf(volume) ?? '');
  if (claim?.status?.phase !== 'Bound') return undefined;
  if (snapshotClassOf(caches, claim.spec.storageClassName) === undefined) return undefined;
  return {
    volumeName: volume.name,
    volumeSnapshotName: `vmsnapshot-${metadata.uid}-volume-${volume.name}`,
    persistentVolumeClaim: { metadata: withoutManagers(claim), spec: claim.spec },
  };
}
