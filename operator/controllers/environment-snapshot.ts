/** EnvironmentSnapshot: captures an Environment at one instant, and keeps watch over what it captured. */
import { isNotFound, type KubeObject, keyOf } from '../cluster/index.ts';
import { type ControllerRevision, environmentSnapshots } from '../cluster/kinds.generated.ts';
import { labels } from '../names.ts';
import { observeCapture } from '../observe/environment-snapshot.ts';
import { indexes } from '../observe/world.ts';
import { planCapture } from '../plan/capture/plan.ts';
import type { Step } from '../plan/steps.ts';
import type { EnvironmentSnapshotObject } from '../schema/index.ts';
import { summarizeCapture } from '../status/environment-snapshot.ts';
import { announce, type Controller, type ControllerContext, carryOut, StepsFailed } from './controller.ts';

export function environmentSnapshotController(context: ControllerContext): Controller {
  const { world, client, attempts, statuses, now } = context;

  async function reconcile(key: string): Promise<number | undefined> {
    const observed = await observeCapture(world, client, attempts, key);
    if (!observed) return undefined;
    const { snapshot } = observed;
    const plan = planCapture(observed, now());
    const failures = await carryOut(context, snapshot, plan.steps);
    await remember(plan.steps, failures.length > 0, snapshot.metadata.uid!);
    const status = summarizeCapture(observed, plan, failures, now());
    const due = await writeStatus(status);
    if (failures.length > 0) throw new StepsFailed(failures);
    return earliest(plan.againAfterMs, due);

    async function writeStatus(next: typeof status) {
      const current = world.snapshots.get(snapshot.metadata.namespace, snapshot.metadata.name) ?? snapshot;
      announce(context, snapshot, next.conditions ?? [], current.status?.conditions);
      try {
        return await statuses.write(environmentSnapshots, current, next);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        return undefined;
      }
    }
  }

  /** What was just written is known without reading it back; what failed may or may not be there. */
  async function remember(steps: readonly Step[], failed: boolean, uid: string): Promise<void> {
    if (failed) attempts.forget(uid);
    else for (const object of revisionsIn(steps)) await attempts.add(object);
  }

  function watch(enqueue: (key: string) => void): void {
    world.snapshots.onChange(({ type, object }) => {
      if (type === 'deleted') {
        attempts.forget(object.metadata.uid!);
        statuses.forget(object.metadata.uid!);
      } else enqueue(keyOf(object));
    });
    const byUid = (uid: string | undefined) => {
      for (const snapshot of world.snapshots.list())
        if (snapshot.metadata.uid === uid) enqueue(keyOf(snapshot));
    };
    world.volumeSnapshots.onChange(({ object }) => byUid(object.metadata.labels?.[labels.snapshot]));
    world.groupSnapshots.onChange(({ object }) => byUid(object.metadata.labels?.[labels.snapshot]));
    world.contents.onChange(({ object: { spec } }) => {
      const { namespace, name } = spec.volumeSnapshotRef;
      byUid(world.volumeSnapshots.get(namespace, name!)?.metadata.labels?.[labels.snapshot]);
    });
    world.groupContents.onChange(({ object: { spec } }) => {
      const { namespace, name } = spec.volumeGroupSnapshotRef;
      byUid(world.groupSnapshots.get(namespace, name!)?.metadata.labels?.[labels.snapshot]);
    });
    world.environments.onChange(({ object }) => {
      for (const snapshot of openIn(object.metadata.namespace)) {
        if (snapshot.spec.environment === object.metadata.name) enqueue(keyOf(snapshot));
      }
    });
    // Whatever a capture was refused for is mended in one of these.
    for (const cache of [world.machines, world.instances, world.claims])
      cache.onChange(({ object }: { object: KubeObject }) => {
        for (const snapshot of openIn(object.metadata.namespace)) enqueue(keyOf(snapshot));
      });
    for (const cache of [world.snapshotClasses, world.groupClasses])
      cache.onChange(() => {
        for (const snapshot of world.snapshots.list()) if (isOpen(snapshot)) enqueue(keyOf(snapshot));
      });
  }

  function openIn(namespace: string | undefined) {
    return world.snapshots.byIndex(indexes.namespace, namespace ?? '').filter(isOpen);
  }

  return { name: 'environment-snapshot', watch, reconcile };
}

/** A capture that has not come to its end. */
function isOpen({ status }: EnvironmentSnapshotObject): boolean {
  return status?.phase !== 'Complete';
}

/** The earlier of two times to look again. */
export function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const given = times.filter((time) => time !== undefined);
  return given.length > 0 ? Math.min(...given) : undefined;
}

function revisionsIn(steps: readonly Step[]): readonly ControllerRevision[] {
  return steps.flatMap((step) => {
    if (step.step === 'sequence' || step.step === 'together') return revisionsIn(step.steps);
    return step.step === 'create' && step.kind.kind === 'ControllerRevision'
      ? [step.object as ControllerRevision]
      : [];
  });
}
