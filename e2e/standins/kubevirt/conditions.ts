import type { Condition } from './types.ts';

/** Seconds, as all of KubeVirt's times are. */
export function timestamp(date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditionOf(conditions, type)?.status === 'True';
}

/** The conditions with one set: in its place if it is there, else behind the others; times kept if it says the same. */
export function withCondition(conditions: readonly Condition[] = [], condition: Condition): Condition[] {
  const before = conditionOf(conditions, condition.type);
  if (before !== undefined && saysTheSame(before, condition)) return [...conditions];
  const timed = { lastProbeTime: null, lastTransitionTime: null, ...condition };
  if (before === undefined) return [...conditions, timed];
  return conditions.map((other) => (other === before ? timed : other));
}

/** The same, with the time since which it holds. */
export function withTimedCondition(conditions: readonly Condition[] = [], condition: Condition): Condition[] {
  return withCondition(conditions, { ...condition, lastTransitionTime: timestamp() });
}

export function withoutCondition(conditions: readonly Condition[] = [], type: string): Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}

function saysTheSame(one: Condition, other: Condition): boolean {
  return one.status === other.status && one.reason === other.reason && one.message === other.message;
}
