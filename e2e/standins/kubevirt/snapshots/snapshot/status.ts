import { isDeleting } from '../../../kube/objects.ts';
import { claimNameOf } from '../../claim-name.ts';
import { failure, progressing, ready, withConditions } from '../conditions.ts';
import { type Lock, NOT_LOCKED } from '../source/lock.ts';
import type { SnapshotSource } from '../source/source.ts';
import type { SnapshotStatus, VirtualMachineSnapshot, VirtualMachineSnapshotContent } from '../types.ts';
import { isLate } from './facts.ts';
import { indicationsOf, withPartial } from './indications.ts';

/** Everything that a snapshot's status is decided on. */
export interface SnapshotFacts {
  readonly snapshot: VirtualMachineSnapshot;
  readonly content: VirtualMachineSnapshotContent | undefined;
  readonly source: SnapshotSource | undefined;
  readonly lock: Lock | undefined;
}

export function snapshotStatus(facts: SnapshotFacts): SnapshotStatus {
  const status = phased(basics(facts), facts);
  const said = withConditions(
    status.conditions,
    status.readyToUse ? ready(true, 'Ready') : ready(false, 'Not ready'),
  );
  const conditions = status.error ? withConditions(said, progressing(false, 'In error state')) : said;
  return { ...status, conditions };
}

/** What the source is, and how far the content is. */
function basics({ snapshot, content, source }: SnapshotFacts): SnapshotStatus {
  const { status = { readyToUse: false } } = snapshot;
  const sourceUID = source?.vm.metadata.uid ?? status.sourceUID;
  if (content?.status === undefined) return { ...status, sourceUID };
  const { creationTime, readyToUse, error } = content.status;
  const virtualMachineSnapshotContentName = content.metadata.name;
  return { ...status, sourceUID, virtualMachineSnapshotContentName, creationTime, readyToUse, error };
}

function phased(status: SnapshotStatus, facts: SnapshotFacts): SnapshotStatus {
  const snapshot = { ...facts.snapshot, status };
  if (isLate(snapshot)) return failed(status);
  if (status.phase === 'Succeeded' || status.creationTime !== undefined) return succeeded(status, facts);
  return isDeleting(snapshot) ? leaving(inProgress(status, facts)) : inProgress(status, facts);
}

function failed(status: SnapshotStatus): SnapshotStatus {
  const late = failure('snapshot deadline exceeded');
  const over = progressing(false, 'Operation failed');
  return { ...status, phase: 'Failed', conditions: withConditions(status.conditions, late, over) };
}

function succeeded(status: SnapshotStatus, { content }: SnapshotFacts): SnapshotStatus {
  return {
    ...status,
    ...(content === undefined ? {} : volumesOf(status, content)),
    phase: 'Succeeded',
    conditions: withConditions(status.conditions, progressing(false, 'Operation complete')),
  };
}

function inProgress(status: SnapshotStatus, { source, lock }: SnapshotFacts): SnapshotStatus {
  const { locked, message } = lock ?? { locked: false, message: NOT_LOCKED };
  const condition = source ? progressing(locked, message) : progressing(false, 'Source does not exist');
  return {
    ...status,
    ...(source ? indicationsOf(status, source) : {}),
    phase: 'InProgress',
    conditions: withConditions(status.conditions, condition),
  };
}

function leaving(status: SnapshotStatus): SnapshotStatus {
  const condition = progressing(false, 'VM snapshot is deleting');
  return { ...status, phase: 'Deleting', conditions: withConditions(status.conditions, condition) };
}

/** Which volumes are in the snapshot and which are not. */
function volumesOf(status: SnapshotStatus, { spec }: VirtualMachineSnapshotContent): Partial<SnapshotStatus> {
  const volumes = spec.source.virtualMachine.spec.template.spec.volumes ?? [];
  const backups = new Set((spec.volumeBackups ?? []).map(({ volumeName }) => volumeName));
  const included = volumes.filter(({ name }) => backups.has(name));
  const excluded = volumes.filter(({ name }) => !backups.has(name));
  return {
    snapshotVolumes: { includedVolumes: names(included), excludedVolumes: names(excluded) },
    ...(excluded.some((volume) => claimNameOf(volume) !== undefined) ? withPartial(status) : {}),
  };
}

function names(volumes: readonly { name: string }[]): string[] | undefined {
  return volumes.length === 0 ? undefined : volumes.map(({ name }) => name);
}
