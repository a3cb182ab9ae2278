import type { Claim } from '../../storage/objects.ts';
import { timestamp } from '../../storage/time.ts';
import {
  bound,
  boundMessage,
  boundReason,
  podSchedulable,
  primeName,
  running,
  runningMessage,
  runningReason,
} from '../names.ts';
import type { DataVolumeCondition } from '../objects.ts';

type Status = DataVolumeCondition['status'];

/** Why a DataVolume cannot begin: stands in the conditions Bound and Ready while there is no claim. */
export interface Obstacle {
  readonly reason: string;
  readonly message: string;
}

/** The conditions of a DataVolume in a phase, from its claim's state and annotations. */
export function conditionsFor(
  before: readonly DataVolumeCondition[],
  phase: string | undefined,
  claim: Claim | undefined,
  obstacle?: Obstacle,
): DataVolumeCondition[] {
  const conditions = new Conditions(before);
  const { status, reason, message } = boundWords(claim, obstacle);
  conditions.set('Bound', status, reason, message);
  conditions.set('Ready', readiness(phase), obstacle?.reason, obstacle?.message);
  setRunning(conditions, claim?.metadata.annotations ?? {});
  return conditions.list();
}

class Conditions {
  readonly #conditions: Map<string, DataVolumeCondition>;

  constructor(before: readonly DataVolumeCondition[]) {
    this.#conditions = new Map(before.map((condition) => [condition.type, condition]));
  }

  set(type: DataVolumeCondition['type'], status: Status, reason = '', message = ''): void {
    const old = this.#conditions.get(type);
    const time = timestamp();
    const words = { ...(message ? { message } : {}), ...(reason ? { reason } : {}) };
    const same = old?.status === status && (old.reason ?? '') === reason && (old.message ?? '') === message;
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : time;
    const lastHeartbeatTime = same ? old.lastHeartbeatTime : time;
    this.#conditions.set(type, { lastHeartbeatTime, lastTransitionTime, ...words, status, type });
  }

  list(): DataVolumeCondition[] {
    return [...this.#conditions.values()];
  }
}

function readiness(phase: string | undefined): Status {
  if (phase === 'Succeeded') return 'True';
  return phase === 'Unknown' ? 'Unknown' : 'False';
}

interface Words {
  readonly status: Status;
  readonly reason?: string;
  readonly message?: string;
}

function boundWords(claim: Claim | undefined, obstacle: Obstacle | undefined): Words {
  const { reason = 'NotFound', message = 'No PVC found' } = obstacle ?? {};
  if (claim === undefined) return { status: 'False', reason, message };
  const { name, annotations = {} } = claim.metadata;
  const waits = annotations[bound] === 'false';
  const said = {
    status: 'False',
    reason: annotations[boundReason],
    message: annotations[boundMessage],
  } as const;
  if (claim.status?.phase === 'Bound') {
    return waits ? said : { status: 'True', reason: 'Bound', message: `PVC ${name} Bound` };
  }
  if (claim.status?.phase === 'Lost') return { status: 'False', reason: 'ClaimLost', message: 'Claim Lost' };
  if (!waits) return { status: 'False', reason: 'Pending', message: `PVC ${name} Pending` };
  const prime = annotations[primeName] === undefined ? '' : `[${annotations[primeName]}] : `;
  return { ...said, message: `target PVC ${name} Pending and ${prime}${said.message}` };
}

function setRunning(conditions: Conditions, annotations: Record<string, string>): void {
  const reason = annotations[runningReason];
  const message = annotations[runningMessage];
  if (annotations[podSchedulable] === 'false') {
    conditions.set('Running', 'False', 'Unschedulable', 'Importer pod cannot be scheduled');
  } else if (annotations[running] === 'true') {
    conditions.set('Running', 'True', reason, message);
    conditions.set('Ready', 'False', 'TransferRunning');
  } else conditions.set('Running', 'False', reason, message);
}
