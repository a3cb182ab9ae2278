import { isDeepStrictEqual } from 'node:util';
import type { EventType } from '../../kube/events.ts';
import { DataVolumes, resourcePath } from '../../kube/kinds.ts';
import { annotation } from '../../kube/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import { podRestarts, populatorProgress, usePopulator } from '../names.ts';
import type { DataVolume, DataVolumeCondition, DataVolumeStatus } from '../objects.ts';
import { needsWork } from './adoption.ts';
import { conditionsFor, type Obstacle } from './conditions.ts';
import { claimPhase } from './operations.ts';
import type { PhaseEvent } from './phase-events.ts';

/** A phase that a DataVolume is in for want of something, whatever its claim says. */
export interface Hindrance extends Obstacle {
  readonly phase: string | undefined;
  readonly type: EventType;
}

/** Writes what a DataVolume's status should be after a pass, in one patch, with the Events of what changed. */
export async function updateStatus(cdi: Cdi, volume: DataVolume, hindrance?: Hindrance): Promise<void> {
  const claim = cdi.caches.claims.get(volume.metadata.namespace, volume.metadata.name);
  const { status, event } = hindrance ? hindered(volume, hindrance) : followed(cdi, volume, claim);
  const before = volume.status ?? {};
  if (isDeepStrictEqual(withoutTimes(before), withoutTimes(status))) return;
  const path = resourcePath(DataVolumes, volume.metadata.namespace, volume.metadata.name);
  const patch = { status: { ...emptied(before), ...status } };
  const updated = await cdi.client.statusPatch<DataVolume>(path, patch);
  cdi.caches.dataVolumes.observe(updated);
  if (event && before.phase !== status.phase) {
    cdi.events.recordEvent(updated, event.type, event.reason, event.message);
  }
  tellConditions(cdi, updated, before.conditions ?? [], status.conditions ?? []);
}

interface Next {
  readonly status: DataVolumeStatus;
  readonly event?: PhaseEvent;
}

function hindered(volume: DataVolume, { phase, type, reason, message }: Hindrance): Next {
  const before = volume.status ?? {};
  const conditions = conditionsFor(before.conditions ?? [], phase, undefined, { reason, message });
  return { status: { ...before, phase, conditions }, event: { type, reason, message } };
}

function followed(cdi: Cdi, volume: DataVolume, claim: Claim | undefined): Next {
  const before = volume.status ?? {};
  const { phase, event } = phaseOf(cdi, volume, claim);
  const live = claim !== undefined && !claim.metadata.deletionTimestamp;
  const status: DataVolumeStatus = { ...before, phase };
  if (live) {
    status.claimName = claim.metadata.name;
    status.progress = progressOf(before, claim);
    const restarts = Number(annotation(claim, podRestarts) ?? 0);
    if (restarts > 0) status.restartCount = restarts;
  }
  status.conditions = conditionsFor(before.conditions ?? [], phase, claim);
  return { status, event };
}

function phaseOf(
  cdi: Cdi,
  volume: DataVolume,
  claim: Claim | undefined,
): { phase: string | undefined; event?: PhaseEvent } {
  const phase = volume.status?.phase;
  if (claim === undefined) return { phase: phase ?? 'Pending' };
  if (claim.metadata.deletionTimestamp) return { phase };
  if (claim.status?.phase === 'Lost') {
    const message = `PVC ${claim.metadata.name} lost`;
    return { phase: 'Failed', event: { type: 'Warning', reason: 'ErrClaimLost', message } };
  }
  if (!needsWork(claim, volume)) return { phase: 'Succeeded' };
  return claimPhase(cdi, volume, claim);
}

function progressOf(before: DataVolumeStatus, claim: Claim): string {
  if (annotation(claim, usePopulator) !== 'true') return before.progress ?? 'N/A';
  return annotation(claim, populatorProgress) ?? 'N/A';
}

function tellConditions(
  { events }: Cdi,
  volume: DataVolume,
  before: readonly DataVolumeCondition[],
  after: readonly DataVolumeCondition[],
): void {
  const find = (list: readonly DataVolumeCondition[], type: string) =>
    list.find((each) => each.type === type);
  const bound = find(after, 'Bound');
  const wasBound = find(before, 'Bound');
  if (
    bound &&
    (bound.status !== wasBound?.status ||
      bound.reason !== wasBound.reason ||
      bound.message !== wasBound.message)
  ) {
    events.recordEvent(volume, 'Normal', bound.reason ?? '', bound.message ?? '');
  }
  const running = find(after, 'Running');
  const failed = running?.status === 'False' && find(after, 'Ready')?.status === 'False' && running.message;
  const inProgress = bound?.status === 'True' || claimIsPopulated(volume);
  if (failed && inProgress && find(before, 'Running')?.message !== running.message) {
    events.recordEvent(volume, 'Warning', running.reason ?? '', running.message!);
  }
}

/** CDI tells of a Running condition only for volumes that are bound or being populated. */
function claimIsPopulated({ metadata, status }: DataVolume): boolean {
  const populating = status?.phase !== 'PendingPopulation' && status?.phase !== 'Pending';
  return metadata.annotations?.[usePopulator] === 'true' && populating;
}

function withoutTimes(status: DataVolumeStatus): object {
  const conditions = status.conditions?.map(({ lastHeartbeatTime, lastTransitionTime, ...rest }) => rest);
  return JSON.parse(JSON.stringify({ ...status, conditions }));
}

/** In a merge patch, what is not said stays: fields that go are said to be null. */
function emptied(status: DataVolumeStatus): Record<string, null> {
  return Object.fromEntries(Object.keys(status).map((key) => [key, null]));
}

/** Whether an API answer refuses for a quota: CDI waits for such a one. */
export function isQuotaExceeded(error: unknown): boolean {
  return error instanceof Error && error.message.includes('exceeded quota:');
}
