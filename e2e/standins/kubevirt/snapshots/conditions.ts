import { timestamp, withCondition } from '../conditions.ts';
import type { Condition } from '../types.ts';

/** The conditions with some set; each says all that it has to say in its reason. */
export function withConditions(before: Condition[] | undefined, ...conditions: Condition[]): Condition[] {
  return conditions.reduce<Condition[]>(withCondition, before ?? []);
}

export function progressing(is: boolean, reason: string): Condition {
  return condition('Progressing', is, reason);
}

export function ready(is: boolean, reason: string): Condition {
  return condition('Ready', is, reason);
}

export function failure(reason: string): Condition {
  return condition('Failure', true, reason);
}

function condition(type: string, is: boolean, reason: string): Condition {
  return { type, status: is ? 'True' : 'False', reason, lastTransitionTime: timestamp() };
}
