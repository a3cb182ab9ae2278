import { randomUUID } from 'node:crypto';
import type { KubeClient } from '../../kube/client.ts';
import { Namespaces, resourcePath, SubjectAccessReviews } from '../../kube/kinds.ts';
import { cloneToken } from '../names.ts';
import { type CloneOrigin, cloneOrigin, type DataVolume } from '../objects.ts';
import { BadRequest, type PatchOperation, Refusal, type Review, type UserInfo } from './review.ts';

/**
 * What datavolume-mutate does to a new DataVolume: who clones from a namespace must be allowed to, and gets a token
 * that says so.
 */
export async function mutate(client: KubeClient, { request }: Review<DataVolume>): Promise<PatchOperation[]> {
  const volume = request.object;
  checkQuantities(volume);
  if (volume.spec.sourceRef) throw new BadRequest(missingDataSource(volume));
  const origin = cloneOrigin(volume);
  if (request.operation !== 'CREATE' || origin === undefined) return [];
  const namespace = origin.namespace || request.namespace;
  await checkNamespace(client, namespace);
  if (!(await mayClone(client, request.userInfo, { ...origin, namespace }))) {
    const { username } = request.userInfo;
    const message = `User ${username} has insufficient permissions in clone source namespace ${namespace}`;
    throw new Refusal('spec.source.PVC.namespace', message);
  }
  const annotations = { ...volume.metadata.annotations, [cloneToken]: randomUUID() };
  return [{ op: 'add', path: '/metadata/annotations', value: annotations }];
}

const quantityForm = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

/** Go refuses a quantity that is none while it reads the object. */
function checkQuantities({ spec }: DataVolume): void {
  for (const quantity of Object.values((spec.storage ?? spec.pvc)?.resources?.requests ?? {})) {
    if (quantityForm.test(String(quantity))) continue;
    throw new BadRequest(`quantities must match the regular expression '${quantityForm.source}'`);
  }
}

function missingDataSource({ spec }: DataVolume): string {
  return `datasources.cdi.kubevirt.io "${spec.sourceRef!.name}" not found`;
}

async function checkNamespace(client: KubeClient, name: string): Promise<void> {
  try {
    await client.get(resourcePath(Namespaces, undefined, name));
  } catch (error) {
    throw new BadRequest((error as Error).message);
  }
}

interface Attributes {
  readonly namespace: string;
  readonly name: string;
  readonly verb: 'create';
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

/** `datavolumes/source` suffices; else pods for a claim, for a snapshot also the resource `pvcs`, which is none. */
async function mayClone(
  client: KubeClient,
  user: UserInfo,
  { kind, namespace, name }: CloneOrigin,
): Promise<boolean> {
  const to = (group: string, resource: string, subresource?: string): Attributes => ({
    namespace,
    name,
    verb: 'create',
    group,
    resource,
    subresource,
  });
  if (await isAllowed(client, user, to('cdi.kubevirt.io', 'datavolumes', 'source'))) return true;
  if (!(await isAllowed(client, user, to('', 'pods')))) return false;
  return kind === 'pvc' || isAllowed(client, user, to('', 'pvcs'));
}

async function isAllowed(
  client: KubeClient,
  user: UserInfo,
  resourceAttributes: Attributes,
): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: user.username, groups: user.groups, uid: user.uid, extra: user.extra, resourceAttributes },
  };
  const path = resourcePath(SubjectAccessReviews);
  const answer = await client.create<{ status: { allowed: boolean } }>(path, review);
  return answer.status.allowed;
}
