import type { PodReadiness } from '../../context.ts';
import { type Controller, runController, source } from '../../kube/controller.ts';
import { joinKey, keyOf } from '../../kube/objects.ts';
import type { Pod } from '../../node/objects.ts';
import type { Cdi } from '../cdi.ts';
import { cloneOwnerReference } from '../names.ts';
import { copyBytes, isReading } from './bytes.ts';
import { reconcileCopy } from './reconcile.ts';

/** Runs what copies claims by the host, until aborted. */
export async function runCopies(
  cdi: Cdi,
  readiness: PodReadiness,
  common: Pick<Controller, 'concurrency' | 'backOff' | 'signal'>,
): Promise<void> {
  const { claims, pods } = cdi.caches;
  await Promise.all([
    runController({
      ...common,
      name: 'cdi host copies',
      sources: [source(claims), source(pods.cache, copyTargets)],
      reconcile: (key) => reconcileCopy(cdi, readiness, key),
    }),
    runController({
      ...common,
      name: 'cdi copied bytes',
      sources: [source(pods.cache, (pod) => (isReading(pod) ? [keyOf(pod)] : []))],
      reconcile: (key) => copyBytes(cdi, readiness, key),
      concurrency: 20,
    }),
  ]);
}

/** The claim that a pod of a copy writes to, or sends to. */
function copyTargets({ metadata }: Pod): string[] {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'PersistentVolumeClaim');
  const target = metadata.annotations?.[cloneOwnerReference];
  return [owner && joinKey(metadata.namespace, owner.name), target].filter((key) => key !== undefined);
}
