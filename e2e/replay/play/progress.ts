/**
 * How far machines and data volumes have come. A busy machine must not get less far in a shortened pause than the
 * recorded one did, nor before something is done to them, so both wait until everything has been in the state in which
 * the recording had it by then.
 */
import { type Line, passingMs, type RecordedObject } from '../recording/recording.ts';

const kinds = ['VirtualMachine', 'VirtualMachineInstance', 'DataVolume'];

export class Progress {
  readonly #lives = new Lives();
  readonly #seen = new Set<string>();

  take(object: RecordedObject): void {
    const life = this.#lives.of(object);
    for (const state of statesOf(object)) this.#seen.add(`${life} ${state}`);
  }

  reached(states: readonly string[]): boolean {
    return states.every((state) => this.#seen.has(state));
  }
}

/** The states in which a recording's objects are at a time; how those end that have been told to go is not waited for. */
export function statesAt(lines: readonly Line[], time: number): readonly string[] {
  const lives = new Lives();
  const states = new Map<string, readonly string[]>();
  for (const line of lines) {
    if (line.ms > time) break;
    if (!('event' in line)) continue;
    const life = lives.of(line.object);
    const isGoing = line.event === 'DELETED' || line.object.metadata.deletionTimestamp !== undefined;
    if (isGoing) states.delete(life);
    else
      states.set(
        life,
        statesOf(line.object).map((state) => `${life} ${state}`),
      );
  }
  return [...states.values()].flat();
}

/** Those of them in which they had been for so long that nobody can have missed them. */
export function lastingStatesAt(lines: readonly Line[], time: number): readonly string[] {
  const before = new Set(statesAt(lines, time - passingMs));
  return statesAt(lines, time).filter((state) => before.has(state));
}

/** Objects that have a name one after the other, told apart by their number. */
class Lives {
  readonly #uids = new Map<string, string[]>();

  of({ kind, metadata }: RecordedObject): string {
    const name = `${kind} ${metadata.namespace}/${metadata.name}`;
    const uids = this.#uids.get(name) ?? [];
    this.#uids.set(name, uids);
    const uid = metadata.uid ?? '';
    if (!uids.includes(uid)) uids.push(uid);
    return `${name} (${uids.indexOf(uid) + 1}.)`;
  }
}

function statesOf({ kind, status }: RecordedObject): readonly string[] {
  if (!kinds.includes(kind)) return [];
  const { phase, printableStatus, conditions = [] } = (status ?? {}) as Status;
  const told = conditions.map(({ type, status, reason = '' }) => `${type} ${status} ${reason}`);
  return [phase, printableStatus, ...told].filter((state) => state !== undefined);
}

interface Status {
  readonly phase?: string;
  readonly printableStatus?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
  }[];
}
