import { type KubeObject, keyOf } from './objects.ts';

/** One difference between two states of a store. */
export interface Change<T extends KubeObject> {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: T;
  /** What was held before; absent for `added`. */
  readonly old?: T;
}

/** Values that objects can be found by: an index's name, and which values an object has in it. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/**
 * The objects of one kind as far as they are known, by name and by index. It only ever goes forward: an
 * object never gives way to an older version of itself. Every method returns what it changed.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: readonly Index<T>[];

  constructor(indexes: Indexes<T> = {}) {
    this.#indexes = Object.entries(indexes).map(([name, valuesOf]) => new Index(name, valuesOf));
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.find((index) => index.name === name);
    if (!index) throw new RangeError(`there is no index ${name}`);
    return [...index.keys(value)].map((key) => this.#objects.get(key)!);
  }

  /** Takes an object in, unless what is held is as new. Another UID under the name is another object. */
  put(object: T): Change<T>[] {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (!old) return [this.#set(key, object, undefined)];
    if (!isNewer(object, old)) return [];
    if (old.metadata.uid === object.metadata.uid) return [this.#set(key, object, old)];
    return [this.#remove(key, old), this.#set(key, object, undefined)];
  }

  /** Takes an object out, as it was last seen, unless a newer one bears its name. */
  delete(object: T): Change<T>[] {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (!old || (old.metadata.uid !== object.metadata.uid && isNewer(old, object))) return [];
    return [this.#remove(key, old.metadata.uid === object.metadata.uid ? object : old)];
  }

  /** Makes the store what a list says, keeping only what is newer than that list. */
  replace(objects: readonly T[], resourceVersion: string): Change<T>[] {
    const listed = new Set(objects.map(keyOf));
    const gone = [...this.#objects].filter(
      ([key, old]) => !listed.has(key) && !isVersionNewer(old.metadata.resourceVersion, resourceVersion),
    );
    return [
      ...gone.map(([key, old]) => this.#remove(key, old)),
      ...objects.flatMap((object) => this.put(object)),
    ];
  }

  #set(key: string, object: T, old: T | undefined): Change<T> {
    this.#objects.set(key, object);
    for (const index of this.#indexes) index.move(key, old, object);
    return old ? { type: 'modified', object, old } : { type: 'added', object };
  }

  #remove(key: string, last: T): Change<T> {
    const old = this.#objects.get(key)!;
    this.#objects.delete(key);
    for (const index of this.#indexes) index.move(key, old, undefined);
    return { type: 'deleted', object: last, old };
  }
}

/** The keys of the objects that have a value. */
class Index<T> {
  readonly name: string;
  readonly #valuesOf: (object: T) => readonly string[];
  readonly #keys = new Map<string, Set<string>>();

  constructor(name: string, valuesOf: (object: T) => readonly string[]) {
    this.name = name;
    this.#valuesOf = valuesOf;
  }

  keys(value: string): Iterable<string> {
    return this.#keys.get(value) ?? [];
  }

  move(key: string, from: T | undefined, to: T | undefined): void {
    for (const value of from ? this.#valuesOf(from) : []) this.#drop(value, key);
    for (const value of to ? this.#valuesOf(to) : []) this.#keysOf(value).add(key);
  }

  #keysOf(value: string): Set<string> {
    const keys = this.#keys.get(value) ?? new Set();
    this.#keys.set(value, keys);
    return keys;
  }

  #drop(value: string, key: string): void {
    const keys = this.#keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(value);
  }
}

function isNewer(one: KubeObject, other: KubeObject): boolean {
  return isVersionNewer(one.metadata.resourceVersion, other.metadata.resourceVersion);
}

/**
 * Whether one resource version is later than the other. Kubernetes defines them as comparable numbers;
 * aggregated APIs may use anything, and there a different one counts as later.
 */
export function isVersionNewer(one: string | undefined, other: string | undefined): boolean {
  if (!isNumber(one) || !isNumber(other)) return one !== other;
  return one.length === other.length ? one > other : one.length > other.length;
}

function isNumber(version: string | undefined): version is string {
  return version !== undefined && /^(0|[1-9]\d*)$/.test(version);
}
