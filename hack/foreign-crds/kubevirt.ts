/**
 * What KubeVirt's operator sets on its kinds besides the schema; no marker in the Go types says it, so
 * controller-gen cannot know. From kubevirt v1.9.0, pkg/virt-operator/resource/generate/components/crds.go.
 */
export interface Dressing {
  readonly shortNames: readonly string[];
  /** Served besides the stored version, with the same schema. */
  readonly olderVersions?: readonly string[];
  readonly clusterScoped?: boolean;
  readonly hasStatus?: boolean;
  /** Name, type and JSON path. */
  readonly columns?: readonly (readonly [string, string, string])[];
}

const condition = (type: string) => `.status.conditions[?(@.type=='${type}')].status`;
const age = ['Age', 'date', '.metadata.creationTimestamp'] as const;
const phase = ['Phase', 'string', '.status.phase'] as const;
const ready = ['Ready', 'string', condition('Ready')] as const;
const readyToUse = ['ReadyToUse', 'boolean', '.status.readyToUse'] as const;
const creationTime = ['CreationTime', 'date', '.status.creationTime'] as const;
const error = ['Error', 'string', '.status.error.message'] as const;

/** The kinds that are kept, by file name without its ending. */
export const kubevirtKinds: Readonly<Record<string, Dressing>> = {
  'kubevirt.io_virtualmachines': {
    shortNames: ['vm', 'vms'],
    olderVersions: ['v1alpha3'],
    hasStatus: true,
    columns: [age, ['Status', 'string', '.status.printableStatus'], ready],
  },
  // No status subresource: an update of a VMI writes its status.
  'kubevirt.io_virtualmachineinstances': {
    shortNames: ['vmi', 'vmis'],
    olderVersions: ['v1alpha3'],
    columns: [
      age,
      phase,
      ['IP', 'string', '.status.interfaces[0].ipAddress'],
      ['NodeName', 'string', '.status.nodeName'],
      ready,
    ],
  },
  'kubevirt.io_virtualmachineinstancemigrations': {
    shortNames: ['vmim', 'vmims'],
    olderVersions: ['v1alpha3'],
    hasStatus: true,
    columns: [phase, ['VMI', 'string', '.spec.vmiName']],
  },
  'kubevirt.io_kubevirts': {
    shortNames: ['kv', 'kvs'],
    olderVersions: ['v1alpha3'],
    hasStatus: true,
    columns: [age, phase],
  },
  'snapshot.kubevirt.io_virtualmachinesnapshots': {
    shortNames: ['vmsnapshot', 'vmsnapshots'],
    olderVersions: ['v1alpha1'],
    hasStatus: true,
    columns: [
      ['SourceKind', 'string', '.spec.source.kind'],
      ['SourceName', 'string', '.spec.source.name'],
      phase,
      readyToUse,
      creationTime,
      error,
    ],
  },
  'snapshot.kubevirt.io_virtualmachinesnapshotcontents': {
    shortNames: ['vmsnapshotcontent', 'vmsnapshotcontents'],
    olderVersions: ['v1alpha1'],
    hasStatus: true,
    columns: [readyToUse, creationTime, error],
  },
  'snapshot.kubevirt.io_virtualmachinerestores': {
    shortNames: ['vmrestore', 'vmrestores'],
    olderVersions: ['v1alpha1'],
    hasStatus: true,
    columns: [
      ['TargetKind', 'string', '.spec.target.kind'],
      ['TargetName', 'string', '.spec.target.name'],
      ['Complete', 'boolean', '.status.complete'],
      ['RestoreTime', 'date', '.status.restoreTime'],
    ],
  },
  'clone.kubevirt.io_virtualmachineclones': {
    shortNames: ['vmclone', 'vmclones'],
    olderVersions: ['v1alpha1'],
    hasStatus: true,
    columns: [
      phase,
      ['SourceVirtualMachine', 'string', '.spec.source.name'],
      ['TargetVirtualMachine', 'string', '.spec.target.name'],
    ],
  },
  'instancetype.kubevirt.io_virtualmachineinstancetypes': {
    shortNames: ['vminstancetype', 'vminstancetypes', 'vmf', 'vmfs'],
  },
  'instancetype.kubevirt.io_virtualmachineclusterinstancetypes': {
    shortNames: ['vmclusterinstancetype', 'vmclusterinstancetypes', 'vmcf', 'vmcfs'],
    clusterScoped: true,
  },
  'instancetype.kubevirt.io_virtualmachinepreferences': { shortNames: ['vmpref', 'vmprefs', 'vmp', 'vmps'] },
  'instancetype.kubevirt.io_virtualmachineclusterpreferences': {
    shortNames: ['vmcp', 'vmcps'],
    clusterScoped: true,
  },
};
