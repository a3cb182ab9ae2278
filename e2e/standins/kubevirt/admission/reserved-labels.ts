/** Labels that KubeVirt itself sets on instances and reads back. */
export const RESERVED_LABELS: readonly string[] = [
  'kubevirt.io/created-by',
  'kubevirt.io/jobName',
  'kubevirt.io/nodeName',
  'kubevirt.io/migrationTargetNodeName',
  'kubevirt.io/schedulable',
  'kubevirt.io/install-strategy',
];
