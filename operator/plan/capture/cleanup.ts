/** What a capture leaves behind when an attempt ends and when its EnvironmentSnapshot is deleted. */
import {
  environmentSnapshots,
  persistentVolumeClaims,
  volumeGroupSnapshots,
  volumeSnapshots,
} from '../../cluster/kinds.generated.ts';
import { captureLabelPrefix, finalizers, isPin } from '../../names.ts';
import type { ObservedCapture } from '../../observe/environment-snapshot.ts';
import type { Step } from '../steps.ts';

/** While a clone is made from it, it stays: its disks would never be filled. */
export function pinsOf({ snapshot }: Pick<ObservedCapture, 'snapshot'>): readonly string[] {
  return (snapshot.metadata.finalizers ?? []).filter(isPin);
}

export function planDeletion(observed: ObservedCapture): readonly Step[] {
  if (pinsOf(observed).length > 0) return [];
  const leftovers = [...deleteSnapshots(observed), ...unlabelClaims(observed)];
  if (leftovers.length > 0 || hasSnapshots(observed)) return leftovers;
  const { snapshot } = observed;
  return [
    { step: 'removeFinalizer', kind: environmentSnapshots, object: snapshot, finalizer: finalizers.capture },
  ];
}

/** Groups, never their members: a member deleted first is held back until the group goes, and then for minutes more. */
export function deleteSnapshots({ snapshot, storage }: ObservedCapture): readonly Step[] {
  const namespace = snapshot.metadata.namespace!;
  const groups = [...storage.groupSnapshots.values()].map((object) => ({
    kind: volumeGroupSnapshots,
    object,
  }));
  const singles = [...storage.snapshots.values()].map((object) => ({ kind: volumeSnapshots, object }));
  return [...groups, ...singles]
    .filter(({ object }) => !object.metadata.deletionTimestamp)
    .map(({ kind, object }) => ({
      step: 'delete',
      kind,
      key: { namespace, name: object.metadata.name },
      uid: object.metadata.uid,
    }));
}

/** The label by which a group found its members is of no use once its content exists, and clones would inherit it. */
export function unlabelClaims({ snapshot, labelledClaims }: ObservedCapture): readonly Step[] {
  const prefix = captureLabelPrefix(snapshot.metadata.uid!);
  return labelledClaims.map(({ metadata: { namespace, name, labels = {} } }) => ({
    step: 'patchMetadata',
    kind: persistentVolumeClaims,
    key: { namespace, name },
    patch: { labels: withoutPrefix(labels, prefix) },
  }));
}

function withoutPrefix(labels: Readonly<Record<string, string>>, prefix: string): Record<string, null> {
  const own = Object.keys(labels).filter((key) => key.startsWith(prefix));
  return Object.fromEntries(own.map((key) => [key, null]));
}

function hasSnapshots({ storage }: ObservedCapture): boolean {
  return storage.groupSnapshots.size + storage.snapshots.size > 0;
}
