import { isDeepStrictEqual } from 'node:util';
import type { PodReadiness } from '../context.ts';
import type { Source } from '../kube/controller.ts';

/** What is known of a pod's processes beside what the API server says. */
interface ProcessState {
  held?: boolean;
  endsByItself?: boolean;
  exitCode?: number;
  lastWords?: string | undefined;
}

/**
 * The processes in pods, as far as others decide on them: whether they are held unready, end by themselves, or have
 * ended. Keyed by namespace and name, so that it can be said before the pod exists; forgotten with the pod.
 */
export class Containers implements PodReadiness {
  readonly #states = new Map<string, ProcessState>();
  readonly #listeners: ((key: string) => void)[] = [];

  hold(namespace: string, name: string): void {
    this.#change(namespace, name, { held: true });
  }

  release(namespace: string, name: string): void {
    this.#change(namespace, name, { held: false });
  }

  holdTermination(namespace: string, name: string): void {
    this.#change(namespace, name, { endsByItself: true });
  }

  exit(namespace: string, name: string, exitCode: number, lastWords?: string): void {
    this.#change(namespace, name, { exitCode, lastWords });
  }

  isHeld(key: string): boolean {
    return this.#states.get(key)?.held ?? false;
  }

  endsByItself(key: string): boolean {
    return this.#states.get(key)?.endsByItself ?? false;
  }

  exitCode(key: string): number | undefined {
    return this.#states.get(key)?.exitCode;
  }

  /** The termination message. */
  lastWords(key: string): string | undefined {
    return this.#states.get(key)?.lastWords;
  }

  forget(key: string): void {
    this.#states.delete(key);
  }

  /** Every change as a source of a controller, by the pod's key. */
  asSource(): Source {
    return { subscribe: (enqueue) => void this.#listeners.push(enqueue) };
  }

  #change(namespace: string, name: string, change: ProcessState): void {
    const key = `${namespace}/${name}`;
    const before = this.#states.get(key) ?? {};
    const after = { ...before, ...change };
    if (isDeepStrictEqual(before, after)) return;
    this.#states.set(key, after);
    for (const listener of this.#listeners) listener(key);
  }
}
