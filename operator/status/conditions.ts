import type { Condition } from '../schema/kubernetes.ts';

/** A condition as its one owner states it; time and generation are added in one place. */
export interface Finding {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export function finding(type: string, status: boolean | 'Unknown', reason: string, message: string): Finding {
  return { type, status: status === 'Unknown' ? 'Unknown' : status ? 'True' : 'False', reason, message };
}

/** The conditions to write: `lastTransitionTime` moves only when the status does. */
export function toConditions(
  findings: readonly Finding[],
  present: readonly Condition[] = [],
  generation: number | undefined,
  now: number,
): Condition[] {
  return findings.map((each) => {
    const before = present.find((condition) => condition.type === each.type);
    const moved = before?.status !== each.status;
    return {
      ...each,
      message: each.message.slice(0, 4096),
      lastTransitionTime: moved ? toSeconds(now) : before.lastTransitionTime,
      observedGeneration: generation,
    };
  });
}

/** Those of which status or reason is another than before: worth an event and a write at once. */
export function changedConditions(
  next: readonly Condition[],
  before: readonly Condition[] = [],
): readonly Condition[] {
  return next.filter((condition) => {
    const old = before.find((each) => each.type === condition.type);
    return old?.status !== condition.status || old.reason !== condition.reason;
  });
}

/** RFC 3339 with whole seconds, as Kubernetes writes times. */
export function toSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
