import { Claims, resourcePath } from '../../kube/kinds.ts';
import { annotation } from '../../kube/objects.ts';
import type { Claim, ClaimSpec } from '../../storage/objects.ts';
import { isQuotaExceeded } from '../datavolume/status.ts';
import { commonLabels, eventSource, eventSourceKind, ownedByUid, populatorKind } from '../names.ts';
import type { Clone, PhaseResult } from './plan.ts';

/** The claim whose volume becomes the target's, or the one that a snapshot is copied from. */
export type Role = 'tmp-pvc' | 'tmp-source-pvc';

export function temporaryName({ target }: Clone, role: Role): string {
  return `${role}-${target.metadata.uid}`;
}

export function temporaryClaim(clone: Clone, role: Role = 'tmp-pvc'): Claim | undefined {
  return clone.cdi.caches.claims.get(clone.namespace, temporaryName(clone, role));
}

/** Makes a temporary claim beside the source: with the target's labels and annotations, and a spec of its own. */
export async function createTemporary(
  clone: Clone,
  spec: ClaimSpec,
  role: Role = 'tmp-pvc',
  annotations: Record<string, string> = {},
): Promise<Claim> {
  const { client, caches, events } = clone.cdi;
  try {
    const path = resourcePath(Claims, clone.namespace);
    return caches.claims.observe(await client.create<Claim>(path, manifest(clone, spec, role, annotations)));
  } catch (error) {
    if (isQuotaExceeded(error)) {
      events.recordEvent(clone.target, 'Warning', 'ErrExceededQuota', (error as Error).message);
    }
    throw error;
  }
}

/** The target's spec without its source, with what the change says. */
export function specLike({ target }: Clone, change: Partial<ClaimSpec> & { size?: string }): ClaimSpec {
  const { dataSource: _, dataSourceRef: __, volumeName: ___, ...spec } = target.spec;
  const { size, ...rest } = change;
  return { ...spec, ...rest, ...(size ? { resources: { requests: { storage: size } } } : {}) };
}

function manifest(clone: Clone, spec: ClaimSpec, role: Role, annotations: Record<string, string>) {
  const { metadata } = clone.target;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      namespace: clone.namespace,
      name: temporaryName(clone, role),
      labels: {
        ...metadata.labels,
        app: commonLabels.app,
        [ownedByUid]: metadata.uid,
        'velero.io/exclude-from-backup': 'true',
      },
      annotations: {
        ...metadata.annotations,
        [eventSource]: `${metadata.namespace}/${metadata.name}`,
        [eventSourceKind]: 'PersistentVolumeClaim',
        [populatorKind]: 'VolumeCloneSource',
        ...annotations,
      },
    },
    spec,
  };
}

/** Waits until the temporary claim is bound, or waits for its first consumer; tells the target its Events. */
export function whenBoundOrWaiting(clone: Clone, claim: Claim): PhaseResult {
  copyEvents(clone, claim);
  // Lost: its volume has been given to the target already.
  if (['Bound', 'Lost'].includes(claim.status?.phase ?? '')) return 'done';
  const storageClass = clone.cdi.caches.classes.get(undefined, claim.spec.storageClassName ?? '');
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer' ? 'done' : 'wait';
}

/** Copies the temporary claim's Events to the target, each once, marked with where it is from. */
function copyEvents({ cdi, target }: Clone, claim: Claim): void {
  const known = new Set(cdi.caches.claimEvents.of(target).map(({ message }) => message));
  for (const event of cdi.caches.claimEvents.of(claim)) {
    const message = `[${claim.metadata.name}] : ${event.message}`;
    if (known.has(event.message) || known.has(message) || event.reason === 'ClaimMisbound') continue;
    cdi.events.recordEvent(target, event.type, event.reason, message);
  }
}

/** Whether a claim was made for a clone, and for which. */
export function cloneOwner(claim: Claim): string | undefined {
  return claim.metadata.labels?.[ownedByUid] && annotation(claim, eventSource);
}
