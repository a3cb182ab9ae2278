/** Which capture a clone is made from, and whether it may be. */
import { environmentSnapshots } from '../../cluster/kinds.generated.ts';
import { labels, pinOf, withSuffix } from '../../names.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import type { Blocker } from '../../schema/environment-clone.ts';
import type { EnvironmentCloneObject, EnvironmentSnapshotObject } from '../../schema/index.ts';
import type { CapturedEnvironment } from '../capture/model.ts';
import { parseDuration } from '../quantities.ts';
import { selects } from '../selectors.ts';
import type { Step } from '../steps.ts';
import { type CloneContext, unownedMetadata } from './context.ts';

/** Name of the EnvironmentSnapshot that a clone of now has made for itself. */
export function ownCaptureName({ metadata, spec }: EnvironmentCloneObject): string {
  return withSuffix(spec.source.environment, metadata.uid!.slice(0, 8));
}

/**
 * The name of the snapshot that the clone is made from: the one it has begun with, else the one that the spec asks
 * for; undefined where none fits `asOf`.
 */
export function chooseSnapshot(
  clone: EnvironmentCloneObject,
  candidates: readonly EnvironmentSnapshotObject[],
): string | undefined {
  const { source, asOf, maxAge } = clone.spec;
  if (source.snapshot) return source.snapshot;
  if (!asOf) return ownCaptureName(clone);
  const begun = candidates.find((snapshot) => isPinned(snapshot, clone));
  if (begun || clone.status?.snapshot) return begun?.metadata.name ?? clone.status?.snapshot?.name;
  const latest = Date.parse(asOf);
  const oldest = maxAge ? latest - parseDuration(maxAge) : Number.NEGATIVE_INFINITY;
  return candidates
    .filter((snapshot) => snapshot.spec.environment === source.environment && isComplete(snapshot))
    .map((snapshot) => ({
      name: snapshot.metadata.name,
      time: Date.parse(snapshot.status?.pointInTime?.achieved ?? ''),
    }))
    .filter(({ time }) => time <= latest && time >= oldest)
    .toSorted((one, other) => other.time - one.time)[0]?.name;
}

/** Consent of the source's owner: to be read, and separately to be captured. */
export function consentBlockers(observed: ObservedClone, context: CloneContext): readonly Blocker[] {
  const { environment, clone, targetLabels } = observed;
  const { sourceNamespace, sameNamespace, targetNamespace } = context;
  const { source, asOf } = clone.spec;
  if (!environment && sameNamespace && source.snapshot) return [];
  if (!environment)
    return [
      blocker(
        'EnvironmentNotFound',
        `there is no Environment ${sourceNamespace}/${source.environment}: correct spec.source in a new EnvironmentClone, or create the Environment`,
      ),
    ];
  if (sameNamespace) return [];
  if (observed.unguarded)
    return [
      blocker(
        'AccessNotGuarded',
        `${observed.unguarded} is missing, so nobody would check who may read ${sourceNamespace}: install the chart's admission policy again`,
      ),
    ];
  const refuses = (selector: typeof environment.spec.allowClonesFrom) =>
    !selector || !selects(selector, targetLabels);
  if (refuses(environment.spec.allowClonesFrom))
    return [
      blocker(
        'ClonesNotAllowed',
        `Environment ${sourceNamespace}/${source.environment} does not allow clones in namespace ${targetNamespace}: its owner can set spec.allowClonesFrom`,
      ),
    ];
  if (!asOf && !source.snapshot && refuses(environment.spec.allowCaptureFrom))
    return [
      blocker(
        'CaptureNotAllowed',
        `Environment ${sourceNamespace}/${source.environment} does not allow to be captured from namespace ${targetNamespace}: its owner can set spec.allowCaptureFrom, or clone an existing snapshot with asOf or source.snapshot`,
      ),
    ];
  return [];
}

/** Whether what is wanted is in the capture: a misspelt name must not become a clone of everything, or of nothing. */
export function wantedBlockers({ clone }: ObservedClone, captured: CapturedEnvironment): readonly Blocker[] {
  const { applications, virtualMachine } = clone.spec.source;
  if (virtualMachine && !captured.machines.some(({ name }) => name === virtualMachine))
    return [machineNotFound(clone, virtualMachine)];
  const known = captured.applications.map(({ name }) => name);
  return applications
    .filter((name) => !known.includes(name))
    .map((name) =>
      blocker(
        'UnknownApplication',
        `there is no application "${name}" in what was captured, which has ${known.join(', ')}`,
      ),
    );
}

export function machineNotFound({ spec }: EnvironmentCloneObject, machine: string): Blocker {
  return blocker(
    'VirtualMachineNotFound',
    `VM "${machine}" runs no application of Environment ${spec.source.environment}: correct spec.source.virtualMachine in a new EnvironmentClone, or label the VM`,
  );
}

/** Whether something of the capture is in the clone: from then on it is made of that capture or not at all. */
export function hasBegun({ children }: ObservedClone): boolean {
  return children.contents.length + children.claims.length + children.machines.length > 0;
}

/** Why there is no snapshot to clone from; nothing where it is only not finished. */
export function snapshotBlockers(observed: ObservedClone, context: CloneContext): readonly Blocker[] {
  const { clone, snapshot, unreadable } = observed;
  const { sourceNamespace } = context;
  const { source, asOf, maxAge } = clone.spec;
  if (unreadable) return [blocker('SnapshotUnreadable', unreadable)];
  if (!snapshot && hasBegun(observed)) return [captureIsGone(observed, context)];
  if (!snapshot && source.snapshot)
    return [
      blocker('SnapshotNotFound', `there is no EnvironmentSnapshot ${sourceNamespace}/${source.snapshot}`),
    ];
  if (!snapshot && asOf)
    return [
      blocker(
        'NoSnapshot',
        `no complete EnvironmentSnapshot of ${sourceNamespace}/${source.environment} is as old as ${asOf}${maxAge ? ` and at most ${maxAge} older` : ''}: choose another time, or leave asOf out to capture now`,
      ),
    ];
  if (!snapshot) return [];
  if (snapshot.spec.environment !== source.environment)
    return [
      blocker(
        'SnapshotOfAnother',
        `EnvironmentSnapshot ${sourceNamespace}/${snapshot.metadata.name} is of Environment ${snapshot.spec.environment}, not of ${source.environment}`,
      ),
    ];
  if (snapshot.metadata.deletionTimestamp && !isPinned(snapshot, clone))
    return [
      blocker(
        'SnapshotDeleting',
        `EnvironmentSnapshot ${sourceNamespace}/${snapshot.metadata.name} is being deleted: its disks go with it; choose another`,
      ),
    ];
  const { phase, conditions } = snapshot.status ?? {};
  // Of a capture that has lost disks since, those that are made already are not missed: see `diskIsLost`.
  if ((phase === 'Incomplete' && !hasBegun(observed)) || phase === 'Failed') {
    const complete = conditions?.find(({ type }) => type === 'Complete');
    return [
      blocker(complete?.reason ?? 'SnapshotIncomplete', complete?.message ?? 'the capture is incomplete'),
    ];
  }
  return [];
}

/** Captured again it would be another instant, of which the disks that are made already are not. */
function captureIsGone({ clone }: ObservedClone, { sourceNamespace }: CloneContext): Blocker {
  const name = clone.spec.source.snapshot ?? clone.status?.snapshot?.name ?? ownCaptureName(clone);
  return blocker(
    'SnapshotGone',
    `EnvironmentSnapshot ${sourceNamespace}/${name}, from which the clone is half made, is gone: delete the clone and make another`,
  );
}

/** A capture for this clone alone: it goes with the clone. */
export function requestCapture(context: CloneContext, applications: readonly string[]): Step {
  const { clone, sourceNamespace } = context;
  const object: EnvironmentSnapshotObject = {
    metadata: unownedMetadata(context, ownCaptureName(clone), sourceNamespace),
    spec: { environment: clone.spec.source.environment, applications: [...applications] },
  };
  return { step: 'create', kind: environmentSnapshots, object };
}

/** The finalizer that keeps the capture until every disk is bound. */
export function pin(snapshot: EnvironmentSnapshotObject, { clone }: CloneContext): readonly Step[] {
  if (isPinned(snapshot, clone) || snapshot.metadata.deletionTimestamp) return [];
  const finalizer = pinOf(clone.metadata.uid!);
  return [{ step: 'addFinalizer', kind: environmentSnapshots, object: snapshot, finalizer }];
}

export function unpin(
  snapshot: EnvironmentSnapshotObject | undefined,
  { clone }: CloneContext,
): readonly Step[] {
  if (!snapshot || !isPinned(snapshot, clone)) return [];
  const finalizer = pinOf(clone.metadata.uid!);
  return [{ step: 'removeFinalizer', kind: environmentSnapshots, object: snapshot, finalizer }];
}

function isPinned({ metadata }: EnvironmentSnapshotObject, clone: EnvironmentCloneObject): boolean {
  return metadata.finalizers?.includes(pinOf(clone.metadata.uid!)) ?? false;
}

/** Whether the snapshot was made for this clone. */
export function isOwnCapture(snapshot: EnvironmentSnapshotObject, clone: EnvironmentCloneObject): boolean {
  return snapshot.metadata.labels?.[labels.clone] === clone.metadata.uid;
}

function isComplete(snapshot: EnvironmentSnapshotObject): boolean {
  return snapshot.status?.phase === 'Complete' && !snapshot.metadata.deletionTimestamp;
}

function blocker(reason: string, message: string): Blocker {
  return { reason, message };
}
