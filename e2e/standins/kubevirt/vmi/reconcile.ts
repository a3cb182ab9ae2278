import type { KubeClient } from '../../kube/client.ts';
import { KubeError, unlessNotFound } from '../../kube/error.ts';
import { Pods, resourcePath, VirtualMachineInstances } from '../../kube/kinds.ts';
import { splitKey } from '../../kube/objects.ts';
import { timestamp } from '../conditions.ts';
import { attachmentsOf, keepAttachments } from '../hotplug/attach.ts';
import { phaseChanges } from '../hotplug/handler-status.ts';
import { sameJson } from '../patch.ts';
import type { Pod, VirtualMachineInstance } from '../types.ts';
import { decide } from '../vm/decide.ts';
import { dataVolumesOf, isReadyForLauncher, missingClaims } from '../volumes.ts';
import type { World } from '../world.ts';
import { nextReleased } from './finalizers.ts';
import { launcherPod } from './launcher-pod.ts';
import { markPod } from './pod-marks.ts';
import { isDown, isFinal } from './ready.ts';
import { specByController } from './spec.ts';
import { type Obstacle, statusByController } from './status.ts';

const OBSERVED_VERSIONS = {
  'kubevirt.io/latest-observed-api-version': 'v1',
  'kubevirt.io/storage-observed-api-version': 'v1',
};

/** What virt-controller does for an instance: its launcher pod, its phase until it is scheduled, its end. */
export async function reconcileInstance(world: World, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const vmi = world.caches.vmis.get(namespace, name);
  if (vmi === undefined || isAboutToBeDeleted(world, vmi)) return;
  const before = world.launchers.of(vmi);
  if (before !== undefined && isVanishing(before)) return;
  const obstacle = await converge(world, vmi, before);
  const current = world.caches.vmis.get(namespace, name);
  if (current === undefined || current.metadata.uid !== vmi.metadata.uid) return;
  // A pod that this very pass deleted is told of once more, however fast it was gone.
  const launcher = world.launchers.of(current) ?? (before?.spec.nodeName ? goingAway(before) : undefined);
  if (launcher !== undefined) {
    if (isVanishing(launcher)) return;
    await markPod(world, current, launcher);
    if (current.spec.readinessProbe === undefined) releasePod(world, launcher);
    if (current.status?.phase === 'Running') await keepAttachments(world, current, launcher);
  }
  await writeStatus(world, current, launcher, obstacle);
}

/** Deleted by force, or before it had a node, a pod is gone in the next moment. */
function isVanishing(pod: Pod): boolean {
  return pod.metadata.deletionGracePeriodSeconds === 0 && !isDown(pod);
}

function goingAway(pod: Pod): Pod {
  return { ...pod, metadata: { deletionTimestamp: timestamp(), ...pod.metadata } };
}

/** A VM that does not keep its ended instance deletes it before anything else is said of it. */
function isAboutToBeDeleted({ caches }: World, vmi: VirtualMachineInstance): boolean {
  if (!isFinal(vmi) || vmi.metadata.deletionTimestamp !== undefined) return false;
  const vm = caches.vms.get(vmi.metadata.namespace, vmi.metadata.name);
  const isOwner = vmi.metadata.ownerReferences?.some(({ uid }) => uid === vm?.metadata.uid) ?? false;
  return vm !== undefined && isOwner && decide(vm, vmi).action === 'stop';
}

/** Makes or deletes the pod; answers what keeps it from being made. */
async function converge(
  world: World,
  vmi: VirtualMachineInstance,
  pod: Pod | undefined,
): Promise<Obstacle | undefined> {
  const leaving = vmi.metadata.deletionTimestamp !== undefined;
  if (leaving && pod !== undefined && pod.metadata.deletionTimestamp === undefined) {
    await deletePod(world, vmi, pod);
  }
  if (leaving || pod !== undefined || isFinal(vmi) || vmi.status?.phase !== 'Pending') return undefined;
  const [missing] = missingClaims(vmi, world.caches);
  if (missing !== undefined) return claimIsMissing(world, vmi, missing);
  if (!dataVolumesOf(vmi, world.caches).every(isReadyForLauncher)) return undefined;
  return createPod(world, vmi);
}

function claimIsMissing({ controller }: World, vmi: VirtualMachineInstance, claim: string): Obstacle {
  const message = `PVC ${vmi.metadata.namespace}/${claim} does not exist, waiting for it to appear`;
  const told = vmi.status?.conditions?.some((condition) => condition.message === message);
  if (!told) controller.events.recordEvent(vmi, 'Normal', 'FailedPvcNotFound', message);
  return { reason: 'FailedPvcNotFound', message };
}

async function createPod(world: World, vmi: VirtualMachineInstance): Promise<Obstacle | undefined> {
  const { client, events } = world.controller;
  const nodeSelector = world.context.faults.peek('launcher-unschedulable', vmi.metadata)
    ? { 'fault.envclone.test/no-such-node': 'true' }
    : undefined;
  try {
    const pod = await client.create<Pod>(
      resourcePath(Pods, vmi.metadata.namespace),
      launcherPod(vmi, { nodeSelector }),
    );
    holdPod(world, pod);
    world.caches.pods.observe(pod);
    events.recordEvent(vmi, 'Normal', 'SuccessfulCreate', `Created virtual machine pod ${pod.metadata.name}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    events.recordEvent(vmi, 'Warning', 'FailedCreate', `Error creating pod: ${error.message}`);
    return { reason: 'FailedCreate', message: `failed to create virtual machine pod: ${error.message}` };
  }
}

/** No launcher is ready before its readiness gate is set, and one with a readinessProbe not before its guest is. */
function holdPod({ context }: World, { metadata }: Pod): void {
  context.podReadiness.hold(metadata.namespace!, metadata.name);
}

function releasePod({ context }: World, { metadata }: Pod): void {
  context.podReadiness.release(metadata.namespace!, metadata.name);
}

async function deletePod(world: World, vmi: VirtualMachineInstance, pod: Pod): Promise<void> {
  const { client, events } = world.controller;
  const options = { preconditions: { uid: pod.metadata.uid } };
  const path = resourcePath(Pods, pod.metadata.namespace, pod.metadata.name);
  const answer = (await unlessNotFound(client.delete(path, options))) as Pod | undefined;
  // A pod without a node is gone with the answer.
  if (answer?.metadata?.deletionTimestamp !== undefined && pod.spec.nodeName !== undefined)
    world.caches.pods.observe(answer);
  events.recordEvent(vmi, 'Normal', 'SuccessfulDelete', `Deleted virtual machine pod ${pod.metadata.name}`);
}

async function writeStatus(
  world: World,
  vmi: VirtualMachineInstance,
  pod: Pod | undefined,
  obstacle?: Obstacle,
): Promise<void> {
  if (isFinal(vmi) && waitsForCollector(vmi, pod)) return;
  const dataVolumes = dataVolumesOf(vmi, world.caches);
  const status = statusByController({
    vmi,
    pod,
    claim: (name) => world.caches.claims.get(vmi.metadata.namespace, name),
    attachments: pod === undefined ? [] : attachmentsOf(world, pod),
    dataVolumesReady: dataVolumes.length === 0 ? undefined : dataVolumes.every(isReadyForLauncher),
    obstacle,
  });
  const metadata = {
    ...vmi.metadata,
    finalizers: remainingFinalizers(vmi, pod),
    labels: labels(vmi, status.nodeName),
    annotations: { ...vmi.metadata.annotations, ...OBSERVED_VERSIONS },
  };
  const spec = pod === undefined ? vmi.spec : specByController(vmi);
  const changed = { ...vmi, metadata, spec, status };
  if (sameJson(changed, vmi)) return;
  await replace(world.controller.client, world, changed);
  const attached = phaseChanges(vmi.status?.volumeStatus, status.volumeStatus, 'AttachedToNode');
  for (const { reason, message } of attached)
    world.controller.events.recordEvent(vmi, 'Normal', reason, message);
}

/** An instance's status has no subresource: whoever writes it writes the whole object, and loses races. */
async function replace(client: KubeClient, world: World, vmi: VirtualMachineInstance): Promise<void> {
  const written = await unlessNotFound(client.replace<VirtualMachineInstance>(pathOf(vmi), vmi));
  if (written?.metadata?.uid !== vmi.metadata.uid) return;
  const isGone = written.metadata.deletionTimestamp !== undefined && !written.metadata.finalizers?.length;
  if (isGone) world.caches.vmis.forget(written);
  else world.caches.vmis.observe(written);
}

function labels(vmi: VirtualMachineInstance, nodeName: string | undefined) {
  if (nodeName === undefined) return vmi.metadata.labels;
  return { ...vmi.metadata.labels, 'kubevirt.io/nodeName': nodeName };
}

/**
 * An ended instance is let go of one pass after its end was written, and goes when its launcher has gone: one
 * finalizer at a time.
 */
function remainingFinalizers(vmi: VirtualMachineInstance, pod: Pod | undefined): string[] | undefined {
  if (!isFinal(vmi)) return vmi.metadata.finalizers;
  const released = nextReleased(vmi, pod !== undefined);
  return vmi.metadata.finalizers?.filter((finalizer) => finalizer !== released);
}

/** Whoever deletes in the foreground lets go of an instance first, once its launcher has gone. */
function waitsForCollector({ metadata }: VirtualMachineInstance, pod: Pod | undefined): boolean {
  return pod === undefined && (metadata.finalizers?.includes('foregroundDeletion') ?? false);
}

export function pathOf({ metadata }: VirtualMachineInstance): string {
  return resourcePath(VirtualMachineInstances, metadata.namespace, metadata.name);
}
