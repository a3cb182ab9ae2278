import type { Cache } from '../../kube/cache.ts';
import { joinKey } from '../../kube/objects.ts';
import type { Pod, VirtualMachineInstance } from '../types.ts';
import { isDownOrGoingDown } from './ready.ts';

const CREATED_BY = 'kubevirt.io/created-by';

/** The launcher pods of instances, found by the instance's UID. */
export class Launchers {
  readonly #pods: Cache<Pod>;
  readonly #byInstance = new Map<string, Set<string>>();

  /** Follows a cache that was started already. */
  constructor(pods: Cache<Pod>) {
    this.#pods = pods;
    for (const pod of pods.list()) this.#add(pod);
    pods.onChange((type, pod) => (type === 'deleted' ? this.#remove(pod) : this.#add(pod)));
  }

  /** The pod of an instance: the one that is not on its way out, if there are several. */
  of({ metadata: { namespace, uid } }: VirtualMachineInstance): Pod | undefined {
    const names = this.#byInstance.get(uid) ?? [];
    const pods = [...names].flatMap((name) => this.#pods.get(namespace, name) ?? []);
    return pods.find((pod) => !isDownOrGoingDown(pod)) ?? pods[0];
  }

  #add({ metadata }: Pod): void {
    const instance = metadata.labels?.[CREATED_BY];
    if (instance === undefined) return;
    this.#byInstance.set(instance, (this.#byInstance.get(instance) ?? new Set()).add(metadata.name));
  }

  #remove({ metadata }: Pod): void {
    const instance = metadata.labels?.[CREATED_BY] ?? '';
    const names = this.#byInstance.get(instance);
    names?.delete(metadata.name);
    if (names?.size === 0) this.#byInstance.delete(instance);
  }
}

/** The instance that a launcher pod is of, as a key. */
export function instanceKeys({ metadata }: Pod): string[] {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'VirtualMachineInstance');
  return owner === undefined ? [] : [joinKey(metadata.namespace, owner.name)];
}
