import { apiVersion, resourcePath, VolumeSnapshots } from '../../../kube/kinds.ts';
import { ownerReference } from '../../../kube/objects.ts';
import type { VolumeSnapshot } from '../../../storage/objects.ts';
import type { SnapshotContext } from '../context.ts';
import type { VirtualMachineSnapshotContent, VolumeBackup } from '../types.ts';
import { snapshotClassOf } from './snapshot-class.ts';

/** Makes the VolumeSnapshot of one of a content's claims. */
export async function createVolumeSnapshot(
  { client, caches, events }: SnapshotContext,
  content: VirtualMachineSnapshotContent,
  backup: VolumeBackup,
): Promise<VolumeSnapshot> {
  const { spec } = backup.persistentVolumeClaim;
  const className = snapshotClassOf(caches, spec.storageClassName);
  if (className === undefined)
    throw new Error(`Couldn't find VolumeSnapshotClass for ${spec.storageClassName}`);
  const path = resourcePath(VolumeSnapshots, content.metadata.namespace);
  const created = await client.create<VolumeSnapshot>(path, volumeSnapshot(content, backup, className));
  const message = `Successfully created VolumeSnapshot ${created.metadata.name}`;
  events.recordEvent(content, 'Normal', 'SuccessfulVolumeSnapshotCreate', message);
  return caches.volumeSnapshots.observe(created);
}

function volumeSnapshot(content: VirtualMachineSnapshotContent, backup: VolumeBackup, className: string) {
  const { name, namespace } = content.spec.source.virtualMachine.metadata;
  return {
    apiVersion: apiVersion(VolumeSnapshots),
    kind: VolumeSnapshots.kind,
    metadata: {
      name: backup.volumeSnapshotName,
      labels: {
        'snapshot.kubevirt.io/source-vm-name': name,
        'snapshot.kubevirt.io/source-vm-namespace': namespace,
      },
      ownerReferences: [ownerReference(content, { controller: true, blockOwnerDeletion: true })],
    },
    spec: {
      source: { persistentVolumeClaimName: backup.persistentVolumeClaim.metadata.name },
      volumeSnapshotClassName: className,
    },
  };
}
