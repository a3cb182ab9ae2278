import type { ComponentIdentity, PolicyRule } from '../kube/identity.ts';

const read = ['get', 'list', 'watch'];
const write = [...read, 'create', 'update', 'patch', 'delete'];

const events: PolicyRule = { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] };
const snapshotKinds: PolicyRule = {
  apiGroups: ['snapshot.storage.k8s.io', 'groupsnapshot.storage.k8s.io'],
  resources: ['*'],
  verbs: write,
};
const storageKinds: PolicyRule = { apiGroups: ['storage.k8s.io'], resources: ['*'], verbs: read };

export const provisionerIdentity: ComponentIdentity = {
  namespace: 'csi',
  name: 'csi-provisioner',
  rules: [
    { apiGroups: [''], resources: ['persistentvolumes'], verbs: write },
    { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...read, 'update', 'patch'] },
    snapshotKinds,
    storageKinds,
    events,
  ],
};

export const snapshotControllerIdentity: ComponentIdentity = {
  namespace: 'csi',
  name: 'snapshot-controller',
  rules: [
    { apiGroups: [''], resources: ['persistentvolumes'], verbs: read },
    { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...read, 'update', 'patch'] },
    // Members of a group are owned by it.
    { apiGroups: ['groupsnapshot.storage.k8s.io'], resources: ['*/finalizers'], verbs: ['update'] },
    snapshotKinds,
    storageKinds,
    events,
  ],
};

export const resizerIdentity: ComponentIdentity = {
  namespace: 'csi',
  name: 'csi-resizer',
  rules: [
    { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...read, 'update', 'patch'] },
    {
      apiGroups: [''],
      resources: ['persistentvolumeclaims', 'persistentvolumeclaims/status'],
      verbs: ['patch'],
    },
    events,
  ],
};

export const snapshotterIdentity: ComponentIdentity = {
  namespace: 'csi',
  name: 'csi-snapshotter',
  rules: [snapshotKinds, events],
};
