/** EnvironmentClone: builds a copy of an Environment, in order, and takes it down again. */

import type { Failure } from '../apply/apply.ts';
import { isNotFound, type KubeObject, keyOf } from '../cluster/index.ts';
import { environmentClones } from '../cluster/kinds.generated.ts';
import { annotations, labels } from '../names.ts';
import { type ObservedClone, observeClone } from '../observe/environment-clone.ts';
import { indexes } from '../observe/world.ts';
import type { Attempt } from '../plan/capture/model.ts';
import { planClone } from '../plan/clone/plan.ts';
import type { Blocker, EnvironmentCloneStatus } from '../schema/environment-clone.ts';
import type { EnvironmentCloneObject } from '../schema/index.ts';
import { summarizeClone } from '../status/environment-clone.ts';
import { announce, type Controller, type ControllerContext, carryOut, StepsFailed } from './controller.ts';
import { earliest } from './environment-snapshot.ts';

/** Refusals of a dry run are asked for again after this: webhooks and instance types are mended without an event. */
const admissionKeptMs = 30_000;

/** A hundred VMs send a few hundred events a second while they start, and each look at a clone is at all of it. */
const settleMs = 30;

export function environmentCloneController(context: ControllerContext): Controller {
  const { world, statuses, now, settings } = context;
  const admission = new Map<
    string,
    { readonly of: string; readonly at: number; readonly blockers: readonly Blocker[] }
  >();

  async function reconcile(key: string): Promise<number | undefined> {
    const observed = await observeClone(context, key, admissionOf);
    if (!observed) return undefined;
    const plan = planClone(observed, { now: now(), binderImage: settings.binderImage });
    // That it is done is said first: what is only let go of then may take the storage a while.
    const done = plan.state === 'Completed' && observed.clone.status?.phase !== 'Completed';
    if (done) await writeStatus(observed, summarizeClone({ observed, plan, failures: [], now: now() }));
    const results = await carryOut(context, observed.clone, plan.steps);
    const asked = plan.state === 'Asking';
    if (asked) rememberAdmission(observed, results);
    // A refusal is an answer; no answer is a failure.
    const failures = asked ? results.filter(({ reason }) => reason === 'Failed') : results;
    const due = await writeStatus(observed, summarizeClone({ observed, plan, failures, now: now() }));
    if (failures.length > 0) throw new StepsFailed(failures);
    return earliest(plan.againAfterMs, due);
  }

  function admissionOf(
    clone: EnvironmentCloneObject,
    attempt: Attempt | undefined,
  ): readonly Blocker[] | undefined {
    const known = admission.get(clone.metadata.uid!);
    if (known?.of !== admissionKey(clone, attempt)) return undefined;
    return known.blockers.length > 0 && now() - known.at > admissionKeptMs ? undefined : known.blockers;
  }

  function rememberAdmission({ clone, attempt }: ObservedClone, results: readonly Failure[]): void {
    if (results.some(({ reason }) => reason === 'Failed')) return;
    const blockers = results.map(({ reason, message }) => ({
      reason: reason === 'Refused' ? 'AdmissionRefused' : reason,
      message,
    }));
    admission.set(clone.metadata.uid!, { of: admissionKey(clone, attempt), at: now(), blockers });
  }

  async function writeStatus(
    { clone }: ObservedClone,
    next: EnvironmentCloneStatus,
  ): Promise<number | undefined> {
    const current = world.clones.get(clone.metadata.namespace, clone.metadata.name);
    if (!current) return undefined;
    announce(context, current, next.conditions ?? [], current.status?.conditions);
    try {
      return await statuses.write(environmentClones, current, next);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return undefined;
    }
  }

  function watch(enqueue: (key: string) => void): void {
    world.clones.onChange(({ type, object }) => {
      if (type !== 'deleted') return enqueue(keyOf(object));
      admission.delete(object.metadata.uid!);
      statuses.forget(object.metadata.uid!);
    });
    const owner = (object: KubeObject) => {
      const uid = object.metadata.labels?.[labels.clone];
      if (!uid) return;
      const name = object.metadata.ownerReferences?.find((each) => each.uid === uid)?.name;
      const key = name
        ? `${object.metadata.namespace}/${name}`
        : object.metadata.annotations?.[annotations.cloneName];
      if (key) enqueue(key);
    };
    const children = [
      world.machines,
      world.claims,
      world.volumeSnapshots,
      world.contents,
      world.dataVolumes,
      world.binders,
      world.services,
      world.policies,
    ];
    for (const cache of children) cache.onChange(({ object }: { object: KubeObject }) => owner(object));
    world.instances.onChange(({ object: { metadata } }) => {
      const machine = world.machines.get(metadata.namespace, metadata.name);
      if (machine) owner(machine);
    });
    const inNamespace = (namespace: string | undefined) => {
      for (const clone of world.clones.byIndex(indexes.namespace, namespace ?? '')) enqueue(keyOf(clone));
    };
    // Claims that CDI makes, and objects in the way of a name, carry no mark of ours.
    world.claims.onChange(({ object }) => inNamespace(object.metadata.namespace));
    world.machines.onChange(
      ({ type, object }) => type !== 'modified' && inNamespace(object.metadata.namespace),
    );
    world.services.onChange(
      ({ type, object }) => type !== 'modified' && inNamespace(object.metadata.namespace),
    );
    const fromSource = (namespace: string | undefined) => {
      for (const clone of world.clones.list())
        if ((clone.spec.source.namespace ?? clone.metadata.namespace) === namespace) enqueue(keyOf(clone));
    };
    world.snapshots.onChange(({ object }) => fromSource(object.metadata.namespace));
    world.environments.onChange(({ object }) => fromSource(object.metadata.namespace));
    world.storageClasses.onChange(() => {
      for (const clone of world.clones.list()) enqueue(keyOf(clone));
    });
    world.namespaces.onChange(({ object }) => inNamespace(object.metadata.name));
  }

  return { name: 'environment-clone', settleMs, watch, reconcile };
}

/** Dry runs hold for one generation of the clone and one set of captured definitions. */
function admissionKey(clone: EnvironmentCloneObject, attempt: Attempt | undefined): string {
  return `${clone.metadata.generation}/${attempt?.revision ?? 'live'}`;
}
