import { KubeError } from '../../kube/error.ts';
import {
  type ResourceKind,
  resourcePath,
  VirtualMachineClusterInstancetypes,
  VirtualMachineClusterPreferences,
  VirtualMachineInstancetypes,
  VirtualMachinePreferences,
} from '../../kube/kinds.ts';
import type { Matcher, VirtualMachine } from '../types.ts';
import type { World } from '../world.ts';
import type { Failure } from './status.ts';

/** Looks for the instance type and preference that a VM names. One that is there is not modelled, and says so. */
export async function findInstancetype(world: World, vm: VirtualMachine): Promise<Failure | undefined> {
  const { instancetype, preference } = vm.spec;
  return (
    (await find(world, vm, instancetype, 'FailedFindInstancetype', {
      cluster: VirtualMachineClusterInstancetypes,
      own: VirtualMachineInstancetypes,
    })) ??
    (await find(world, vm, preference, 'FailedFindPreference', {
      cluster: VirtualMachineClusterPreferences,
      own: VirtualMachinePreferences,
    }))
  );
}

async function find(
  { controller }: World,
  { metadata }: VirtualMachine,
  matcher: Matcher | undefined,
  reason: string,
  kinds: { cluster: ResourceKind; own: ResourceKind },
): Promise<Failure | undefined> {
  if (matcher?.name === undefined) return undefined;
  const kind = /^VirtualMachine(Instancetype|Preference)s?$/i.test(matcher.kind ?? '')
    ? kinds.own
    : kinds.cluster;
  try {
    await controller.client.get(resourcePath(kind, metadata.namespace, matcher.name));
  } catch (error) {
    if (error instanceof KubeError) return { reason, message: error.message };
    throw error;
  }
  return { reason: 'NotModelled', message: `the stand-in does not expand ${kind.plural}` };
}
