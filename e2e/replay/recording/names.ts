/**
 * What differs from run to run and means the same: UIDs and generated names get names that tell what they are the
 * names of, such as `‹uid of VirtualMachine t-waits/web›`.
 */
import type { Line, RecordedObject } from './recording.ts';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const word = /[a-z0-9][a-z0-9.-]*[a-z0-9]/g;
const hash = /^(?<prefix>[a-z-]*?)[0-9a-f]{64}$/;

export class Names {
  readonly #ofUid = new Map<string, string>();
  readonly #ofName = new Map<string, string>();

  /** Learns from every object that the lines show. */
  static from(lines: readonly Line[]): Names {
    const names = new Names();
    const objects = firstOfEach(lines);
    // A name may hold the UID of an object that is seen later, whose name holds another.
    for (let round = 0; round < 4; round++) names.#learn(objects);
    return names;
  }

  /** The text with every name of a run replaced by what it means. */
  canonical(text: string): string {
    return text
      .replace(word, (each) => this.#ofName.get(each) ?? each)
      .replace(uuid, (each) => this.#ofUid.get(each) ?? each);
  }

  /** The text with the names of another run in place of this one's, where that run has them. */
  translate(text: string, other: Names): string {
    const swap =
      (mine: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>) => (each: string) => {
        const meaning = mine.get(each);
        return (meaning && theirs.get(meaning)) ?? each;
      };
    return text
      .replace(word, swap(this.#ofName, inverse(other.#ofName)))
      .replace(uuid, swap(this.#ofUid, inverse(other.#ofUid)));
  }

  #learn(objects: readonly RecordedObject[]): void {
    const counts = new Map<string, number>();
    const nth = (what: string) => {
      const count = (counts.get(what) ?? 0) + 1;
      counts.set(what, count);
      return count === 1 ? what : `${what} #${count}`;
    };
    for (const object of objects) {
      const { name, namespace = '', uid } = object.metadata;
      for (const [target, meaning] of targetsNamedBy(object)) this.#ofName.set(target, meaning);
      const generated = this.#meaningOf(object);
      if (generated) this.#ofName.set(name, `‹${nth(`${object.kind} ${namespace}/${generated}`)}›`);
      if (uid) this.#ofUid.set(uid, `‹${nth(`uid of ${object.kind} ${namespace}/${this.canonical(name)}`)}›`);
    }
  }

  /** What a generated name is made from; undefined for a name that somebody gave. */
  #meaningOf({ metadata, spec }: RecordedObject): string | undefined {
    const { name, generateName } = metadata;
    if (generateName) return `${this.canonical(generateName)}…`;
    const prefix = hash.exec(name)?.groups?.prefix;
    return prefix === undefined ? undefined : `${prefix}… of ${this.canonical(sourceOf(spec))}`;
  }
}

/** KubeVirt names the target of a clone that has none: `clone-<source>-<random>`. */
function targetsNamedBy({ kind, spec }: RecordedObject): readonly (readonly [string, string])[] {
  if (kind !== 'VirtualMachineClone') return [];
  const { source, target } = spec as { source?: { name: string }; target?: { name: string } };
  const named = target && /^clone-(.+)-[a-z0-9]{5}$/.exec(target.name);
  return named && named[1] === source?.name ? [[target.name, `clone-${named[1]}-…`]] : [];
}

/** The members of a group have names that are hashes, and differ by what they are of. */
function sourceOf(spec: unknown): string {
  const { source, volumeSnapshotRef } = (spec ?? {}) as {
    source?: { persistentVolumeClaimName?: string };
    volumeSnapshotRef?: { name?: string };
  };
  return source?.persistentVolumeClaimName ?? volumeSnapshotRef?.name ?? 'something';
}

function firstOfEach(lines: readonly Line[]): readonly RecordedObject[] {
  const first = new Map<string, RecordedObject>();
  for (const line of lines) {
    if (!('event' in line) || line.object.kind === 'Event') continue;
    const { kind, metadata } = line.object;
    const key = `${kind} ${metadata.uid}`;
    if (!first.has(key)) first.set(key, line.object);
  }
  return [...first.values()];
}

function inverse(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].map(([key, value]) => [value, key]));
}
