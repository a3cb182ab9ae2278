import { resourcePath, SubjectAccessReviews } from '../../kube/kinds.ts';
import type { DataVolumeTemplate, VirtualMachine } from '../types.ts';
import type { World } from '../world.ts';

/** Why the VM's service account may not clone what a template names; `undefined` when it may. */
export async function cloneIsForbidden(
  { controller }: World,
  vm: VirtualMachine,
  template: DataVolumeTemplate,
): Promise<string | undefined> {
  const source = sourceNamespace(template);
  if (source === undefined || source === vm.metadata.namespace) return undefined;
  const user = `system:serviceaccount:${vm.metadata.namespace}:${serviceAccountOf(vm)}`;
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups: groupsOf(vm), resourceAttributes: { ...RIGHT, namespace: source } },
  };
  const path = resourcePath(SubjectAccessReviews);
  const { status } = await controller.client.create<{ status: { allowed: boolean } }>(path, review);
  if (status.allowed) return undefined;
  return `User ${user} has insufficient permissions in clone source namespace ${source}`;
}

const RIGHT = { group: 'cdi.kubevirt.io', resource: 'datavolumes', subresource: 'source', verb: 'create' };

function sourceNamespace({ spec }: DataVolumeTemplate): string | undefined {
  const { snapshot, pvc } = (spec.source ?? {}) as Record<string, { namespace?: string } | undefined>;
  return (snapshot ?? pvc)?.namespace;
}

function serviceAccountOf({ spec }: VirtualMachine): string {
  for (const { serviceAccount } of spec.template.spec.volumes ?? []) {
    const name = (serviceAccount as { serviceAccountName?: string } | undefined)?.serviceAccountName;
    if (name !== undefined) return name;
  }
  return 'default';
}

function groupsOf({ metadata }: VirtualMachine): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${metadata.namespace}`, 'system:authenticated'];
}
