/** Valid facts of a clone, so that a test states only what matters to it. */
import type {
  PersistentVolumeClaim,
  VirtualMachine,
  VirtualMachineInstance,
} from '../../cluster/kinds.generated.ts';
import type { CapturedEnvironment, CapturedMachine } from '../../plan/capture/model.ts';
import { Environment } from '../../schema/environment.ts';
import { EnvironmentClone, type EnvironmentCloneStatus } from '../../schema/environment-clone.ts';
import type { EnvironmentCloneObject } from '../../schema/index.ts';
import type { CloneFacts } from '../clone-reader.ts';

/** When the clone was created. */
export const began = Date.parse('2026-11-21T12:00:00Z');
const mebibyte = 2 ** 20;

/** So many seconds after the clone was created. */
export function at(seconds: number): number {
  return began + seconds * 1000;
}

function time(seconds: number): string {
  return new Date(at(seconds)).toISOString();
}

export function aClone(status: EnvironmentCloneStatus = {}): EnvironmentCloneObject {
  return {
    metadata: { namespace: 'shop-copy', name: 'copy', uid: 'clone-uid', creationTimestamp: time(0) },
    spec: EnvironmentClone.spec.parse({ source: { namespace: 'shop-prod', environment: 'shop' } }),
    status,
  };
}

interface Tier {
  readonly name: string;
  readonly after?: readonly string[];
  readonly ran?: boolean;
}

/** One application of the same name on each VM; all wait for `tcp 5432`, and have a disk of 64 MiB. */
export function aCapture(...machines: readonly Tier[]): CapturedEnvironment {
  const applications = machines.map(({ name, after = [] }) => ({
    name,
    dependsOn: [...after],
    virtualMachines: { matchLabels: { app: name } },
    readiness: { type: 'TCPSocket', tcpSocket: { port: 5432 } },
  }));
  return {
    environment: 'shop',
    applications: Environment.spec.parse({ applications }).applications,
    coLocated: 'Reject',
    machines: machines.map(({ name, ran = true }) => aCapturedMachine(name, ran)),
    services: [],
  };
}

function aCapturedMachine(name: string, ran: boolean): CapturedMachine {
  return {
    name,
    applications: [name],
    ran,
    labels: {},
    annotations: {},
    spec: { template: {} },
    macAddresses: {},
    disks: [
      {
        claim: `${name}-root`,
        role: 'Disk',
        driver: 'csi.test',
        volumeHandle: name,
        storageClass: 'fast',
        snapshotClass: 'snap',
        volumeMode: 'Block',
        accessModes: ['ReadWriteOnce'],
        bytes: 64 * mebibyte,
        cut: { by: 'VolumeSnapshot', name },
      },
    ],
  };
}

/** How a VM of the clone is made to look: each stage holds those before it. */
export type Stage = 'Bound' | 'Created' | 'Running' | 'Ready';

export interface MadeMachine {
  readonly stage: Stage;
  readonly tier?: number;
  /** Seconds after the clone, of its creation and its readiness. */
  readonly created?: number;
  readonly ready?: number;
  readonly runStrategy?: string;
}

export interface FactsOptions {
  readonly status?: EnvironmentCloneStatus;
  readonly captured?: CapturedEnvironment;
  readonly made?: Readonly<Record<string, MadeMachine>>;
}

export function facts({ status, captured, made = {} }: FactsOptions): CloneFacts {
  const machines = new Map<string, VirtualMachine>();
  const instances = new Map<string, VirtualMachineInstance>();
  const claims = new Map<string, PersistentVolumeClaim>();
  for (const [name, machine] of Object.entries(made)) {
    claims.set(`${name}-root`, aClaim(`${name}-root`));
    if (machine.stage === 'Bound') continue;
    machines.set(name, aMachine(name, machine));
    if (machine.stage !== 'Created') instances.set(name, anInstance(name, machine));
  }
  return { clone: aClone(status), machines, instances, claims, captured };
}

function aClaim(name: string): PersistentVolumeClaim {
  return { metadata: { name }, status: { phase: 'Bound', capacity: { storage: '64Mi' } } };
}

function aMachine(
  name: string,
  { stage, tier = 0, created = 0, runStrategy = 'Always' }: MadeMachine,
): VirtualMachine {
  return {
    metadata: {
      name,
      creationTimestamp: time(created),
      annotations: { 'envclone.io/tier': String(tier) },
    },
    spec: {
      runStrategy,
      template: {
        spec: {
          domain: { devices: {} },
          readinessProbe: { tcpSocket: { port: 5432 } },
          volumes: [{ name: 'root', persistentVolumeClaim: { claimName: `${name}-root` } }],
        },
      },
    },
    status: { ready: stage === 'Ready', printableStatus: 'Starting' },
  };
}

function anInstance(name: string, { stage, ready = 0 }: MadeMachine): VirtualMachineInstance {
  const status = stage === 'Ready' ? 'True' : 'False';
  return {
    metadata: { name },
    spec: { domain: { devices: {} } },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status, lastTransitionTime: time(ready) }],
    },
  };
}
