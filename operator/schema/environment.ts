/** Environment: applications, what each depends on, and which VMs run it. */
import { z } from 'zod';
import {
  anyObject,
  condition,
  dnsLabel,
  duration,
  type KindDefinition,
  labelSelector,
  mapList,
  notYet,
  objectName,
  setList,
  time,
  withRules,
} from './kubernetes.ts';

const port = () => z.int().min(1).max(65535);

/** When a VM counts as up for the applications that depend on it. */
export const readiness = withRules(
  z.object({
    type: z
      .enum(['Running', 'AgentConnected', 'Ready', 'TCPSocket', 'HTTPGet', 'Exec'])
      .default('Ready')
      .describe(
        'The gate: `Running` (the guest is started), `AgentConnected` (its agent answers), `Ready` (the VM says Ready: with a readinessProbe of its own that means the probe passes), or a probe that is put into the clone: `TCPSocket`, `HTTPGet`, `Exec`.',
      ),
    tcpSocket: z
      .object({ port: port() })
      .optional()
      .describe('For TCPSocket: the port that must accept connections.'),
    httpGet: z
      .object({
        port: port(),
        path: z.string().max(1024).default('/'),
        scheme: z.enum(['HTTP', 'HTTPS']).default('HTTP'),
      })
      .optional()
      .describe('For HTTPGet: answers below 400 pass.'),
    exec: z
      .object({ command: z.array(z.string().max(4096)).min(1).max(64) })
      .optional()
      .describe('For Exec: run in the guest by its agent; exit code 0 passes.'),
    timeout: duration()
      .default('10m')
      .describe('How long after its creation a VM may take to pass, before it counts as failed.'),
    cel: z.string().optional().describe('Not supported yet.'),
  }),
  ...notYet({ cel: 'use type TCPSocket, HTTPGet or Exec' }),
  probeFor('TCPSocket', 'tcpSocket'),
  probeFor('HTTPGet', 'httpGet'),
  probeFor('Exec', 'exec'),
);

function probeFor(type: string, field: string) {
  return {
    rule: `(self.type == '${type}') == has(self.${field})`,
    message: `${field} must be given for, and only for, type ${type}`,
  };
}

const application = z.object({
  name: dnsLabel().describe('The name that `dependsOn` and clones refer to.'),
  dependsOn: setList(dnsLabel(), 256)
    .default([])
    .describe('Applications of this Environment that must be up before this one starts.'),
  virtualMachines: withRules(labelSelector(), {
    rule: '(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)',
    message: 'an empty selector would take every VM of the namespace: give matchLabels or matchExpressions',
  }).describe(
    'Which VirtualMachines of the namespace run it, by their own labels. Clones are never selected.',
  ),
  minReady: z
    .int()
    .min(1)
    .max(100000)
    .optional()
    .describe('How many of its VMs must be up before what depends on it starts; all when absent.'),
  readiness: readiness.prefault({}).describe('When one of its VMs counts as up.'),
});

const capture = withRules(
  z.object({
    consistency: z
      .enum(['BestEffort', 'GroupCrash', 'Quiesced'])
      .default('BestEffort')
      .describe('What a capture promises. Only `BestEffort` is supported yet.'),
    timeout: duration()
      .default('10m')
      .describe(
        'How long the storage may take to make the cut, before the attempt is given up and repeated.',
      ),
    schedule: z.string().optional().describe('Not supported yet.'),
    retain: z.int().optional().describe('Not supported yet.'),
    maxSkew: duration().optional().describe('Not supported yet.'),
    freezeTimeout: duration().optional().describe('Not supported yet.'),
    minInterval: duration().optional().describe('Not supported yet.'),
  }),
  {
    rule: "self.consistency == 'BestEffort'",
    message:
      'consistency must be BestEffort: GroupCrash and Quiesced come with freezing, which is not supported yet',
    reason: 'FieldValueForbidden',
    fieldPath: '.consistency',
  },
  ...notYet({
    schedule: 'create an EnvironmentSnapshot, for example from a CronJob',
    retain: 'it comes with schedule; delete EnvironmentSnapshots that are no longer wanted',
    maxSkew: 'a capture reports its skew and never refuses for it',
    freezeTimeout: 'guests are not frozen yet',
    minInterval: 'every clone of now makes a capture of its own',
  }),
);

const spec = withRules(
  z.object({
    applications: mapList(application, 'name', 1024).min(1).describe('The dependency table.'),
    coLocated: z
      .enum(['Reject', 'StartTogether'])
      .default('Reject')
      .describe(
        'What to do where the applications form no cycle but the VMs that they share do: refuse, or start those VMs together.',
      ),
    allowClonesFrom: labelSelector()
      .optional()
      .describe(
        'Namespaces in which clones of this Environment may be made; only its own when absent. `{}` allows all.',
      ),
    allowCaptureFrom: labelSelector()
      .optional()
      .describe(
        'Namespaces whose clones may have this Environment captured anew; only its own when absent. `{}` allows all.',
      ),
    capture: capture.prefault({}).describe('How it is captured.'),
    images: anyObject().optional().describe('Not supported yet.'),
  }),
  ...notYet({ images: 'captures are VolumeSnapshots only' }),
);

const placement = z.object({
  application: z.string(),
  virtualMachines: z.int().describe('How many VMs are selected.'),
  running: z.int().describe('How many of them run.'),
  tier: z.int().optional().describe('The lowest tier that one of its VMs is in; 0 starts first.'),
});

const status = z.object({
  observedGeneration: z.int().optional(),
  virtualMachines: z.int().optional().describe('How many VMs run its applications.'),
  tierCount: z.int().optional().describe('How many tiers a clone starts in.'),
  order: z.string().optional().describe('The first tiers in words, first started first.'),
  placements: mapList(placement, 'application', 1024).optional().describe('Where each application runs now.'),
  lastCapture: z
    .object({ snapshot: objectName(), time: time() })
    .optional()
    .describe('The newest complete EnvironmentSnapshot.'),
  conditions: mapList(condition(), 'type', 16).optional(),
});

export const Environment = {
  kind: 'Environment',
  plural: 'environments',
  shortNames: ['vmenv'],
  scope: 'Namespaced',
  description: 'Applications, what each depends on, and which VirtualMachines of the namespace run it.',
  spec,
  status,
  columns: [
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'VMs', type: 'integer', jsonPath: '.status.virtualMachines' },
    { name: 'Tiers', type: 'integer', jsonPath: '.status.tierCount' },
    { name: 'Order', type: 'string', jsonPath: '.status.order', priority: 1 },
    { name: 'Captured', type: 'date', jsonPath: '.status.lastCapture.time' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
} as const satisfies KindDefinition<typeof spec, typeof status>;

export type EnvironmentSpec = z.infer<typeof spec>;
export type EnvironmentStatus = z.infer<typeof status>;
export type Application = z.infer<typeof application>;
export type Readiness = z.infer<typeof readiness>;
