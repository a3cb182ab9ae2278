/** The kinds that every cluster has: no CRD describes them, their interfaces stand in `cluster/core-types.ts`. */
export interface CoreKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export const coreKinds: readonly CoreKind[] = [
  core('PersistentVolumeClaim', 'persistentvolumeclaims'),
  { ...core('PersistentVolume', 'persistentvolumes'), namespaced: false },
  core('Pod', 'pods'),
  core('Service', 'services'),
  core('Secret', 'secrets'),
  core('ConfigMap', 'configmaps'),
  core('ServiceAccount', 'serviceaccounts'),
  { ...core('Namespace', 'namespaces'), namespaced: false },
  { ...core('StorageClass', 'storageclasses'), group: 'storage.k8s.io', namespaced: false },
  { ...core('ControllerRevision', 'controllerrevisions'), group: 'apps' },
  { ...core('NetworkPolicy', 'networkpolicies'), group: 'networking.k8s.io' },
  { ...core('PodDisruptionBudget', 'poddisruptionbudgets'), group: 'policy' },
  { ...core('Event', 'events'), group: 'events.k8s.io' },
  { ...core('Lease', 'leases'), group: 'coordination.k8s.io' },
  admission('ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
  admission('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'),
];

function core(kind: string, plural: string): CoreKind {
  return { group: '', version: 'v1', kind, plural, namespaced: true };
}

function admission(kind: string, plural: string): CoreKind {
  return { group: 'admissionregistration.k8s.io', version: 'v1', kind, plural, namespaced: false };
}
