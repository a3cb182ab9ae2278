/** Waiting for an object to become what a test or the demo needs, with an answer to "why not" when it does not. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClusterClient,
  type Kind,
  type KubeObject,
  keyOf,
  type ObjectKey,
} from '../../operator/cluster/index.ts';

export interface WaitOptions {
  /** How long at most; default 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Conditions {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status?: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
}

const everyMs = 100;

/** The object as soon as `isSo` holds for it. The error says what was waited for, and what the object says of itself. */
export async function waitFor<T extends KubeObject>(
  client: ClusterClient,
  kind: Kind<T>,
  key: ObjectKey,
  what: string,
  isSo: (object: T) => boolean,
  { timeoutMs = 60_000, signal }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const object = await client.get(kind, key);
    if (object && isSo(object)) return object;
    if (Date.now() > deadline)
      throw new Error(
        `${kind.kind} ${keyOf(key)} was not ${what} within ${timeoutMs / 1000} s; ${describe(object)}`,
      );
    await sleep(everyMs, undefined, { signal });
  }
}

/** Resolves when the object is gone. */
export async function waitUntilGone(
  client: ClusterClient,
  kind: Kind,
  key: ObjectKey,
  { timeoutMs = 60_000, signal }: WaitOptions = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const object = await client.get(kind, key);
    if (!object) return;
    if (Date.now() > deadline)
      throw new Error(
        `${kind.kind} ${keyOf(key)} was not gone within ${timeoutMs / 1000} s; ` +
          `finalizers: ${object.metadata.finalizers?.join(', ') ?? 'none'}; ${describe(object)}`,
      );
    await sleep(everyMs, undefined, { signal });
  }
}

/** A condition is of this status, `True` if none is given. */
export function hasCondition(type: string, status = 'True'): (object: KubeObject) => boolean {
  return (object) => conditionsOf(object).some((each) => each.type === type && each.status === status);
}

function describe(object: KubeObject | undefined): string {
  if (!object) return 'it does not exist';
  const conditions = conditionsOf(object).map(
    ({ type, status, reason, message }) => `\n  ${type}=${status} ${reason ?? ''}: ${message ?? ''}`,
  );
  return `its conditions:${conditions.join('') || ' none'}`;
}

function conditionsOf(object: KubeObject): NonNullable<Conditions['conditions']> {
  return (object as { status?: Conditions }).status?.conditions ?? [];
}
