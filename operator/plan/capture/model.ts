/** What a capture keeps, as plain values: read from the live namespace when captured, from ControllerRevisions ever after. */
import type { Service, VirtualMachine } from '../../cluster/kinds.generated.ts';
import type { Application } from '../../schema/environment.ts';

/** The storage object that holds the cut of a disk. */
export interface DiskCut {
  readonly by: 'VolumeSnapshot' | 'VolumeGroupSnapshot';
  readonly name: string;
}

export interface CapturedDisk {
  /** Name of the claim; a claim that several VMs share is one disk. */
  readonly claim: string;
  /** `State` is the claim that KubeVirt keeps TPM and EFI variables in; no volume of the VM names it. */
  readonly role: 'Disk' | 'State';
  readonly driver: string;
  readonly volumeHandle: string;
  readonly storageClass: string;
  readonly snapshotClass: string;
  readonly volumeMode: 'Block' | 'Filesystem';
  readonly accessModes: readonly string[];
  /** Size of the volume in bytes. */
  readonly bytes: number;
  readonly cut: DiskCut;
}

export interface CapturedMachine {
  readonly name: string;
  readonly applications: readonly string[];
  /** Whether it was running at the instant; a halted VM is cloned halted. */
  readonly ran: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The revision that was running, with the volumes of the instant. */
  readonly spec: VirtualMachine['spec'];
  /** Hardware addresses that the guest had, by interface; the spec need not say them. */
  readonly macAddresses: Readonly<Record<string, string>>;
  readonly disks: readonly CapturedDisk[];
}

export interface CapturedService {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: NonNullable<Service['spec']>;
}

/** A whole Environment at one instant. */
export interface CapturedEnvironment {
  readonly environment: string;
  readonly applications: readonly Application[];
  readonly coLocated: 'Reject' | 'StartTogether';
  readonly machines: readonly CapturedMachine[];
  readonly services: readonly CapturedService[];
}

/** A group snapshot that an attempt asks for: one per driver that can. */
export interface CaptureGroup {
  readonly name: string;
  readonly driver: string;
  readonly groupClass: string;
}

/** How an attempt ended. */
export type Verdict =
  | {
      readonly outcome: 'Accepted';
      readonly achieved: string;
      readonly skewMs: number;
      readonly consistency: 'BestEffort';
    }
  | { readonly outcome: 'GivenUp'; readonly reason: string };

/** One attempt at a capture, as its ControllerRevisions tell. */
export interface Attempt {
  readonly attempt: number;
  /** When the disks were asked for, by the clock of the operator (RFC 3339 with milliseconds). */
  readonly requested: string;
  readonly captured: CapturedEnvironment;
  readonly groups: readonly CaptureGroup[];
  readonly verdict?: Verdict;
  /** Name of the ControllerRevision that holds the table. */
  readonly revision: string;
}

/** Every disk of the capture once, in the order of the VMs. */
export function disksOf(captured: Pick<CapturedEnvironment, 'machines'>): readonly CapturedDisk[] {
  const disks = new Map<string, CapturedDisk>();
  for (const machine of captured.machines)
    for (const disk of machine.disks) if (!disks.has(disk.claim)) disks.set(disk.claim, disk);
  return [...disks.values()];
}
