import type { Cache } from './cache.ts';
import { isConflict } from './error.ts';
import { type KubeObject, keyOf } from './objects.ts';
import { WorkQueue } from './queue.ts';

/** Where keys come from: says those that are there already, then each that something happens to. */
export interface Source {
  subscribe(enqueue: (key: string) => void): void;
}

/** What a pass answers: when it wants to be called again, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a reconciler that only awaits is of type Promise<void>.
export type Again = void | { readonly after: number };

export interface Controller {
  readonly name: string;
  readonly sources: readonly Source[];
  /** Works on one key; asks to be called again by answering a delay, or by throwing (with back-off). */
  readonly reconcile: (key: string) => Promise<Again>;
  /** How many keys are worked on at once; 1 by default. */
  readonly concurrency?: number;
  /** First and longest delay after an error, in milliseconds; doubled each time in between. */
  readonly backOff?: { readonly first: number; readonly longest: number };
  readonly signal: AbortSignal;
}

/** The objects of a started cache as a source, keyed by themselves or by what `keys` says. */
export function source<T extends KubeObject>(
  cache: Cache<T>,
  keys: (object: T) => readonly string[] = (object) => [keyOf(object)],
): Source {
  return {
    subscribe: (enqueue) => {
      cache.onChange((_type, object, old) => {
        for (const key of new Set([...(old ? keys(old) : []), ...keys(object)])) enqueue(key);
      });
      for (const object of cache.list()) keys(object).forEach(enqueue);
    },
  };
}

const CONFLICT_MS = 10;
const DEFAULT_BACK_OFF = { first: 100, longest: 10_000 };

/**
 * Runs a reconciler over started caches until aborted: every object that is there already first, then each that
 * changes. A lost race is tried again at once, any other error after a back-off.
 */
export async function runController(controller: Controller): Promise<void> {
  const { sources, signal, concurrency = 1 } = controller;
  const failures = new Map<string, number>();
  let busy = 0;
  const queue = new WorkQueue(() => queueMicrotask(pump));

  function pump(): void {
    while (busy < concurrency && !signal.aborted) {
      const key = queue.take();
      if (key === undefined) return;
      busy += 1;
      void work(key);
    }
  }

  async function work(key: string): Promise<void> {
    await reconcileOnce(controller, queue, failures, key);
    busy -= 1;
    queue.done(key);
    pump();
  }

  for (const each of sources) each.subscribe((key) => queue.add(key));
  await aborted(signal);
  queue.stop();
}

async function reconcileOnce(
  { name, reconcile, backOff = DEFAULT_BACK_OFF, signal }: Controller,
  queue: WorkQueue,
  failures: Map<string, number>,
  key: string,
): Promise<void> {
  try {
    const again = await reconcile(key);
    failures.delete(key);
    if (again) queue.addAfter(key, again.after);
  } catch (error) {
    if (signal.aborted) return;
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    if (!isConflict(error)) console.error(`${name} ${key}: ${describe(error)}`);
    const first = isConflict(error) ? CONFLICT_MS : backOff.first;
    queue.addAfter(key, Math.min(backOff.longest, first * 2 ** (count - 1)));
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Failures of the system are told in its words, bugs of ours with where they are. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isBug ? (error.stack ?? error.message) : error.message;
}
