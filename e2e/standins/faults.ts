/**
 * Failures and delays that a test injects by name. A fault hits the objects that it matches (`*` stands for any
 * characters), `times` times or until it is cleared.
 */
export interface Fault {
  readonly name: FaultName;
  readonly match?: { readonly namespace?: string; readonly name?: string };
  readonly times?: number;
  /** How much longer it takes, for the `-slow` faults. */
  readonly milliseconds?: number;
  /** What the failure says, in place of its usual words. */
  readonly message?: string;
}

export const faultNames = [
  /** The CSI driver refuses to snapshot: by the claim's namespace and name. */
  'snapshot-create-fails',
  /** The CSI driver takes longer to snapshot: by the claim's namespace and name. */
  'snapshot-slow',
  /** The CSI driver refuses to make a volume: by the claim's namespace and name. */
  'provision-fails',
  /** The CSI driver takes longer to make a volume: by the claim's namespace and name. */
  'provision-slow',
  /** The VirtualMachineInstance of a VM is refused (condition Failure): by the VM. */
  'vm-start-fails',
  /** No node fits the launcher pod of a VM: by the VM. */
  'launcher-unschedulable',
  /** The guest runs, but its probes and its agent never answer: by the VM. */
  'guest-never-ready',
  /** The guest takes longer to boot: by the VM. */
  'guest-boot-slow',
  /** The guest's QEMU dies: by the VM. */
  'vmi-crashes',
  /** The guest powers itself off: by the VM. */
  'guest-powers-off',
  /** Updates of objects are answered 409 Conflict: by the object. */
  'api-conflict',
] as const;

export type FaultName = (typeof faultNames)[number];

/** The name and namespace of what a fault may hit. */
export interface Subject {
  readonly namespace?: string;
  readonly name: string;
}

export class Faults {
  readonly #injected: { readonly fault: Fault; left: number }[] = [];
  readonly #listeners: ((fault: Fault) => void)[] = [];

  inject(fault: Fault): void {
    if (!faultNames.includes(fault.name)) throw new Error(`no stand-in knows the fault ${fault.name}`);
    this.#injected.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    for (const listener of this.#listeners) listener(fault);
  }

  /** Takes back the faults of a name, or all. */
  clear(name?: string): void {
    const kept = name === undefined ? [] : this.#injected.filter(({ fault }) => fault.name !== name);
    this.#injected.splice(0, this.#injected.length, ...kept);
  }

  /** The fault of this name that hits the subject, used up by one; `undefined` when there is none. */
  take(name: FaultName, subject: Subject): Fault | undefined {
    const hit = this.#find(name, subject);
    if (hit !== undefined) hit.left -= 1;
    return hit?.fault;
  }

  /** The fault of this name that would hit the subject, without using it up. */
  peek(name: FaultName, subject: Subject): Fault | undefined {
    return this.#find(name, subject)?.fault;
  }

  /** Hears of every fault as it is injected: for those that hit what is running already. */
  onInject(listener: (fault: Fault) => void): void {
    this.#listeners.push(listener);
  }

  #find(name: FaultName, subject: Subject) {
    return this.#injected.find(
      ({ fault, left }) => fault.name === name && left > 0 && faultMatches(fault, subject),
    );
  }
}

/** Whether a fault's patterns fit an object's namespace and name. */
export function faultMatches({ match = {} }: Fault, subject: Subject): boolean {
  return fits(match.namespace, subject.namespace ?? '') && fits(match.name, subject.name);
}

function fits(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(text);
}
