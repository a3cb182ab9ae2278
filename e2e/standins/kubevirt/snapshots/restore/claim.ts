import { Claims, resourcePath } from '../../../kube/kinds.ts';
import { ownerReference } from '../../../kube/objects.ts';
import { parseQuantity } from '../../../storage/quantity.ts';
import type { Claim, VirtualMachine } from '../../types.ts';
import type { SnapshotContext } from '../context.ts';
import type {
  VirtualMachineRestore,
  VirtualMachineSnapshotContent,
  VolumeBackup,
  VolumeRestore,
} from '../types.ts';
import { LAST_RESTORE, OWNED_BY_MACHINE, RESTORE_NAME, restoreMark } from './names.ts';

/** Makes the claim that a volume is restored to, from its VolumeSnapshot. */
export async function createClaim(
  { client, caches }: SnapshotContext,
  restore: VirtualMachineRestore,
  volume: VolumeRestore,
  { content, target }: { content: VirtualMachineSnapshotContent; target: VirtualMachine | undefined },
): Promise<void> {
  const { namespace } = restore.metadata;
  const backup = content.spec.volumeBackups?.find(({ volumeName }) => volumeName === volume.volumeName);
  if (backup === undefined) throw new Error(`volume backup for volume ${volume.volumeName} not found`);
  const snapshot = caches.volumeSnapshots.get(namespace, volume.volumeSnapshotName);
  if (snapshot === undefined) throw new Error(`missing volumeSnapshot ${volume.volumeSnapshotName}`);
  const source = content.spec.source.virtualMachine;
  const mark = ownership(restore, backup, source, target);
  const { labels, annotations } = marks(restore, backup, source.metadata);
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: volume.persistentVolumeClaim,
      labels,
      annotations: { ...annotations, ...mark.annotations },
      ownerReferences: mark.ownerReferences,
    },
    spec: restoredSpec(backup, volume.volumeSnapshotName, snapshot.status?.restoreSize),
  };
  caches.claims.observe(await client.create<Claim>(resourcePath(Claims, namespace), claim));
}

/** What tells of the binding and filling of the source's claim is not carried over. */
const LEFT_BEHIND = [
  'pv.kubernetes.io',
  'volume.beta.kubernetes.io',
  'cdi.kubevirt.io',
  'volume.kubernetes.io',
  'k8s.io/CloneRequest',
  'k8s.io/CloneOf',
];
const CONTENT_TYPE = 'cdi.kubevirt.io/storage.contentType';

function marks(
  restore: VirtualMachineRestore,
  { volumeName, persistentVolumeClaim: { metadata } }: VolumeBackup,
  source: { name: string; namespace?: string },
) {
  const override = restore.spec.volumeRestoreOverrides?.find((one) => one.volumeName === volumeName);
  const kept = Object.entries(metadata.annotations ?? {}).filter(
    ([name]) => name === CONTENT_TYPE || !LEFT_BEHIND.some((prefix) => name.startsWith(prefix)),
  );
  return {
    labels: {
      ...metadata.labels,
      'restore.kubevirt.io/source-vm-name': source.name,
      'restore.kubevirt.io/source-vm-namespace': source.namespace,
      ...override?.labels,
    },
    annotations: {
      ...Object.fromEntries(kept),
      [RESTORE_NAME]: restore.metadata.name,
      [LAST_RESTORE]: restoreMark(restore),
      ...override?.annotations,
    },
  };
}

/** A claim is the target's; one for a target that is still to be made is only marked, if the source's was owned too. */
function ownership(
  { metadata, spec }: VirtualMachineRestore,
  { persistentVolumeClaim }: VolumeBackup,
  source: { metadata: { uid: string } },
  target: VirtualMachine | undefined,
) {
  if (spec.volumeOwnershipPolicy === 'None') return {};
  if (target !== undefined)
    return { ownerReferences: [ownerReference(target, { controller: true, blockOwnerDeletion: true })] };
  const owners = persistentVolumeClaim.metadata.ownerReferences ?? [];
  if (!owners.some(({ uid }) => uid === source.metadata.uid)) return {};
  return { annotations: { [OWNED_BY_MACHINE]: metadata.name } };
}

/** The source's claim, at least as large as what is restored. */
function restoredSpec({ persistentVolumeClaim: { spec } }: VolumeBackup, name: string, restoreSize?: string) {
  const { accessModes, storageClassName, volumeMode, resources } = spec;
  const from = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name };
  const asked = resources?.requests?.storage;
  const tooSmall =
    restoreSize !== undefined && (asked === undefined || parseQuantity(asked) < parseQuantity(restoreSize));
  const storage = tooSmall ? restoreSize : asked;
  return {
    accessModes,
    storageClassName,
    volumeMode,
    resources: { ...resources, requests: { ...resources?.requests, storage } },
    dataSource: from,
    dataSourceRef: from,
  };
}
