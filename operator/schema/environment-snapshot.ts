/** EnvironmentSnapshot: an Environment captured at one instant. */
import { z } from 'zod';
import {
  condition,
  dnsLabel,
  immutable,
  type KindDefinition,
  mapList,
  objectName,
  setList,
  time,
  withRules,
} from './kubernetes.ts';

const spec = withRules(
  z.object({
    environment: objectName().describe('The Environment of the same namespace.'),
    applications: setList(dnsLabel(), 1024)
      .default([])
      .describe(
        'The applications to capture, with all that they depend on; all of the Environment when empty.',
      ),
  }),
  ...immutable('environment', 'applications'),
);

/** The instant that a capture stands for, and how sharp it is. */
export const pointInTime = z.object({
  requested: time().describe('When the disks were asked for.'),
  achieved: time().optional().describe('The latest time that the storage gave for one of the disks.'),
  skew: z
    .string()
    .optional()
    .describe('At most this much time lies between the cuts of two disks, by the clock of the operator.'),
  consistency: z
    .enum(['BestEffort', 'GroupCrash', 'Quiesced'])
    .optional()
    .describe('What is promised of the set of disks. `BestEffort`: guests were not frozen.'),
});

const status = z.object({
  observedGeneration: z.int().optional(),
  phase: z.enum(['Pending', 'Capturing', 'Complete', 'Incomplete', 'Failed']).optional(),
  attempt: z.int().optional().describe('The attempt that the names of its objects carry, from 1.'),
  pointInTime: pointInTime.optional(),
  virtualMachines: z.int().optional(),
  disks: z
    .object({
      total: z.int(),
      cut: z.int().describe('Disks whose content says that the cut is made.'),
      ready: z.int().describe('Disks that a claim can be made from.'),
    })
    .optional(),
  revision: z
    .string()
    .optional()
    .describe('The ControllerRevision that the captured table and VMs are found by.'),
  conditions: mapList(condition(), 'type', 16).optional(),
});

export const EnvironmentSnapshot = {
  kind: 'EnvironmentSnapshot',
  plural: 'environmentsnapshots',
  shortNames: ['vmenvsnap'],
  scope: 'Namespaced',
  description:
    'An Environment captured at one instant: dependency table, placements, VM definitions and disks.',
  spec,
  status,
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Environment', type: 'string', jsonPath: '.spec.environment' },
    { name: 'VMs', type: 'integer', jsonPath: '.status.virtualMachines' },
    { name: 'Disks', type: 'integer', jsonPath: '.status.disks.total' },
    { name: 'As-Of', type: 'string', jsonPath: '.status.pointInTime.achieved' },
    { name: 'Skew', type: 'string', jsonPath: '.status.pointInTime.skew' },
    { name: 'Consistency', type: 'string', jsonPath: '.status.pointInTime.consistency', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
} as const satisfies KindDefinition<typeof spec, typeof status>;

export type EnvironmentSnapshotSpec = z.infer<typeof spec>;
export type EnvironmentSnapshotStatus = z.infer<typeof status>;
export type PointInTime = z.infer<typeof pointInTime>;
