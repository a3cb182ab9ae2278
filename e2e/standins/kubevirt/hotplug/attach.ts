import type { Cache } from '../../kube/cache.ts';
import { unlessNotFound } from '../../kube/error.ts';
import { Pods, resourcePath } from '../../kube/kinds.ts';
import { claimNameOf } from '../claim-name.ts';
import type { Pod, VirtualMachineInstance, Volume } from '../types.ts';
import type { World } from '../world.ts';
import { attachmentPod, isAttachmentOf, isRunning, volumesIn } from './attachment-pod.ts';
import { isHotpluggable } from './requests.ts';

/** Keeps one attachment pod with all volumes that are to be plugged into a running instance, and no others. */
export async function keepAttachments(
  world: World,
  vmi: VirtualMachineInstance,
  launcher: Pod,
): Promise<void> {
  const wanted = pluggable(world, vmi);
  const pods = attachmentsOf(world, launcher);
  if (wanted.length === 0 && pods.length === 0) return;
  const current = pods.find((pod) => holdsExactly(pod, wanted));
  if (current === undefined && wanted.length > 0) return createPod(world, vmi, launcher, wanted);
  if (current !== undefined && !isRunning(current)) return;
  for (const pod of pods) {
    if (pod !== current && isLetGoOf(pod, vmi, wanted)) await deletePod(world, vmi, pod);
  }
}

/** The attachment pods of a launcher that are not going away. */
export function attachmentsOf({ caches }: World, launcher: Pod): Pod[] {
  return caches.pods
    .list(launcher.metadata.namespace)
    .filter((pod) => pod.metadata.deletionTimestamp === undefined && isAttachmentOf(pod, launcher));
}

/** Volumes of an instance that can be brought to its node: those whose claims are bound. */
function pluggable({ caches }: World, { metadata, spec }: VirtualMachineInstance): Volume[] {
  return (spec.volumes ?? []).filter((volume) => {
    const claim = caches.claims.get(metadata.namespace, claimNameOf(volume) ?? '');
    return isHotpluggable(volume) && claim?.status?.phase === 'Bound';
  });
}

function holdsExactly(pod: Pod, volumes: readonly Volume[]): boolean {
  const names = volumesIn(pod);
  return names.length === volumes.length && volumes.every(({ name }) => names.includes(name));
}

/** Whether no domain uses a pod's volumes any more, save those that another pod holds. */
function isLetGoOf(pod: Pod, { status }: VirtualMachineInstance, wanted: readonly Volume[]): boolean {
  return volumesIn(pod)
    .filter((name) => !wanted.some((volume) => volume.name === name))
    .every((name) => {
      const phase = status?.volumeStatus?.find((volume) => volume.name === name)?.phase;
      return phase === undefined || phase === 'UnMountedFromPod';
    });
}

async function createPod(
  world: World,
  vmi: VirtualMachineInstance,
  launcher: Pod,
  volumes: readonly Volume[],
): Promise<void> {
  const { client, events } = world.controller;
  const path = resourcePath(Pods, vmi.metadata.namespace);
  const pod = await client.create<Pod>(path, attachmentPod(launcher, volumes));
  world.caches.pods.observe(pod);
  events.recordEvent(vmi, 'Normal', 'SuccessfulCreate', `Created attachment pod ${pod.metadata.name}`);
}

async function deletePod(world: World, vmi: VirtualMachineInstance, pod: Pod): Promise<void> {
  const { client, events } = world.controller;
  const path = resourcePath(Pods, pod.metadata.namespace, pod.metadata.name);
  await unlessNotFound(client.delete(path, { preconditions: { uid: pod.metadata.uid } }));
  events.recordEvent(vmi, 'Normal', 'SuccessfulDelete', `Deleted attachment pod ${pod.metadata.name}`);
}

/** The instance whose launcher owns an attachment pod, as a key. */
export function attachedInstanceKeys(
  pods: Cache<Pod>,
  instanceKeys: (launcher: Pod) => string[],
): (pod: Pod) => string[] {
  return ({ metadata }) =>
    (metadata.ownerReferences ?? [])
      .filter(({ kind }) => kind === 'Pod')
      .flatMap(({ name }) => pods.get(metadata.namespace, name) ?? [])
      .flatMap(instanceKeys);
}
