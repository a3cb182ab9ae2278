import type { Faults } from './faults.ts';
import type { Pace } from './pace.ts';

/** What every stand-in is given by the program that runs them all. */
export interface StandInContext {
  /** Path of a cluster-admin kubeconfig: for making identities, not for the stand-ins' own work. */
  readonly adminKubeconfig: string;
  /** Where volumes, snapshots and certificates lie. */
  readonly directory: string;
  readonly pace: Pace;
  readonly faults: Faults;
  readonly podReadiness: PodReadiness;
  readonly disks: DiskLocator;
  /** Whether a guest installs itself on a disk on which nothing is; else there is nothing to boot. */
  readonly blankDisksBoot: boolean;
  readonly signal: AbortSignal;
}

/** The part of the kubelet that belongs to what runs in a pod. All may be called before the pod exists. */
export interface PodReadiness {
  /** Keeps a pod that runs from becoming (or staying) Ready. */
  hold(namespace: string, name: string): void;
  release(namespace: string, name: string): void;
  /** Says that the pod itself ends: without a call the kubelet ends it soon after its deletion. */
  holdTermination(namespace: string, name: string): void;
  /** The pod's processes ended: it becomes Succeeded or Failed, and goes if it is being deleted. */
  exit(namespace: string, name: string, exitCode: number, message?: string): void;
}

/** Finds the bytes of a volume. */
export interface DiskLocator {
  /** The raw `disk.img` of a CSI volume handle. */
  path(volumeHandle: string): string;
}
