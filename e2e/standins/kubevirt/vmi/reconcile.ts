import type { KubeClient } from '../../kube/client.ts';
import { KubeError, unlessNotFound } from '../../kube/error.ts';
import { Pods, resourcePath, VirtualMachineInstances } from '../../kube/kinds.ts';
import { splitKey } from '../../kube/objects.ts';
import { sameJson } from '../patch.ts';
import type { Pod, VirtualMachineInstance } from '../types.ts';
import { dataVolumesOf, isReadyForLauncher, missingClaims } from '../volumes.ts';
import type { World } from '../world.ts';
import { launcherPod } from './launcher-pod.ts';
import { markPod } from './pod-marks.ts';
import { isFinal } from './ready.ts';
import { type Obstacle, statusByController } from './status.ts';

export const HANDLED = 'kubevirt.io/virtualMachineControllerFinalize';
export const HAS_LAUNCHER = 'kubevirt.io/foregroundDeleteVirtualMachine';

const OBSERVED_VERSIONS = {
  'kubevirt.io/latest-observed-api-version': 'v1',
  'kubevirt.io/storage-observed-api-version': 'v1',
};

/** What virt-controller does for an instance: its launcher pod, its phase until it is scheduled, its end. */
export async function reconcileInstance(world: World, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const vmi = world.caches.vmis.get(namespace, name);
  if (vmi === undefined) return;
  const obstacle = await converge(world, vmi, world.launchers.of(vmi));
  const current = world.caches.vmis.get(namespace, name);
  if (current === undefined || current.metadata.uid !== vmi.metadata.uid) return;
  const launcher = world.launchers.of(current);
  if (launcher !== undefined) {
    if (!isFinal(current) && current.status?.phase !== 'Running') holdPod(world, current, launcher);
    await markPod(world, current, launcher);
  }
  await writeStatus(world, current, obstacle);
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
    holdPod(world, vmi, pod);
    world.caches.pods.observe(pod);
    events.recordEvent(vmi, 'Normal', 'SuccessfulCreate', `Created virtual machine pod ${pod.metadata.name}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    events.recordEvent(vmi, 'Warning', 'FailedCreate', `Error creating pod: ${error.message}`);
    return { reason: 'FailedCreate', message: `failed to create virtual machine pod: ${error.message}` };
  }
}

/** A launcher with a readinessProbe is not ready before the guest answers it. */
function holdPod({ context }: World, vmi: VirtualMachineInstance, { metadata }: Pod): void {
  if (vmi.spec.readinessProbe !== undefined) context.podReadiness.hold(metadata.namespace!, metadata.name);
}

async function deletePod(world: World, vmi: VirtualMachineInstance, pod: Pod): Promise<void> {
  const { client, events } = world.controller;
  const options = { preconditions: { uid: pod.metadata.uid } };
  const path = resourcePath(Pods, pod.metadata.namespace, pod.metadata.name);
  const answer = (await unlessNotFound(client.delete(path, options))) as Pod | undefined;
  if (answer?.metadata?.deletionTimestamp !== undefined) world.caches.pods.observe(answer);
  events.recordEvent(vmi, 'Normal', 'SuccessfulDelete', `Deleted virtual machine pod ${pod.metadata.name}`);
}

async function writeStatus(world: World, vmi: VirtualMachineInstance, obstacle?: Obstacle): Promise<void> {
  const pod = world.launchers.of(vmi);
  if (isFinal(vmi) && waitsForCollector(vmi, pod)) return;
  const dataVolumes = dataVolumesOf(vmi, world.caches);
  const status = statusByController({
    vmi,
    pod,
    claim: (name) => world.caches.claims.get(vmi.metadata.namespace, name),
    dataVolumesReady: dataVolumes.length === 0 ? undefined : dataVolumes.every(isReadyForLauncher),
    obstacle,
  });
  const metadata = {
    ...vmi.metadata,
    finalizers: remainingFinalizers(vmi, pod),
    labels: labels(vmi, status.nodeName),
    annotations: { ...vmi.metadata.annotations, ...OBSERVED_VERSIONS },
  };
  if (sameJson(metadata, vmi.metadata) && sameJson(status, vmi.status)) return;
  await replace(world.controller.client, world, { ...vmi, metadata, status });
}

/** An instance's status has no subresource: whoever writes it writes the whole object, and loses races. */
async function replace(client: KubeClient, world: World, vmi: VirtualMachineInstance): Promise<void> {
  const written = await unlessNotFound(client.replace<VirtualMachineInstance>(pathOf(vmi), vmi));
  if (written?.metadata?.uid === vmi.metadata.uid) world.caches.vmis.observe(written);
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
  const { finalizers = [] } = vmi.metadata;
  const released = pod === undefined && finalizers.includes(HAS_LAUNCHER) ? HAS_LAUNCHER : HANDLED;
  return finalizers.filter((finalizer) => finalizer !== released);
}

/** Whoever deletes in the foreground lets go of an instance first, once its launcher has gone. */
function waitsForCollector({ metadata }: VirtualMachineInstance, pod: Pod | undefined): boolean {
  return pod === undefined && (metadata.finalizers?.includes('foregroundDeletion') ?? false);
}

export function pathOf({ metadata }: VirtualMachineInstance): string {
  return resourcePath(VirtualMachineInstances, metadata.namespace, metadata.name);
}
