import type { ComponentIdentity } from '../kube/identity.ts';

const read = ['get', 'list', 'watch'];
const write = [...read, 'create', 'update', 'patch', 'delete'];

/** Runs DataVolumes and populators, and admits them. */
export const cdiIdentity: ComponentIdentity = {
  namespace: 'cdi',
  name: 'cdi-controller',
  rules: [
    { apiGroups: ['cdi.kubevirt.io'], resources: ['*'], verbs: ['*'] },
    { apiGroups: [''], resources: ['persistentvolumeclaims', 'pods'], verbs: write },
    // Prime claims and importer pods are owned by claims.
    { apiGroups: [''], resources: ['persistentvolumeclaims/finalizers'], verbs: ['update'] },
    { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...read, 'update', 'patch'] },
    { apiGroups: [''], resources: ['namespaces'], verbs: read },
    { apiGroups: [''], resources: ['events'], verbs: [...read, 'create', 'update', 'patch'] },
    { apiGroups: ['snapshot.storage.k8s.io'], resources: ['volumesnapshots'], verbs: write },
    { apiGroups: ['snapshot.storage.k8s.io'], resources: ['*'], verbs: read },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ],
};
