/** EnvironmentClone: the request for a copy of an Environment, in the namespace that it is built in. */
import { z } from 'zod';
import { pointInTime } from './environment-snapshot.ts';
import {
  anyObject,
  condition,
  dnsLabel,
  duration,
  immutable,
  type KindDefinition,
  mapList,
  notYet,
  objectName,
  quantity,
  setList,
  time,
  withRules,
} from './kubernetes.ts';

const source = withRules(
  z.object({
    namespace: dnsLabel()
      .optional()
      .describe('Where the Environment is; the namespace of the clone when absent.'),
    environment: objectName().describe('The Environment to clone.'),
    applications: setList(dnsLabel(), 1024)
      .default([])
      .describe(
        'The applications wanted. All that they depend on comes along. All of the Environment when empty.',
      ),
    virtualMachine: objectName().optional().describe('Instead of `applications`: those that this VM runs.'),
    snapshot: objectName()
      .optional()
      .describe('The EnvironmentSnapshot to clone from, by name, instead of `asOf`.'),
  }),
  {
    rule: '!(has(self.virtualMachine) && size(self.applications) > 0)',
    message: 'give applications or virtualMachine, not both',
  },
);

const disks = withRules(
  z.object({
    strategy: z
      .enum(['Auto', 'Snapshot', 'Layered', 'Live'])
      .default('Auto')
      .describe(
        'How disks are made. `Auto` and `Snapshot` make them from VolumeSnapshots; the others are not supported yet.',
      ),
    storageClasses: mapList(
      z.object({
        from: objectName().describe('The class of the captured disk.'),
        to: objectName().describe('The class of the clone.'),
      }),
      'from',
      64,
    )
      .default([])
      .describe('Other storage classes for the clone. A class without an entry stays.'),
    allowHostCopy: z
      .boolean()
      .default(true)
      .describe('Whether a disk may be copied byte by byte where the storage cannot clone its snapshot.'),
    hydrate: z.enum(['Full', 'OnDemand']).optional().describe('Not supported yet.'),
  }),
  {
    rule: "self.strategy in ['Auto', 'Snapshot']",
    message:
      'strategy must be Auto or Snapshot: Layered and Live come with image stores, which are not supported yet',
    reason: 'FieldValueForbidden',
    fieldPath: '.strategy',
  },
  ...notYet({ hydrate: 'it comes with live volumes' }),
);

const policy = () => z.enum(['Preserve', 'Regenerate']);

const identity = withRules(
  z.object({
    macAddress: policy()
      .default('Regenerate')
      .describe(
        'Hardware addresses. They are always written into the VM: absent, they would change at every start.',
      ),
    firmwareUUID: policy()
      .default('Preserve')
      .describe(
        'The SMBIOS uuid. cloud-init (NoCloud) takes it for the instance-id: another one runs first-boot actions again.',
      ),
    firmwareSerial: policy().default('Preserve').describe('The SMBIOS serial number.'),
    hostname: policy()
      .default('Preserve')
      .describe("The guest's host name; `Regenerate` lets it follow the VM's new name."),
    instanceID: policy().optional().describe('Not supported yet.'),
    state: policy()
      .default('Preserve')
      .describe('What a persistent TPM and EFI variables hold. `Regenerate` starts with empty ones.'),
  }),
  ...notYet({ instanceID: 'with cloudInitNoCloud the instance-id is the firmware uuid: set firmwareUUID' }),
);

const network = withRules(
  z.object({
    source: z
      .string()
      .min(1)
      .max(317)
      .describe('The Multus network as the VM names it: `name` or `namespace/name`.'),
    target: z.string().min(1).max(317).optional().describe('The network to attach the clone to.'),
    drop: z.boolean().default(false).describe('Leave the interface out of the clone.'),
  }),
  { rule: 'has(self.target) != self.drop', message: 'give target, or drop: true' },
);

const override = z.object({
  name: dnsLabel().describe('A name for this override.'),
  virtualMachines: setList(objectName(), 1024)
    .default([])
    .describe('The source VMs it is for; all when empty.'),
  cpu: z
    .object({
      cores: z.int().min(1).max(1024).optional(),
      sockets: z.int().min(1).max(1024).optional(),
      threads: z.int().min(1).max(16).optional(),
    })
    .optional()
    .describe('Replaces the CPU topology.'),
  memory: quantity().optional().describe('Replaces the guest memory.'),
  patches: z
    .array(z.string().max(8192))
    .max(64)
    .default([])
    .describe(
      'JSON Patch operations on the generated VirtualMachine, each one as a JSON string, applied last.',
    ),
});

const spec = withRules(
  z.object({
    source: source.describe('What to clone.'),
    asOf: time()
      .optional()
      .describe(
        'Clone the newest complete EnvironmentSnapshot that is not after this time. Absent: capture now.',
      ),
    maxAge: duration().optional().describe('With asOf: how much older than it the snapshot may be.'),
    mode: z
      .enum(['Plan', 'Clone'])
      .default('Clone')
      .describe('`Plan` says what would be done and does nothing; it can be changed to `Clone`.'),
    state: z.enum(['Cold', 'Hot']).default('Cold').describe('Only `Cold` is supported yet: the clones boot.'),
    serviceAccountName: z.string().optional().describe('Not supported yet.'),
    disks: disks.prefault({}).describe('How the disks are made.'),
    identity: identity.prefault({}).describe('What of the identity of each VM stays, and what is made anew.'),
    networks: mapList(network, 'source', 64)
      .default([])
      .describe('What becomes of each Multus network. One that is not listed stops the clone.'),
    isolation: z
      .object({
        policy: z
          .enum(['Isolated', 'None'])
          .default('Isolated')
          .describe(
            '`Isolated` puts a NetworkPolicy before the clone: its VMs reach each other and DNS, nothing else. Without effect in the namespace of the source.',
          ),
        ingressFrom: z
          .array(z.object({ namespaceSelector: anyObject().optional(), podSelector: anyObject().optional() }))
          .max(32)
          .default([])
          .describe('NetworkPolicy peers that may reach the clone all the same.'),
      })
      .prefault({})
      .describe('What the clone can reach.'),
    names: z
      .object({
        prefix: z
          .string()
          .max(40)
          .regex(/^([a-z0-9][-a-z0-9]*)?$/)
          .default(''),
        suffix: z
          .string()
          .max(40)
          .regex(/^([-a-z0-9]*[a-z0-9])?$/)
          .default(''),
      })
      .prefault({})
      .describe('Put before and after the names of what is made; unchanged when empty.'),
    overrides: mapList(override, 'name', 64).default([]).describe('Changes to the generated VMs.'),
    beforeStart: anyObject().optional().describe('Not supported yet.'),
    concurrency: z.int().min(1).max(10000).default(64).describe('How many VMs may be starting at once.'),
    onFailure: z
      .enum(['Stop', 'Continue'])
      .default('Stop')
      .describe(
        'When a VM fails: `Stop` makes no more VMs; `Continue` goes on with those that do not depend on it.',
      ),
    expiresAfter: duration().optional().describe('Delete the clone this long after its creation.'),
    paused: z.boolean().default(false).describe('Do nothing more until it is false again.'),
    cancel: z
      .boolean()
      .default(false)
      .describe(
        'Stop, and remove VMs, disks, Services and policy; copied Secrets, ConfigMaps and instance types go with the EnvironmentClone. Not after completion.',
      ),
  }),
  {
    rule: "self.state == 'Cold'",
    message: 'state must be Cold: Hot (with memory) is not supported yet',
    reason: 'FieldValueForbidden',
    fieldPath: '.state',
  },
  {
    rule: '!(has(self.asOf) && has(self.source.snapshot))',
    message: 'give asOf or source.snapshot, not both',
  },
  { rule: '!has(self.maxAge) || has(self.asOf)', message: 'maxAge goes with asOf' },
  ...notYet({
    serviceAccountName: 'the rights of the operator and the consent of the source count',
    beforeStart: 'start the clone and run the job afterwards',
  }),
  ...immutable(
    'source',
    'asOf',
    'maxAge',
    'state',
    'disks',
    'identity',
    'networks',
    'isolation',
    'names',
    'overrides',
    'onFailure',
  ),
  {
    rule: "self.mode == oldSelf.mode || (oldSelf.mode == 'Plan' && self.mode == 'Clone')",
    message: 'mode can only be changed from Plan to Clone',
  },
);

const blocker = z.object({
  reason: z.string().describe('One word for programs.'),
  message: z.string().describe('What is wrong, with which object, and what to do.'),
});

const tier = z.object({
  tier: z.int().describe('0 starts first.'),
  virtualMachines: z.int(),
  created: z.int(),
  up: z.int().describe('VMs that have passed their gates.'),
});

const unfinished = z.object({
  name: z.string().describe('The VM in the clone.'),
  tier: z.int(),
  state: z.enum(['Waiting', 'Disks', 'Starting', 'Gate', 'Failed']),
  message: z.string().max(1024).optional().describe('What it waits for, or why it failed.'),
});

export const clonePhases = [
  'Pending',
  'Planned',
  'Blocked',
  'Capturing',
  'Starting',
  'Completed',
  'Failed',
  'Paused',
  'Cancelled',
  'Deleting',
] as const;

const status = z.object({
  observedGeneration: z.int().optional(),
  phase: z.enum(clonePhases).optional(),
  ready: z.string().optional().describe('VMs that are up, of how many.'),
  snapshot: z
    .object({ namespace: z.string(), name: z.string() })
    .optional()
    .describe('The EnvironmentSnapshot that the clone is made from.'),
  pointInTime: pointInTime.optional(),
  virtualMachines: z
    .object({ total: z.int(), created: z.int(), running: z.int(), up: z.int(), failed: z.int() })
    .optional(),
  disks: z
    .object({
      total: z.int(),
      bound: z.int(),
      bytes: z.int().describe('Bytes of all disks.'),
      boundBytes: z.int().describe('Bytes of the disks that are bound.'),
    })
    .optional(),
  strategies: z
    .array(z.object({ strategy: z.enum(['Snapshot', 'DataVolume']), reason: z.string(), disks: z.int() }))
    .max(16)
    .optional()
    .describe('How many disks are made in which way, and why.'),
  tiers: z.array(tier).max(64).optional().describe('The first tiers.'),
  tierCount: z.int().optional(),
  unfinished: z.array(unfinished).max(50).optional().describe('At most 50 VMs that are failed or not up.'),
  blockers: z.array(blocker).max(50).optional().describe('What must be mended before the clone can go on.'),
  warnings: z.array(blocker).max(50).optional().describe('What to know; the clone goes on.'),
  startedAt: time().optional(),
  completedAt: time().optional(),
  conditions: mapList(condition(), 'type', 16).optional(),
});

export const EnvironmentClone = {
  kind: 'EnvironmentClone',
  plural: 'environmentclones',
  shortNames: ['vmenvclone'],
  scope: 'Namespaced',
  description:
    'A copy of an Environment as it was at one instant, built in the namespace of this object and started in dependency order.',
  spec,
  status,
  rules: [
    {
      rule: 'size(self.metadata.name) <= 63',
      message: 'the name must have at most 63 characters: it becomes a label',
      reason: 'FieldValueInvalid',
    },
  ],
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'VMs', type: 'string', jsonPath: '.status.ready' },
    { name: 'As-Of', type: 'string', jsonPath: '.status.pointInTime.achieved' },
    { name: 'Skew', type: 'string', jsonPath: '.status.pointInTime.skew' },
    { name: 'Source', type: 'string', jsonPath: '.spec.source.environment', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
} as const satisfies KindDefinition<typeof spec, typeof status>;

export type EnvironmentCloneSpec = z.infer<typeof spec>;
export type EnvironmentCloneStatus = z.infer<typeof status>;
export type ClonePhase = (typeof clonePhases)[number];
export type Blocker = z.infer<typeof blocker>;
export type Unfinished = z.infer<typeof unfinished>;
