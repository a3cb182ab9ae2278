/** What all controllers share: a queue of keys, a reconcile per key, one log line per decision. */
import type { Logger } from 'pino';
import { applySteps, type Failure } from '../apply/apply.ts';
import {
  type ClusterClient,
  type EventRecorder,
  type Handled,
  type Kind,
  type KubeObject,
  WorkQueue,
} from '../cluster/index.ts';
import type { AccessGuard } from '../observe/access-guard.ts';
import type { AttemptCache } from '../observe/environment-snapshot.ts';
import type { World } from '../observe/world.ts';
import { describeStep, type Step } from '../plan/steps.ts';
import type { Condition } from '../schema/kubernetes.ts';
import { changedConditions } from '../status/conditions.ts';
import { isProgress } from '../status/reasons.ts';
import type { StatusWriter } from './status-writer.ts';

/** Everything that a controller works with; made once, in main. */
export interface ControllerContext {
  readonly client: ClusterClient;
  readonly world: World;
  readonly attempts: AttemptCache;
  readonly guard: AccessGuard;
  readonly events: EventRecorder;
  readonly statuses: StatusWriter;
  readonly log: Logger;
  readonly now: () => number;
  readonly settings: OperatorSettings;
  /** Told of every key that was handled, for metrics. */
  readonly onHandled: (handled: Handled) => void;
}

export interface OperatorSettings {
  /** Image of the pods that wait for WaitForFirstConsumer claims; it is never run, only scheduled. */
  readonly binderImage: string;
}

/** One kind's loop. */
export interface Controller {
  readonly name: string;
  /** Events of one object that come within this time are one reconcile; absent for none to wait. */
  readonly settleMs?: number;
  /** Subscribes to what can change an outcome: calls `enqueue` with the key of the object concerned. */
  watch(enqueue: (key: string) => void): void;
  /** Brings one object a step nearer; returns in how many milliseconds to look again, if at all. */
  reconcile(key: string): Promise<number | undefined>;
}

export async function runController(
  controller: Controller,
  context: ControllerContext,
  workers: number,
  signal: AbortSignal,
): Promise<void> {
  const queue = new WorkQueue({
    name: controller.name,
    onHandled: (handled) => {
      context.onHandled(handled);
      if (handled.error && !(handled.error instanceof StepsFailed))
        context.log.error(
          { controller: controller.name, key: handled.key, err: handled.error },
          'reconcile failed; it is tried again',
        );
    },
  });
  const { settleMs } = controller;
  controller.watch((key) => (settleMs ? queue.addAfter(key, settleMs) : queue.add(key)));
  const handle = async (key: string) => {
    const again = await controller.reconcile(key);
    if (again !== undefined) queue.addAfter(key, again);
  };
  await queue.run(workers, handle, signal);
}

/** Thrown after a reconcile that has reported its failures, so that the queue comes back to it, later each time. */
export class StepsFailed extends Error {
  constructor(failures: readonly Failure[]) {
    super(failures.map((failure) => failure.message).join('; '));
  }
}

/** Carries out a plan's steps; caches take in what was written, and every step leaves one log line. */
export async function carryOut(
  context: ControllerContext,
  subject: KubeObject,
  steps: readonly Step[],
): Promise<readonly Failure[]> {
  const { namespace, name } = subject.metadata;
  const log = context.log.child({ object: `${subject.kind} ${namespace}/${name}` });
  const failures = await applySteps(steps, {
    client: context.client,
    concurrency: 32,
    onWritten: (kind: Kind, object: KubeObject) => context.world.cacheOf(kind)?.observe(object),
    onDone: (step) => log.info({ step: step.step }, describeStep(step)),
  });
  for (const failure of failures)
    log.warn({ step: failure.step.step, reason: failure.reason }, failure.message);
  return failures;
}

/** An event for every condition that came true, and a warning for every one that is false for another reason than progress. */
export function announce(
  context: ControllerContext,
  subject: KubeObject,
  next: readonly Condition[],
  before: readonly Condition[] | undefined,
): void {
  for (const { type, status, reason, message } of changedConditions(next, before)) {
    // Ready repeats what another condition has said.
    if (type === 'Ready' || (status !== 'True' && isProgress(reason))) continue;
    context.events.record(subject, {
      type: status === 'True' ? 'Normal' : 'Warning',
      reason,
      action: type,
      note: message,
    });
  }
}
