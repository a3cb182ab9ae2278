import { Claims, resourcePath } from '../../kube/kinds.ts';
import { annotation } from '../../kube/objects.ts';
import type { Pod } from '../../node/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import { podPhase, podRestarts, podSchedulable, running, runningMessage, runningReason } from '../names.ts';
import { importComplete } from './manifests.ts';

/** Tells a claim what an importer pod is at, by annotations. */
export async function followPod(
  { client, caches }: Cdi,
  claim: Claim,
  pod: Pod | undefined,
  others: Record<string, string>,
): Promise<Claim> {
  const annotations = { ...others, ...annotationsFor(pod) };
  const same = Object.entries(annotations).every(([name, value]) => annotation(claim, name) === value);
  if (same) return claim;
  const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
  return caches.claims.observe(await client.mergePatch<Claim>(path, { metadata: { annotations } }));
}

function annotationsFor(pod: Pod | undefined): Record<string, string> {
  if (pod?.status?.phase === undefined) return {};
  const scheduled = pod.status.conditions?.find(({ type }) => type === 'PodScheduled');
  const common = {
    [podPhase]: pod.status.phase,
    [podSchedulable]: String(scheduled?.status !== 'False'),
  };
  if (!pod.spec.nodeName) return common;
  return { ...common, [podRestarts]: '0', ...stateOf(pod) };
}

function stateOf(pod: Pod): Record<string, string> {
  const said = (status: string, message: string, reason: string) => ({
    [running]: status,
    [runningMessage]: message,
    [runningReason]: reason,
  });
  if (pod.status?.phase === 'Running') return said('true', '', 'Pod is running');
  if (pod.status?.phase !== 'Succeeded') return said('false', '', 'ContainerCreating');
  return said('false', importComplete, 'Completed');
}
