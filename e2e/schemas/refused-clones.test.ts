import { environmentClones, environmentSnapshots } from '../../operator/cluster/kinds.generated.ts';
import { describeRefused } from './refused.ts';
import { aClone, aSnapshot, type Sample } from './samples.ts';

describeRefused('an EnvironmentSnapshot is refused', environmentSnapshots, aSnapshot, [
  ['without an environment', { environment: undefined }, 'spec.environment: Required value'],
  [
    'with an empty name of one',
    { environment: '' },
    'spec.environment: Invalid value: "": spec.environment in body should be at least 1 chars long',
  ],
]);

describeRefused('an EnvironmentClone is refused', environmentClones, aClone, [
  [
    'for applications and a VM',
    { source: { environment: 'shop', applications: ['web'], virtualMachine: 'web-0' } },
    'spec.source: Invalid value: give applications or virtualMachine, not both',
  ],
  [
    'as of a time and from a snapshot',
    { source: { environment: 'shop', snapshot: 's' }, asOf: '2026-11-21T08:00:00Z' },
    'spec: Invalid value: give asOf or source.snapshot, not both',
  ],
  ['with a limit of age for a clone of now', { maxAge: '1h' }, 'spec: Invalid value: maxAge goes with asOf'],
  [
    'as of what is no time',
    { asOf: 'yesterday' },
    'spec.asOf: Invalid value: "yesterday": spec.asOf in body must be of type date-time: "yesterday"',
  ],
  [
    'with memory',
    { state: 'Hot' },
    'spec.state: Forbidden: state must be Cold: Hot (with memory) is not supported yet',
  ],
  [
    'in a mode that is none',
    { mode: 'Dry' },
    'spec.mode: Unsupported value: "Dry": supported values: "Plan", "Clone"',
  ],
  [
    'on layered disks',
    { disks: { strategy: 'Layered' } },
    'spec.disks.strategy: Forbidden: strategy must be Auto or Snapshot: Layered and Live come with image stores, which are not supported yet',
  ],
  [
    'on live disks',
    { disks: { strategy: 'Live' } },
    'spec.disks.strategy: Forbidden: strategy must be Auto or Snapshot: Layered and Live come with image stores, which are not supported yet',
  ],
  [
    'with hydration',
    { disks: { hydrate: 'Full' } },
    'spec.disks.hydrate: Forbidden: hydrate is not supported yet: it comes with live volumes',
  ],
  [
    'for a service account',
    { serviceAccountName: 'x' },
    'spec.serviceAccountName: Forbidden: serviceAccountName is not supported yet: the rights of the operator and the consent of the source count',
  ],
  [
    'with a job before the start',
    { beforeStart: {} },
    'spec.beforeStart: Forbidden: beforeStart is not supported yet: start the clone and run the job afterwards',
  ],
  [
    'with an instance-id',
    { identity: { instanceID: 'Preserve' } },
    'spec.identity.instanceID: Forbidden: instanceID is not supported yet: with cloudInitNoCloud the instance-id is the firmware uuid: set firmwareUUID',
  ],
  [
    'with a network that leads nowhere',
    { networks: [{ source: 'a' }] },
    'spec.networks[0]: Invalid value: give target, or drop: true',
  ],
  [
    'with a network both mapped and left out',
    { networks: [{ source: 'a', target: 'b', drop: true }] },
    'spec.networks[0]: Invalid value: give target, or drop: true',
  ],
  [
    'with a prefix that begins no name',
    { names: { prefix: '-x' } },
    `spec.names.prefix: Invalid value: "-x": spec.names.prefix in body should match '^([a-z0-9][-a-z0-9]*)?$'`,
  ],
  [
    'with a prefix that leaves no room',
    { names: { prefix: 'x'.repeat(41) } },
    'spec.names.prefix: Too long: may not be more than 40 bytes',
  ],
  [
    'with memory in words',
    { overrides: [{ name: 'a', memory: '4 GB' }] },
    `spec.overrides[0].memory: Invalid value: "4 GB": spec.overrides[0].memory in body should match '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$'`,
  ],
  [
    'starting none at a time',
    { concurrency: 0 },
    'spec.concurrency: Invalid value: 0: spec.concurrency in body should be greater than or equal to 1',
  ],
  [
    'expiring at no time',
    { expiresAfter: 'never' },
    `spec.expiresAfter: Invalid value: "never": spec.expiresAfter in body should match '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'`,
  ],
]);

describeRefused('the name of an EnvironmentClone is refused', environmentClones, withLongName, [
  [
    'when it is too long for a label',
    {},
    '<nil>: Invalid value: the name must have at most 63 characters: it becomes a label',
  ],
]);

function withLongName(spec: object): Sample {
  const clone = aClone(spec);
  return { ...clone, metadata: { ...clone.metadata, name: 'a'.repeat(64) } };
}
