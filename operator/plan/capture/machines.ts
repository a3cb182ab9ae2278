/** From the live objects of a namespace to what a capture keeps of each VM. */
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  VirtualMachine,
  VirtualMachineInstance,
  VolumeGroupSnapshotClass,
  VolumeSnapshotClass,
} from '../../cluster/kinds.generated.ts';
import { shortHash, withSuffix } from '../../names.ts';
import type { Application } from '../../schema/environment.ts';
import { parseQuantity } from '../quantities.ts';
import { selects } from '../selectors.ts';
import { definitionOf, isRunning } from './definition.ts';
import type { CapturedDisk, CapturedMachine, CaptureGroup } from './model.ts';

/** A VM of the source as it is now, with all that is needed to capture it. */
export interface LiveMachine {
  readonly machine: VirtualMachine;
  readonly instance?: VirtualMachineInstance;
  /** The spec that the running guest was started with, where it is not the present one. */
  readonly runningSpec?: VirtualMachine['spec'];
  readonly claims: readonly LiveClaim[];
}

export interface LiveClaim {
  readonly name: string;
  readonly role: CapturedDisk['role'];
  /** Absent where the VM names a claim that does not exist. */
  readonly claim?: PersistentVolumeClaim;
  readonly volume?: PersistentVolume;
}

export interface SnapshotClasses {
  readonly snapshot: readonly VolumeSnapshotClass[];
  readonly group: readonly VolumeGroupSnapshotClass[];
}

/** What keeps a disk from being captured; the sentence names the object and what to do. */
export interface CaptureBlocker {
  readonly reason: string;
  readonly message: string;
}

/** Which of the applications each VM runs; VMs that run none are left out. */
export function applicationsOf(
  machine: VirtualMachine,
  applications: readonly Application[],
): readonly string[] {
  return applications
    .filter(({ virtualMachines }) => selects(virtualMachines, machine.metadata.labels))
    .map(({ name }) => name);
}

/** The name by which the attempt's storage objects are found again. */
export interface AttemptNames {
  readonly snapshot: string;
  readonly attempt: number;
}

/** One group per driver that has a group class and more than one disk here. */
export function planGroups(
  live: readonly LiveMachine[],
  classes: SnapshotClasses,
  names: AttemptNames,
): readonly CaptureGroup[] {
  const claims = new Map(live.flatMap((each) => each.claims).map((claim) => [claim.name, claim]));
  const drivers = [...claims.values()]
    .map((claim) => claim.volume?.spec?.csi?.driver)
    .filter((driver) => driver !== undefined);
  return [...new Set(drivers)]
    .filter((driver) => drivers.filter((other) => other === driver).length > 1)
    .flatMap((driver) => {
      const groupClass = chooseClass(classes.group, driver);
      return groupClass
        ? [
            {
              driver,
              groupClass,
              name: cutName(names, driver),
            },
          ]
        : [];
    });
}

/** The class of a driver: the one marked as default, else the first by name. */
export function chooseClass(
  classes: SnapshotClasses['snapshot'] | SnapshotClasses['group'],
  driver: string,
): string | undefined {
  const fitting = classes.filter((each) => each.driver === driver);
  const marked = fitting.find((each) =>
    Object.entries(each.metadata.annotations ?? {}).some(
      ([key, value]) => key.endsWith('/is-default-class') && value === 'true',
    ),
  );
  return (marked ?? fitting.sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1))[0])
    ?.metadata.name;
}

/** What the capture keeps of one VM, or why it cannot be captured. */
export function captureMachine(
  live: LiveMachine,
  applications: readonly Application[],
  classes: SnapshotClasses,
  groups: readonly CaptureGroup[],
  names: AttemptNames,
): CapturedMachine | readonly CaptureBlocker[] {
  const { machine } = live;
  const disks = live.claims.map((claim) => captureDisk(machine.metadata.name, claim, classes, groups, names));
  const blockers = disks.filter(isBlocker);
  if (blockers.length > 0) return blockers;
  return {
    name: machine.metadata.name,
    applications: applicationsOf(machine, applications),
    ran: isRunning(live),
    labels: machine.metadata.labels ?? {},
    annotations: machine.metadata.annotations ?? {},
    spec: definitionOf(live),
    macAddresses: macAddressesOf(live.instance),
    disks: disks.filter((disk): disk is CapturedDisk => !isBlocker(disk)),
  };
}

function macAddressesOf(instance: VirtualMachineInstance | undefined): Record<string, string> {
  const seen = (instance?.status?.interfaces ?? []).filter((each) => each.name && each.mac);
  return Object.fromEntries(seen.map((each) => [each.name!, each.mac!]));
}

function captureDisk(
  machine: string,
  { name, role, claim, volume }: LiveClaim,
  classes: SnapshotClasses,
  groups: readonly CaptureGroup[],
  names: AttemptNames,
): CapturedDisk | CaptureBlocker {
  if (!claim)
    return blocker(
      'ClaimNotFound',
      `VM ${machine} names claim ${name}, which does not exist: create it or remove the volume`,
    );
  if (claim.status?.phase !== 'Bound' || !volume)
    return blocker(
      'ClaimNotBound',
      `claim ${name} of VM ${machine} is not bound to a volume yet: it can be captured once it is`,
    );
  const csi = volume.spec?.csi;
  if (!csi)
    return blocker(
      'NotSnapshotCapable',
      `claim ${name} of VM ${machine} is on volume ${volume.metadata.name}, which no CSI driver made: it cannot be snapshotted; move the disk to a storage class of a CSI driver`,
    );
  const snapshotClass = chooseClass(classes.snapshot, csi.driver);
  if (!snapshotClass)
    return blocker(
      'NotSnapshotCapable',
      `claim ${name} of VM ${machine} is on driver ${csi.driver}, for which there is no VolumeSnapshotClass: create one, or move the disk to another storage class`,
    );
  const group = groups.find((each) => each.driver === csi.driver);
  return {
    claim: name,
    role,
    driver: csi.driver,
    volumeHandle: csi.volumeHandle,
    storageClass: claim.spec?.storageClassName ?? '',
    snapshotClass,
    volumeMode: claim.spec?.volumeMode === 'Block' ? 'Block' : 'Filesystem',
    accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
    bytes: parseQuantity(claim.status?.capacity?.storage ?? claim.spec?.resources?.requests?.storage ?? '0'),
    cut: group
      ? { by: 'VolumeGroupSnapshot', name: group.name }
      : { by: 'VolumeSnapshot', name: cutName(names, name) },
  };
}

/** The hash is over the whole name of the capture too: names are cut, and long ones begin alike. */
function cutName({ snapshot, attempt }: AttemptNames, ofWhat: string): string {
  return withSuffix(snapshot, `${attempt}-${shortHash(16, snapshot, ofWhat)}`);
}

function isBlocker(disk: CapturedDisk | CaptureBlocker): disk is CaptureBlocker {
  return 'reason' in disk;
}

function blocker(reason: string, message: string): CaptureBlocker {
  return { reason, message };
}
