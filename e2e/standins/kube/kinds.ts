/** How a kind is addressed on the API server. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The API path of a kind's collection, or of one object when `name` is given. */
export function resourcePath(kind: ResourceKind, namespace?: string, name?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && namespace ? `/namespaces/${namespace}` : '';
  return `${root}${scope}/${kind.plural}${name === undefined ? '' : `/${name}`}`;
}

export function apiVersion(kind: ResourceKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

const namespaced = (group: string, version: string, plural: string, kind: string): ResourceKind => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});

const clusterWide = (group: string, version: string, plural: string, kind: string): ResourceKind => ({
  ...namespaced(group, version, plural, kind),
  namespaced: false,
});

export const Namespaces = clusterWide('', 'v1', 'namespaces', 'Namespace');
export const Nodes = clusterWide('', 'v1', 'nodes', 'Node');
export const Pods = namespaced('', 'v1', 'pods', 'Pod');
export const Services = namespaced('', 'v1', 'services', 'Service');
export const Secrets = namespaced('', 'v1', 'secrets', 'Secret');
export const ConfigMaps = namespaced('', 'v1', 'configmaps', 'ConfigMap');
export const ServiceAccounts = namespaced('', 'v1', 'serviceaccounts', 'ServiceAccount');
export const Events = namespaced('', 'v1', 'events', 'Event');
export const Claims = namespaced('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim');
export const Volumes = clusterWide('', 'v1', 'persistentvolumes', 'PersistentVolume');

export const ControllerRevisions = namespaced('apps', 'v1', 'controllerrevisions', 'ControllerRevision');

export const StorageClasses = clusterWide('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass');
export const CsiDrivers = clusterWide('storage.k8s.io', 'v1', 'csidrivers', 'CSIDriver');

const snapshotGroup = 'snapshot.storage.k8s.io';
export const VolumeSnapshots = namespaced(snapshotGroup, 'v1', 'volumesnapshots', 'VolumeSnapshot');
export const VolumeSnapshotContents = clusterWide(
  snapshotGroup,
  'v1',
  'volumesnapshotcontents',
  'VolumeSnapshotContent',
);
export const VolumeSnapshotClasses = clusterWide(
  snapshotGroup,
  'v1',
  'volumesnapshotclasses',
  'VolumeSnapshotClass',
);

const groupSnapshotGroup = 'groupsnapshot.storage.k8s.io';
export const VolumeGroupSnapshots = namespaced(
  groupSnapshotGroup,
  'v1',
  'volumegroupsnapshots',
  'VolumeGroupSnapshot',
);
export const VolumeGroupSnapshotContents = clusterWide(
  groupSnapshotGroup,
  'v1',
  'volumegroupsnapshotcontents',
  'VolumeGroupSnapshotContent',
);
export const VolumeGroupSnapshotClasses = clusterWide(
  groupSnapshotGroup,
  'v1',
  'volumegroupsnapshotclasses',
  'VolumeGroupSnapshotClass',
);

const cdiGroup = 'cdi.kubevirt.io';
export const DataVolumes = namespaced(cdiGroup, 'v1beta1', 'datavolumes', 'DataVolume');
export const VolumeCloneSources = namespaced(cdiGroup, 'v1beta1', 'volumeclonesources', 'VolumeCloneSource');
export const VolumeImportSources = namespaced(
  cdiGroup,
  'v1beta1',
  'volumeimportsources',
  'VolumeImportSource',
);
export const CdiConfigs = clusterWide(cdiGroup, 'v1beta1', 'cdiconfigs', 'CDIConfig');
export const StorageProfiles = clusterWide(cdiGroup, 'v1beta1', 'storageprofiles', 'StorageProfile');

export const VirtualMachines = namespaced('kubevirt.io', 'v1', 'virtualmachines', 'VirtualMachine');
export const VirtualMachineInstances = namespaced(
  'kubevirt.io',
  'v1',
  'virtualmachineinstances',
  'VirtualMachineInstance',
);
export const VirtualMachineSnapshots = namespaced(
  'snapshot.kubevirt.io',
  'v1beta1',
  'virtualmachinesnapshots',
  'VirtualMachineSnapshot',
);
export const VirtualMachineSnapshotContents = namespaced(
  'snapshot.kubevirt.io',
  'v1beta1',
  'virtualmachinesnapshotcontents',
  'VirtualMachineSnapshotContent',
);
export const VirtualMachineRestores = namespaced(
  'snapshot.kubevirt.io',
  'v1beta1',
  'virtualmachinerestores',
  'VirtualMachineRestore',
);
export const VirtualMachineClones = namespaced(
  'clone.kubevirt.io',
  'v1beta1',
  'virtualmachineclones',
  'VirtualMachineClone',
);

const instancetypeGroup = 'instancetype.kubevirt.io';
export const VirtualMachineInstancetypes = namespaced(
  instancetypeGroup,
  'v1beta1',
  'virtualmachineinstancetypes',
  'VirtualMachineInstancetype',
);
export const VirtualMachineClusterInstancetypes = clusterWide(
  instancetypeGroup,
  'v1beta1',
  'virtualmachineclusterinstancetypes',
  'VirtualMachineClusterInstancetype',
);
export const VirtualMachinePreferences = namespaced(
  instancetypeGroup,
  'v1beta1',
  'virtualmachinepreferences',
  'VirtualMachinePreference',
);
export const VirtualMachineClusterPreferences = clusterWide(
  instancetypeGroup,
  'v1beta1',
  'virtualmachineclusterpreferences',
  'VirtualMachineClusterPreference',
);

export const CustomResourceDefinitions = clusterWide(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);
export const ApiServices = clusterWide('apiregistration.k8s.io', 'v1', 'apiservices', 'APIService');
export const MutatingWebhooks = clusterWide(
  'admissionregistration.k8s.io',
  'v1',
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
);
export const ValidatingWebhooks = clusterWide(
  'admissionregistration.k8s.io',
  'v1',
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
);

const rbacGroup = 'rbac.authorization.k8s.io';
export const ClusterRoles = clusterWide(rbacGroup, 'v1', 'clusterroles', 'ClusterRole');
export const ClusterRoleBindings = clusterWide(rbacGroup, 'v1', 'clusterrolebindings', 'ClusterRoleBinding');
export const SubjectAccessReviews = clusterWide(
  'authorization.k8s.io',
  'v1',
  'subjectaccessreviews',
  'SubjectAccessReview',
);
