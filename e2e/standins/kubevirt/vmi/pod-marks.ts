import { unlessNotFound } from '../../kube/error.ts';
import { Pods, resourcePath } from '../../kube/kinds.ts';
import { conditionOf, isTrue, timestamp } from '../conditions.ts';
import type { Condition, Pod, VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import { isDown } from './ready.ts';

const UNPAUSED = 'kubevirt.io/virtual-machine-unpaused';

/** What an instance's launcher pod says of it: its node by a label, and whether it is paused by a readiness gate. */
export async function markPod(world: World, vmi: VirtualMachineInstance, pod: Pod): Promise<void> {
  await labelNode(world, vmi, pod);
  await setGate(world, vmi, pod);
}

async function labelNode(world: World, { status }: VirtualMachineInstance, pod: Pod): Promise<void> {
  const { nodeName } = status ?? {};
  if (nodeName === undefined || pod.metadata.labels?.['kubevirt.io/nodeName'] === nodeName) return;
  await patchPod(world, pod, '', { metadata: { labels: { 'kubevirt.io/nodeName': nodeName } } });
}

async function setGate(world: World, { status }: VirtualMachineInstance, pod: Pod): Promise<void> {
  const condition = gate(isTrue(status?.conditions, 'Paused'));
  if (conditionOf(pod.status?.conditions, UNPAUSED)?.status === condition.status || isDown(pod)) return;
  await patchPod(world, pod, '/status', { status: { conditions: [condition] } });
}

function gate(paused: boolean): Condition {
  const now = timestamp();
  return {
    type: UNPAUSED,
    status: paused ? 'False' : 'True',
    reason: paused ? 'Paused' : 'NotPaused',
    message: `the virtual machine is ${paused ? '' : 'not '}paused`,
    lastProbeTime: now,
    lastTransitionTime: now,
  };
}

async function patchPod({ controller, caches }: World, pod: Pod, part: string, patch: object): Promise<void> {
  const path = resourcePath(Pods, pod.metadata.namespace, pod.metadata.name) + part;
  const patched = await unlessNotFound(controller.client.strategicPatch<Pod>(path, patch));
  if (patched !== undefined) caches.pods.observe(patched);
}
