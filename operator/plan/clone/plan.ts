/**
 * What to do next for an EnvironmentClone. Its life, each state told by what exists:
 *
 *     capture ──▶ pin ──▶ checks and dry runs ──▶ disks tier by tier, Services ──▶ VMs as gates pass ──▶ completed
 *                                                                                                          │
 *     (deleted or cancelled: VMs in reverse order, disks, snapshots, pin)            let go of snapshots ◀──┘
 */
import {
  dataVolumes,
  environmentClones,
  volumeSnapshotContents,
  volumeSnapshots,
} from '../../cluster/kinds.generated.ts';
import { annotations, finalizers } from '../../names.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import type { Blocker } from '../../schema/environment-clone.ts';
import type { CapturedEnvironment } from '../capture/model.ts';
import { describeOrderProblem } from '../order/order.ts';
import { parseDuration } from '../quantities.ts';
import { type Step, sequence } from '../steps.ts';
import { deleteBinders } from './binder.ts';
import { buildSteps, questionSteps, recordCompletion } from './build.ts';
import { blockersOf, type Checked } from './checks.ts';
import { type CloneContext, cloneContext } from './context.ts';
import { type Desired, desire, narrowed } from './desired.ts';
import { queueDisks } from './disk-queue.ts';
import { diskTrouble } from './disk-trouble.ts';
import { adoptClaim, markClaim } from './disks.ts';
import { isFilled, liveDisksOf } from './filled.ts';
import { type MachineProgress, progressOf } from './gates.ts';
import { deleteAll, planRemoval } from './removal.ts';
import { releaseSnapshot } from './snapshot-protection.ts';
import {
  consentBlockers,
  hasBegun,
  machineNotFound,
  pin,
  requestCapture,
  snapshotBlockers,
  unpin,
  wantedBlockers,
} from './source.ts';

export type CloneState =
  | 'Deleting'
  | 'Cancelling'
  | 'Cancelled'
  | 'Expired'
  | 'Paused'
  | 'Blocked'
  | 'Asking'
  | 'Capturing'
  | 'Planned'
  | 'Building'
  | 'Completed';

export interface ClonePlan {
  readonly state: CloneState;
  readonly steps: readonly Step[];
  readonly blockers: readonly Blocker[];
  readonly captured?: CapturedEnvironment;
  readonly desired?: Desired;
  readonly progress: readonly MachineProgress[];
  /** What it waits for, for a person. */
  readonly message: string;
  readonly againAfterMs?: number;
}

/** A blocker that no event announces (a namespace labelled, an admission webhook mended) is looked at again after this. */
const blockedAgainMs = 30_000;

/** Timers hold no more than 24.8 days; a clone may live longer. */
const longestWaitMs = 24 * 3_600_000;

export interface PlanSettings {
  readonly now: number;
  readonly binderImage: string;
}

export function planClone(observed: ObservedClone, settings: PlanSettings): ClonePlan {
  const { clone } = observed;
  const context = cloneContext(clone);
  if (clone.metadata.deletionTimestamp) return planDeletion(observed, context);
  if (!clone.metadata.finalizers?.includes(finalizers.clone))
    return result(
      'Capturing',
      [{ step: 'addFinalizer', kind: environmentClones, object: clone, finalizer: finalizers.clone }],
      'about to begin',
    );
  const left = remainingLife(observed, settings.now);
  if (left !== undefined && left <= 0) return planExpiry(observed);
  const plan = planLife(observed, context, settings);
  return left === undefined
    ? plan
    : { ...plan, againAfterMs: Math.min(left + 1, plan.againAfterMs ?? longestWaitMs, longestWaitMs) };
}

function planLife(observed: ObservedClone, context: CloneContext, settings: PlanSettings): ClonePlan {
  const { clone } = observed;
  if (observed.targetIsGoing) return result('Deleting', [], 'the namespace of the clone is being deleted');
  if (isCompleted(observed)) return planCompleted(observed, context, settings);
  if (clone.spec.cancel) return planCancellation(observed, context);
  const source = planSource(observed, context);
  if ('state' in source) return source;
  const unknown = wantedBlockers(observed, source.captured);
  if (unknown.length > 0) return blocked(unknown);
  const captured = narrowed(source.captured, observed.applications);
  const desired = desire(captured, observed.storageClasses, context);
  if ('problem' in desired)
    return blocked([{ reason: desired.problem, message: describeOrderProblem(desired) }]);
  const checked: Checked = { observed, context, captured, desired };
  const progress = progressIn(observed, desired, settings.now);
  const plan = { captured, desired, progress };
  const blockers = [...blockersOf(checked), ...(observed.admission ?? [])];
  if (blockers.length > 0) return { ...blocked(blockers), ...plan };
  if (clone.spec.paused) return { ...result('Paused', [], 'spec.paused is true'), ...plan };
  const questions = observed.admission ? [] : questionSteps(checked);
  if (questions.length > 0) {
    const message = 'asking the API server whether it would take the VMs';
    return { ...result('Asking', questions, message), ...plan, againAfterMs: 0 };
  }
  if (clone.spec.mode === 'Plan')
    return { ...result('Planned', [], 'spec.mode is Plan: set it to Clone to go on'), ...plan };
  if (!source.accepted)
    return { ...result('Capturing', [], 'waiting for the storage to cut the disks'), ...plan };
  return { ...planBuilding({ ...checked, progress }, settings), ...plan };
}

interface Source {
  readonly captured: CapturedEnvironment;
  /** The cut is made: disks can be asked for. */
  readonly accepted: boolean;
}

function planSource(observed: ObservedClone, context: CloneContext): Source | ClonePlan {
  const { clone, snapshot, attempt, preview } = observed;
  // Consent withdrawn later stops new clones, not one that is half-made.
  const blockers =
    attempt?.verdict?.outcome === 'Accepted' && hasBegun(observed) ? [] : consentBlockers(observed, context);
  if (blockers.length > 0) return blocked(blockers);
  if (preview)
    return 'blockers' in preview
      ? blocked(preview.blockers)
      : { captured: preview.captured, accepted: false };
  const missing = snapshotBlockers(observed, context);
  if (missing.length > 0) return blocked(missing);
  if (clone.spec.paused && !snapshot) return result('Paused', [], 'spec.paused is true');
  if (!snapshot) return planRequest(observed, context);
  if (!attempt || attempt.verdict?.outcome === 'GivenUp')
    return result('Capturing', [], captureMessage(observed));
  return { captured: attempt.captured, accepted: attempt.verdict?.outcome === 'Accepted' };
}

/** A misspelt VM must not have everything captured. */
function planRequest(observed: ObservedClone, context: CloneContext): ClonePlan {
  const { applications, clone } = observed;
  const { virtualMachine } = clone.spec.source;
  if (virtualMachine && applications.length === 0) return blocked([machineNotFound(clone, virtualMachine)]);
  return result('Capturing', [requestCapture(context, applications)], 'capturing the Environment');
}

function captureMessage({ snapshot }: ObservedClone): string {
  const complete = snapshot?.status?.conditions?.find(({ type }) => type === 'Complete');
  return complete?.message ?? 'capturing the Environment';
}

function planBuilding(
  input: Checked & { progress: readonly MachineProgress[] },
  { binderImage, now }: PlanSettings,
): ClonePlan {
  const { observed, context, progress, desired } = input;
  const pinning = observed.snapshot ? pin(observed.snapshot, context) : [];
  if (pinning.length > 0)
    return result('Building', pinning, 'keeping the capture while disks are made from it');
  const liveDisk = liveDisksOf(observed);
  const filled = desired.disks.every((disk) => isFilled(liveDisk(disk)));
  if (filled && progress.every(({ state }) => state === 'Up') && hasNeighbours(input))
    return result('Building', [recordCompletion(observed, now)], 'every VM is up');
  const disks = queueDisks(input, now);
  const steps = [...buildSteps({ ...input, binderImage }), ...disks.steps];
  const { againAt: troubleAt } = diskTrouble(observed, desired, now);
  const deadlines = progress.map(({ deadline }) => deadline);
  const times = [...deadlines, disks.againAt, troubleAt].filter((at) => at !== undefined);
  return {
    ...result('Building', steps, buildingMessage(progress)),
    againAfterMs: times.length > 0 ? Math.max(0, Math.min(...times) - now) : undefined,
  };
}

function hasNeighbours({ observed, captured, context }: Checked): boolean {
  return context.sameNamespace || observed.children.services.length >= captured.services.length;
}

function buildingMessage(progress: readonly MachineProgress[]): string {
  const up = progress.filter(({ state }) => state === 'Up').length;
  return `${up} of ${progress.length} VMs are up`;
}

function progressIn(observed: ObservedClone, desired: Desired, now: number): readonly MachineProgress[] {
  const { target, children } = observed;
  const liveDisk = liveDisksOf(observed);
  return desired.machines.map((machine) =>
    progressOf(
      machine,
      {
        machine: target.machines.get(machine.name),
        instance: children.instances.get(machine.name),
        disks: machine.disks.map(liveDisk),
        boundAt: Math.max(0, ...machine.disks.map(({ claim }) => target.boundAt?.get(claim) ?? 0)),
      },
      now,
    ),
  );
}

export function isCompleted({ clone }: Pick<ObservedClone, 'clone'>): boolean {
  return clone.metadata.annotations?.[annotations.completed] !== undefined;
}

/** The clone is its user's: nothing is started or made again. What was only needed to make it is let go. */
function planCompleted(observed: ObservedClone, context: CloneContext, { now }: PlanSettings): ClonePlan {
  const { children, target, attempt, snapshot } = observed;
  const orphans = children.dataVolumes.map((volume): Step => {
    const { namespace, name, uid } = volume.metadata;
    const claim = target.claims.get(name);
    const letGo: Step = {
      step: 'delete',
      kind: dataVolumes,
      key: { namespace, name },
      uid,
      propagation: 'Orphan',
    };
    // Marked first: should we end in between, the claim is still found and goes with the clone.
    return claim ? sequence(markClaim(claim, context), letGo, adoptClaim(claim, context)) : letGo;
  });
  const steps = [
    ...unpin(snapshot, context),
    ...deleteBinders(children.binders),
    ...orphans,
    ...deleteAll(volumeSnapshots, children.snapshots, context, context.targetNamespace),
    ...children.snapshots.flatMap((each) => releaseSnapshot(each, target.claims.values())),
    ...deleteAll(volumeSnapshotContents, children.contents, context),
  ];
  const captured = attempt && narrowed(attempt.captured, observed.applications);
  const desired = captured && desire(captured, observed.storageClasses, context);
  if (!desired || 'problem' in desired) return result('Completed', steps, 'completed');
  return {
    ...result('Completed', steps, 'completed'),
    captured,
    desired,
    progress: progressIn(observed, desired, now),
  };
}

function planDeletion(observed: ObservedClone, context: CloneContext): ClonePlan {
  const { clone } = observed;
  if (!clone.metadata.finalizers?.includes(finalizers.clone))
    return result('Deleting', [], 'waiting for others');
  const removal = planRemoval(observed, context);
  if (!removal.finished) return result('Deleting', removal.steps, `waiting for ${removal.waitingFor}`);
  return result(
    'Deleting',
    [{ step: 'removeFinalizer', kind: environmentClones, object: clone, finalizer: finalizers.clone }],
    'gone',
  );
}

function planCancellation(observed: ObservedClone, context: CloneContext): ClonePlan {
  const removal = planRemoval(observed, context);
  if (removal.finished) return result('Cancelled', [], 'cancelled: all that was made is removed');
  return result('Cancelling', removal.steps, `cancelled; waiting for ${removal.waitingFor}`);
}

function planExpiry({ clone }: ObservedClone): ClonePlan {
  const { namespace, name, uid } = clone.metadata;
  return result(
    'Expired',
    [{ step: 'delete', kind: environmentClones, key: { namespace, name }, uid, propagation: 'Background' }],
    'its time is over',
  );
}

function remainingLife({ clone }: ObservedClone, now: number): number | undefined {
  const { expiresAfter } = clone.spec;
  if (!expiresAfter) return undefined;
  return Date.parse(clone.metadata.creationTimestamp!) + parseDuration(expiresAfter) - now;
}

function blocked(blockers: readonly Blocker[]): ClonePlan {
  return { ...result('Blocked', [], blockers[0]!.message), blockers, againAfterMs: blockedAgainMs };
}

function result(state: CloneState, steps: readonly Step[], message: string): ClonePlan {
  return { state, steps, blockers: [], progress: [], message };
}
