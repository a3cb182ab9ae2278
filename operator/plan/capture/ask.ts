/** Asking the storage for the disks of an attempt: groups by a temporary label on their claims, all others one by one. */
import {
  persistentVolumeClaims,
  type VolumeGroupSnapshot,
  type VolumeSnapshot,
  volumeGroupSnapshots,
  volumeSnapshots,
} from '../../cluster/kinds.generated.ts';
import { captureLabel, labels, shortHash } from '../../names.ts';
import type { ObservedCapture } from '../../observe/environment-snapshot.ts';
import { type Step, sequence, together } from '../steps.ts';
import { type Attempt, type CapturedDisk, type CaptureGroup, disksOf } from './model.ts';

/** Steps for every snapshot of the attempt that does not exist. */
export function askForDisks(observed: ObservedCapture, attempt: Attempt): readonly Step[] {
  const disks = disksOf(attempt.captured);
  const groups = attempt.groups
    .filter((group) => !observed.storage.groupSnapshots.has(group.name))
    .map((group) =>
      askForGroup(
        observed,
        attempt,
        group,
        disks.filter((disk) => disk.cut.name === group.name),
      ),
    );
  const singles = disks
    .filter((disk) => disk.cut.by === 'VolumeSnapshot' && !observed.storage.snapshots.has(disk.cut.name))
    .map((disk) => askForDisk(observed, attempt, disk));
  return [...groups, ...singles];
}

function askForGroup(
  observed: ObservedCapture,
  attempt: Attempt,
  group: CaptureGroup,
  members: readonly CapturedDisk[],
): Step {
  const member = { [memberLabel(observed, attempt, group)]: 'true' };
  const object: VolumeGroupSnapshot = {
    metadata: { ...metadataOf(observed, attempt), name: group.name },
    spec: {
      volumeGroupSnapshotClassName: group.groupClass,
      source: { selector: { matchLabels: member } },
    },
  };
  const namespace = observed.snapshot.metadata.namespace!;
  const labelled = members.map(
    (disk): Step => ({
      step: 'patchMetadata',
      kind: persistentVolumeClaims,
      key: { namespace, name: disk.claim },
      patch: { labels: member },
    }),
  );
  return sequence(together(...labelled), { step: 'create', kind: volumeGroupSnapshots, object });
}

function askForDisk(observed: ObservedCapture, attempt: Attempt, disk: CapturedDisk): Step {
  const object: VolumeSnapshot = {
    metadata: { ...metadataOf(observed, attempt), name: disk.cut.name },
    spec: { volumeSnapshotClassName: disk.snapshotClass, source: { persistentVolumeClaimName: disk.claim } },
  };
  return { step: 'create', kind: volumeSnapshots, object };
}

/** Unique to the capture, its attempt and the group: two captures that share a claim never see each other's label. */
function memberLabel({ snapshot }: ObservedCapture, { attempt }: Attempt, group: CaptureGroup): string {
  return captureLabel(snapshot.metadata.uid!, attempt, shortHash(6, group.driver));
}

function metadataOf({ snapshot }: ObservedCapture, { attempt }: Attempt) {
  return {
    namespace: snapshot.metadata.namespace!,
    labels: { [labels.snapshot]: snapshot.metadata.uid!, [labels.attempt]: String(attempt) },
  };
}
