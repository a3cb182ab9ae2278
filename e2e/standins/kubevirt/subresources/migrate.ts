import { unlessNotFound } from '../../kube/error.ts';
import type { Answer } from '../../kube/https-server.ts';
import { resourcePath, VirtualMachineInstances } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { conditionOf } from '../conditions.ts';
import type { VirtualMachineInstance } from '../types.ts';
import { isFinal } from '../vmi/ready.ts';
import type { World } from '../world.ts';
import { conflict, internalError, notFound } from './answers.ts';
import { fetchInstance } from './fetch.ts';
import type { Call } from './serve.ts';

const VALIDATOR = 'migration-create-validator.kubevirt.io';

/** Asks for a migration, which admission refuses: virt-api passes its words on. */
export async function migrate(world: World, call: Call): Promise<Answer> {
  const vmi = await fetchInstance(world, call);
  if (vmi === undefined) return notFound('virtualmachineinstance', call.name);
  if (vmi.status?.phase !== 'Running') return conflict('virtualmachine', call.name, 'VM is not running');
  const refusal = `admission webhook "${VALIDATOR}" denied the request: ${migrationRefusal(vmi)}`;
  return internalError(refusal);
}

export interface VirtualMachineInstanceMigration extends KubeObject {
  spec: { vmiName?: string };
}

/** Rejects where a migration may not be made, which is everywhere. */
export async function validateMigration(
  { api }: World,
  { metadata, spec }: VirtualMachineInstanceMigration,
): Promise<never> {
  const { namespace } = metadata;
  const path = resourcePath(VirtualMachineInstances, namespace, spec.vmiName);
  const vmi = await unlessNotFound(api.client.get<VirtualMachineInstance>(path));
  if (vmi === undefined) throw new Error(`the VMI "${namespace}/${spec.vmiName}" does not exist`);
  throw new Error(migrationRefusal(vmi));
}

/** Why an instance cannot migrate. One that could is refused, too: there is one node. */
function migrationRefusal(vmi: VirtualMachineInstance): string {
  if (isFinal(vmi)) return 'Cannot migrate VMI in finalized state.';
  const migratable = conditionOf(vmi.status?.conditions, 'LiveMigratable');
  if (migratable?.status !== 'False') return 'live migration is not modelled by the stand-in';
  return `Cannot migrate VMI, Reason: ${migratable.reason}, Message: ${migratable.message}`;
}
