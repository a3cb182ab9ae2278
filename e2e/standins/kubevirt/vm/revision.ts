import { isAlreadyExists, unlessNotFound } from '../../kube/error.ts';
import { ControllerRevisions, resourcePath } from '../../kube/kinds.ts';
import { ownerReference } from '../../kube/objects.ts';
import type { VirtualMachine, VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import type { StartRevision } from './restart-required.ts';

export function startRevisionName({ metadata: { uid, generation } }: VirtualMachine): string {
  return `revision-start-vm-${uid}-${generation}`;
}

/** What an instance was started with, if that is still kept. */
export function startRevisionOf(
  { caches }: World,
  { metadata, status }: VirtualMachineInstance,
): StartRevision | undefined {
  return caches.revisions.get(metadata.namespace, status?.virtualMachineRevisionName ?? '')?.data;
}

/** Keeps the spec that a VM is started with, in place of the one before. */
export async function keepStartRevision(world: World, vm: VirtualMachine): Promise<string> {
  const { client } = world.controller;
  const name = startRevisionName(vm);
  const { namespace } = vm.metadata;
  if (world.caches.revisions.get(namespace, name) !== undefined) return name;
  for (const old of outdated(world, vm, name)) {
    await unlessNotFound(client.delete(resourcePath(ControllerRevisions, namespace, old)));
  }
  try {
    await client.create(resourcePath(ControllerRevisions, namespace), revision(vm, name));
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  return name;
}

function outdated({ caches }: World, vm: VirtualMachine, current: string): string[] {
  const prefix = `revision-start-vm-${vm.metadata.uid}-`;
  return caches.revisions
    .list(vm.metadata.namespace)
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(prefix) && name !== current);
}

function revision(vm: VirtualMachine, name: string) {
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: vm.metadata.namespace,
      ownerReferences: [ownerReference(vm, { controller: true, blockOwnerDeletion: true })],
    },
    data: { spec: vm.spec },
    revision: vm.metadata.generation,
  };
}
