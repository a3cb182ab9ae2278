/**
 * How far machines and data volumes have come. A busy machine must not get less far in a shortened pause than the
 * recorded one did, so a pause ends when everything has been in the state in which the recording had it by then.
 */
import type { Line, RecordedObject } from '../recording/recording.ts';

const kinds = ['VirtualMachine', 'VirtualMachineInstance', 'DataVolume'];

export class Progress {
  readonly #seen = new Set<string>();

  take(object: RecordedObject): void {
    for (const state of statesOf(object)) this.#seen.add(state);
  }

  reached(states: readonly string[]): boolean {
    return states.every((state) => this.#seen.has(state));
  }
}

/** The states in which a recording's objects are at a time. */
export function statesAt(lines: readonly Line[], time: number): readonly string[] {
  const states = new Map<string, readonly string[]>();
  for (const line of lines) {
    if (line.ms > time) break;
    if (!('event' in line)) continue;
    const { kind, metadata } = line.object;
    const key = `${kind} ${metadata.namespace}/${metadata.name}`;
    if (line.event === 'DELETED') states.delete(key);
    else states.set(key, statesOf(line.object));
  }
  return [...states.values()].flat();
}

function statesOf({ kind, metadata, status }: RecordedObject): readonly string[] {
  if (!kinds.includes(kind)) return [];
  const { phase, printableStatus, conditions = [] } = (status ?? {}) as Status;
  const states = [phase, printableStatus, ...conditions.map((each) => `${each.type} ${each.status}`)];
  return states.flatMap((state) =>
    state === undefined ? [] : [`${kind} ${metadata.namespace}/${metadata.name} ${state}`],
  );
}

interface Status {
  readonly phase?: string;
  readonly printableStatus?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}
