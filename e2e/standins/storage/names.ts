/** Annotations, labels and finalizers of the storage systems, as the real ones spell them. */
export const storageProvisioner = 'volume.kubernetes.io/storage-provisioner';
export const betaStorageProvisioner = 'volume.beta.kubernetes.io/storage-provisioner';
export const selectedNode = 'volume.kubernetes.io/selected-node';
export const provisionedBy = 'pv.kubernetes.io/provisioned-by';
export const deletionSecretName = 'volume.kubernetes.io/provisioner-deletion-secret-name';
export const deletionSecretNamespace = 'volume.kubernetes.io/provisioner-deletion-secret-namespace';
export const volumeFinalizer = 'external-provisioner.volume.kubernetes.io/finalizer';
export const snapshotInProvisioning = 'provisioner.storage.kubernetes.io/volumesnapshot-as-source-protection';

export const claimInCloning = 'provisioner.storage.kubernetes.io/cloning-protection';

export const snapshotAsSource = 'snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection';
export const snapshotBound = 'snapshot.storage.kubernetes.io/volumesnapshot-bound-protection';
export const snapshotInGroup = 'snapshot.storage.kubernetes.io/volumesnapshot-in-group-protection';
export const claimAsSource = 'snapshot.storage.kubernetes.io/pvc-as-source-protection';
export const contentBound = 'snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection';
export const snapshotBeingCreated = 'snapshot.storage.kubernetes.io/volumesnapshot-being-created';
export const snapshotBeingDeleted = 'snapshot.storage.kubernetes.io/volumesnapshot-being-deleted';
export const allowModeChange = 'snapshot.storage.kubernetes.io/allow-volume-mode-change';
export const defaultSnapshotClass = 'snapshot.storage.kubernetes.io/is-default-class';

export const groupBound = 'groupsnapshot.storage.kubernetes.io/volumegroupsnapshot-bound-protection';
export const groupContentBound =
  'groupsnapshot.storage.kubernetes.io/volumegroupsnapshotcontent-bound-protection';
export const groupBeingCreated = 'groupsnapshot.storage.kubernetes.io/volumegroupsnapshot-being-created';
export const groupBeingDeleted = 'groupsnapshot.storage.kubernetes.io/volumegroupsnapshot-being-deleted';
export const groupHandle = 'groupsnapshot.storage.k8s.io/volumeGroupSnapshotHandle';
export const defaultGroupClass = 'groupsnapshot.storage.kubernetes.io/is-default-class';

export const nodeTopology = 'topology.hostpath.csi/node';
export const zoneTopology = 'topology.hostpath.csi/zone';
