/** What each controller may do in the cluster: the role of the chart is generated from this list, and holds nothing else. */
import {
  configMaps,
  controllerRevisions,
  dataVolumes,
  environmentClones,
  environmentSnapshots,
  environments,
  events,
  namespaces,
  networkPolicies,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  pods,
  secrets,
  serviceAccounts,
  services,
  storageClasses,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  virtualMachineActions,
  virtualMachineClusterInstancetypes,
  virtualMachineClusterPreferences,
  virtualMachineInstances,
  virtualMachineInstancetypes,
  virtualMachinePreferences,
  virtualMachines,
  volumeGroupSnapshotClasses,
  volumeGroupSnapshotContents,
  volumeGroupSnapshots,
  volumeSnapshotClasses,
  volumeSnapshotContents,
  volumeSnapshots,
} from '../cluster/kinds.generated.ts';
import type { Kind } from '../cluster/objects.ts';

export type AccessVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection';

/** Verbs on kinds, or on one subresource of each. */
export interface AccessRule {
  readonly kinds: readonly Kind[];
  readonly verbs: readonly AccessVerb[];
  readonly subresource?: string;
}

export interface ControllerAccess {
  readonly controller: string;
  readonly rules: readonly AccessRule[];
}

const read: readonly AccessVerb[] = ['get', 'list', 'watch'];

const environment: ControllerAccess = {
  controller: 'environment',
  rules: [
    { kinds: [environments, virtualMachines, virtualMachineInstances], verbs: read },
    { kinds: [environments], subresource: 'status', verbs: ['patch'] },
  ],
};

const environmentSnapshot: ControllerAccess = {
  controller: 'environment-snapshot',
  rules: [
    { kinds: [environmentSnapshots], verbs: [...read, 'patch'] },
    { kinds: [environmentSnapshots], subresource: 'status', verbs: ['patch'] },
    // What blocks the deletion of its owner may only be made by who may update the owner's finalizers.
    { kinds: [environmentSnapshots], subresource: 'finalizers', verbs: ['update'] },
    { kinds: [controllerRevisions], verbs: ['get', 'list', 'create', 'delete'] },
    { kinds: [volumeSnapshots, volumeGroupSnapshots], verbs: [...read, 'create', 'delete'] },
    { kinds: [volumeSnapshotContents, volumeGroupSnapshotContents], verbs: read },
    { kinds: [volumeSnapshotClasses, volumeGroupSnapshotClasses], verbs: read },
    { kinds: [persistentVolumeClaims], verbs: [...read, 'patch'] },
    { kinds: [persistentVolumes], verbs: read },
    { kinds: [services], verbs: ['list', 'watch'] },
  ],
};

const environmentClone: ControllerAccess = {
  controller: 'environment-clone',
  rules: [
    // Deleted when they expire.
    { kinds: [environmentClones], verbs: [...read, 'patch', 'delete'] },
    { kinds: [environmentClones], subresource: 'status', verbs: ['patch'] },
    { kinds: [environmentClones], subresource: 'finalizers', verbs: ['update'] },
    { kinds: [environmentSnapshots], verbs: [...read, 'create', 'patch', 'delete'] },
    // Patched to note on the VM itself that its one start was sent; specs are left alone.
    { kinds: [virtualMachines], verbs: [...read, 'create', 'patch', 'delete'] },
    // Created as a dry run only, which has KubeVirt check the template of a VM before anything is made.
    { kinds: [virtualMachineInstances], verbs: [...read, 'create'] },
    { kinds: [virtualMachineActions], subresource: 'start', verbs: ['update'] },
    {
      kinds: [volumeSnapshotContents, volumeSnapshots],
      verbs: [...read, 'create', 'patch', 'delete', 'deletecollection'],
    },
    { kinds: [persistentVolumeClaims], verbs: [...read, 'create', 'patch', 'delete'] },
    { kinds: [dataVolumes, pods, services, networkPolicies], verbs: [...read, 'create', 'delete'] },
    // CDI asks whether who makes a DataVolume may clone from the namespace of its source.
    { kinds: [dataVolumes], subresource: 'source', verbs: ['create'] },
    // By name only: listing would read every secret of the cluster.
    { kinds: [secrets, configMaps, serviceAccounts], verbs: ['get', 'create'] },
    { kinds: [virtualMachineInstancetypes, virtualMachinePreferences], verbs: ['get', 'create'] },
    { kinds: [virtualMachineClusterInstancetypes, virtualMachineClusterPreferences], verbs: ['get'] },
    { kinds: [podDisruptionBudgets], verbs: ['list', 'watch'] },
    { kinds: [namespaces, storageClasses], verbs: read },
    // Clones across namespaces are refused where nobody checks who asks for them.
    { kinds: [validatingAdmissionPolicies, validatingAdmissionPolicyBindings], verbs: ['get'] },
  ],
};

const everyController: ControllerAccess = {
  controller: 'every',
  rules: [{ kinds: [events], verbs: ['create', 'patch'] }],
};

export const access: readonly ControllerAccess[] = [
  environment,
  environmentSnapshot,
  environmentClone,
  everyController,
];
