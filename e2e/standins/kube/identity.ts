import { setTimeout as sleep } from 'node:timers/promises';
import { KubeClient } from './client.ts';
import { isAlreadyExists } from './error.ts';
import {
  ClusterRoleBindings,
  ClusterRoles,
  Namespaces,
  type ResourceKind,
  resourcePath,
  ServiceAccounts,
  SubjectAccessReviews,
} from './kinds.ts';

const RIGHTS_POLL_MS = 50;
const RIGHTS_ATTEMPTS = 200;

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** A component's own identity: a service account, and what its cluster role lets it do. */
export interface ComponentIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
}

/** Makes a component's namespace, service account and role where they are not there, and a client that speaks as it. */
export async function clientOf(adminKubeconfig: string, identity: ComponentIdentity): Promise<KubeClient> {
  const admin = await KubeClient.fromKubeconfig(adminKubeconfig);
  await install(admin, identity);
  await untilAllowed(admin, identity);
  await admin.close();
  const { namespace, name } = identity;
  return KubeClient.fromKubeconfig(adminKubeconfig, { serviceAccount: { namespace, name } });
}

/** The API server knows of new rights some moments after they are made; who asks sooner is refused. */
async function untilAllowed(admin: KubeClient, { namespace, name, rules }: ComponentIdentity): Promise<void> {
  const rule = rules.find(({ resourceNames }) => resourceNames === undefined);
  if (rule === undefined) return;
  const [resource, subresource] = rule.resources[0]!.split('/');
  const resourceAttributes = { group: rule.apiGroups[0], resource, subresource, verb: rule.verbs[0] };
  const spec = { user: `system:serviceaccount:${namespace}:${name}`, resourceAttributes };
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
  for (let attempt = 0; attempt < RIGHTS_ATTEMPTS; attempt += 1) {
    const path = resourcePath(SubjectAccessReviews);
    const { status } = await admin.create<{ status: { allowed: boolean } }>(path, review);
    if (status.allowed) return;
    await sleep(RIGHTS_POLL_MS);
  }
  throw new Error(`the API server does not know the rights of ${namespace}:${name}`);
}

/** Creates an object, or leaves the one of its name as it is. */
export async function ensure(
  client: KubeClient,
  kind: ResourceKind,
  object: { metadata: { name: string; namespace?: string }; [field: string]: unknown },
): Promise<void> {
  try {
    await client.create(resourcePath(kind, object.metadata.namespace), object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

async function install(admin: KubeClient, { namespace, name, rules }: ComponentIdentity): Promise<void> {
  const roleName = `${namespace}:${name}`;
  await ensure(admin, Namespaces, { metadata: { name: namespace } });
  await ensure(admin, ServiceAccounts, { metadata: { namespace, name } });
  await ensure(admin, ClusterRoles, { metadata: { name: roleName } });
  await admin.mergePatch(resourcePath(ClusterRoles, undefined, roleName), { rules });
  await ensure(admin, ClusterRoleBindings, {
    metadata: { name: roleName },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  });
}
