import type { Fleet } from '../../guest/fleet.ts';
import type { Source } from '../../kube/controller.ts';
import type { Pace } from '../../pace.ts';
import type { DomainDefinition } from './definition.ts';
import { Domain } from './domain.ts';

/** The domains of the node, by the UID of their VirtualMachineInstance. */
export class Domains {
  /** Names of which virt-handler remembers a domain that went without a word: their next one cannot be reached. */
  readonly ghosts = new Set<string>();
  readonly #pace: Pace;
  readonly #fleet: Fleet;
  readonly #domains = new Map<string, Domain>();
  readonly #byName = new Map<string, Set<Domain>>();
  readonly #listeners: ((key: string) => void)[] = [];

  constructor(pace: Pace, fleet: Fleet) {
    this.#pace = pace;
    this.#fleet = fleet;
  }

  define(definition: DomainDefinition): Domain {
    const key = keyOf(definition);
    const onChange = () => this.#tell(key);
    const domain = new Domain(definition, { pace: this.#pace, fleet: this.#fleet, onChange });
    this.#domains.set(definition.uid, domain);
    this.#byName.set(key, (this.#byName.get(key) ?? new Set()).add(domain));
    return domain;
  }

  get(uid: string): Domain | undefined {
    return this.#domains.get(uid);
  }

  /** The domains of a `namespace/name`: more than one while an instance of the same name follows another. */
  named(key: string): Domain[] {
    return [...(this.#byName.get(key) ?? [])];
  }

  list(): Domain[] {
    return [...this.#domains.values()];
  }

  /** Lets go of a domain whose instance is gone. */
  forget(uid: string): void {
    const domain = this.#domains.get(uid);
    if (domain === undefined) return;
    domain.abandon();
    this.#domains.delete(uid);
    const key = keyOf(domain.definition);
    const named = this.#byName.get(key);
    named?.delete(domain);
    if (named?.size === 0) this.#byName.delete(key);
  }

  /** Every change that a launcher would report to its node, as a source of a controller. */
  asSource(): Source {
    return { subscribe: (enqueue) => void this.#listeners.push(enqueue) };
  }

  close(): void {
    for (const uid of [...this.#domains.keys()]) this.forget(uid);
    this.#fleet.close();
  }

  #tell(key: string): void {
    for (const listener of this.#listeners) listener(key);
  }
}

function keyOf({ namespace, name }: DomainDefinition): string {
  return `${namespace}/${name}`;
}
