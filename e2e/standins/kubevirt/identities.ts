import type { ComponentIdentity, PolicyRule } from '../kube/identity.ts';

export const NAMESPACE = 'kubevirt';

const read = ['get', 'list', 'watch'];
const write = [...read, 'create', 'update', 'patch', 'delete'];

const kubevirtObjects: PolicyRule = {
  apiGroups: ['kubevirt.io'],
  resources: ['virtualmachines', 'virtualmachines/status', 'virtualmachineinstances'],
  verbs: write,
};
/** Their finalizers, too: what they own with blockOwnerDeletion asks for that right. */
const snapshotObjects: PolicyRule = {
  apiGroups: ['snapshot.kubevirt.io', 'clone.kubevirt.io'],
  resources: ['*'],
  verbs: ['*'],
};
const events: PolicyRule = { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] };

/** Makes instances and launcher pods, and keeps what VirtualMachines say of them. */
export const controllerIdentity: ComponentIdentity = {
  namespace: NAMESPACE,
  name: 'kubevirt-controller',
  rules: [
    kubevirtObjects,
    events,
    { apiGroups: [''], resources: ['pods', 'pods/status', 'pods/finalizers'], verbs: write },
    { apiGroups: [''], resources: ['namespaces'], verbs: read },
    { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: write },
    { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: read },
    { apiGroups: ['snapshot.storage.k8s.io'], resources: ['volumesnapshotclasses'], verbs: read },
    { apiGroups: ['snapshot.storage.k8s.io'], resources: ['volumesnapshots'], verbs: write },
    snapshotObjects,
    { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: write },
    {
      apiGroups: ['cdi.kubevirt.io'],
      resources: ['datavolumes', 'datavolumes/source'],
      verbs: [...write, '*'],
    },
    { apiGroups: ['cdi.kubevirt.io'], resources: ['storageprofiles'], verbs: read },
    { apiGroups: ['instancetype.kubevirt.io'], resources: ['*'], verbs: read },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    // Owner references with blockOwnerDeletion need the right to set the owner's finalizers.
    { apiGroups: ['kubevirt.io'], resources: ['*/finalizers'], verbs: ['update'] },
  ],
};

/** Runs domains on the node. */
export const handlerIdentity: ComponentIdentity = {
  namespace: NAMESPACE,
  name: 'kubevirt-handler',
  rules: [
    kubevirtObjects,
    events,
    { apiGroups: [''], resources: ['persistentvolumes', 'persistentvolumeclaims', 'pods'], verbs: read },
  ],
};

/** Admits objects and serves the subresources. */
export const apiIdentity: ComponentIdentity = {
  namespace: NAMESPACE,
  name: 'kubevirt-apiserver',
  rules: [kubevirtObjects, { apiGroups: ['snapshot.kubevirt.io'], resources: ['*'], verbs: read }],
};

/** What the user names of KubeVirt's own components begin with. */
export const USERNAME_PREFIX = `system:serviceaccount:${NAMESPACE}:kubevirt-`;
