import type { Claim, StorageClass, Volume } from '../storage/objects.ts';
import { parseQuantity } from '../storage/quantity.ts';
import { claimNames, type Node, type NodeSelectorTerm, type Pod } from './objects.ts';
import { nodeMatches } from './selector.ts';

/** What the scheduler makes of a pod: it fits, it waits for claims to be bound here, or it fits no node. */
export type Fit =
  | { readonly kind: 'fits' }
  | { readonly kind: 'binds'; readonly claims: readonly Claim[] }
  | { readonly kind: 'unschedulable'; readonly message: string };

/** What is there to decide with. */
export interface Cluster {
  readonly node: Node;
  claim(namespace: string, name: string): Claim | undefined;
  storageClass(name: string): StorageClass | undefined;
  volume(name: string): Volume | undefined;
}

/** Decides where a pod can go, of a cluster with one node, in kube-scheduler's words. */
export function fit(pod: Pod, cluster: Cluster): Fit {
  const names = [...new Set(claimNames(pod))];
  const claims = names.map((name) => cluster.claim(pod.metadata.namespace!, name));
  const missing = names.find((_, index) => claims[index] === undefined);
  if (missing !== undefined) return none(`persistentvolumeclaim "${missing}" not found. not found`);
  const present = claims as Claim[];
  const leaving = present.find(({ metadata }) => metadata.deletionTimestamp);
  if (leaving) return none(`persistentvolumeclaim "${leaving.metadata.name}" is being deleted. not found`);
  const lost = present.find(({ status }) => status?.phase === 'Lost');
  if (lost)
    return none(
      `persistentvolumeclaim "${lost.metadata.name}" bound to non-existent persistentvolume "${lost.spec.volumeName}". not found`,
    );
  const unbound = present.filter((claim) => !isBound(claim));
  if (unbound.some((claim) => !waitsForConsumer(claim, cluster))) {
    return none('pod has unbound immediate PersistentVolumeClaims. not found');
  }
  const misfit = misfitOf(pod, present, cluster);
  if (misfit) return none(`1 ${misfit}. no new claims to deallocate, ${noPreemption}`);
  return unbound.length > 0 ? { kind: 'binds', claims: unbound } : { kind: 'fits' };
}

const noPreemption = 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';

function none(why: string): Fit {
  return { kind: 'unschedulable', message: `0/1 nodes are available: ${why}` };
}

function isBound(claim: Claim): boolean {
  return claim.status?.phase === 'Bound' && claim.spec.volumeName !== undefined;
}

function waitsForConsumer(claim: Claim, cluster: Cluster): boolean {
  const storageClass = cluster.storageClass(claim.spec.storageClassName ?? '');
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
}

function misfitOf(pod: Pod, claims: readonly Claim[], cluster: Cluster): string | undefined {
  if (!selects(pod, cluster.node)) return "node(s) didn't match Pod's node affinity/selector";
  const short = insufficient(pod, cluster.node);
  if (short) return `Insufficient ${short}`;
  if (claims.some((claim) => !isReachable(claim, cluster))) {
    return "node(s) didn't match PersistentVolume's node affinity";
  }
  const outside = claims.some((claim) => !isBound(claim) && !isAllowed(claim, cluster));
  return outside ? "node(s) didn't find available persistent volumes to bind" : undefined;
}

function selects({ spec }: Pod, node: Node): boolean {
  const wanted = Object.entries(spec.nodeSelector ?? {});
  if (!wanted.every(([key, value]) => node.metadata.labels?.[key] === value)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || nodeMatches(node, required.nodeSelectorTerms);
}

/** The first resource of which the pod alone asks for more than the node has. */
function insufficient({ spec }: Pod, { status }: Node): string | undefined {
  const sums = new Map<string, number>();
  for (const { resources } of spec.containers) {
    for (const [name, quantity] of Object.entries(resources?.requests ?? {})) {
      sums.set(name, (sums.get(name) ?? 0) + parseAmount(quantity));
    }
  }
  const short = [...sums].find(([name, sum]) => sum > parseAmount(status?.allocatable?.[name] ?? '0'));
  return short?.[0];
}

/** Whole bytes are too coarse for `100m` of a processor: amounts are compared in thousandths. */
function parseAmount(quantity: string): number {
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : parseQuantity(quantity) * 1000;
}

function isReachable(claim: Claim, cluster: Cluster): boolean {
  if (!isBound(claim)) return true;
  const affinity = cluster.volume(claim.spec.volumeName!)?.spec.nodeAffinity as VolumeAffinity | undefined;
  return affinity?.required === undefined || nodeMatches(cluster.node, affinity.required.nodeSelectorTerms);
}

interface VolumeAffinity {
  readonly required?: { readonly nodeSelectorTerms: readonly NodeSelectorTerm[] };
}

function isAllowed(claim: Claim, { node, storageClass }: Cluster): boolean {
  const terms = storageClass(claim.spec.storageClassName ?? '')?.allowedTopologies;
  if (!terms?.length) return true;
  const requirements = terms.map(({ matchLabelExpressions }) => ({
    matchExpressions: matchLabelExpressions.map(({ key, values }) => ({
      key,
      values,
      operator: 'In' as const,
    })),
  }));
  return nodeMatches(node, requirements);
}
