import { annotation } from '../../kube/objects.ts';
import type { Pod } from '../../node/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import { podPhase, podReady, running, runningMessage, runningReason, uploadClient } from '../names.ts';

interface ContainerStatus {
  readonly ready?: boolean;
  readonly state?: { readonly running?: object; readonly waiting?: { readonly reason?: string } };
}

/** What a claim that is copied into says of its server; undefined where it says so already. */
export function copiedAnnotations(
  claim: Claim,
  request: string,
  server: Pod,
): Record<string, string> | undefined {
  const { namespace, name } = claim.metadata;
  const statuses = (server.status?.containerStatuses ?? []) as ContainerStatus[];
  const annotations: Record<string, string> = {
    [uploadClient]: `${request}-${namespace}/${name}`,
    [podPhase]: server.status?.phase ?? '',
    [podReady]: String(statuses.length > 0 && statuses.every(({ ready }) => ready)),
    ...runningOf(statuses),
  };
  const same = Object.entries(annotations).every(([key, value]) => annotation(claim, key) === value);
  return same ? undefined : annotations;
}

function runningOf([status]: readonly ContainerStatus[]): Record<string, string> {
  if (status === undefined) return {};
  if (status.state?.running)
    return { [running]: 'true', [runningMessage]: '', [runningReason]: 'Pod is running' };
  const reason = status.state?.waiting?.reason;
  return { [running]: 'false', [runningMessage]: '', ...(reason && { [runningReason]: reason }) };
}
