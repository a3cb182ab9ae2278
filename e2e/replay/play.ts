/** Does again what a recording did, on another cluster, and records what that does. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { meets } from './field-path.ts';
import { actOutside, type Hooks } from './hooks.ts';
import { Names } from './names.ts';
import { Progress, statesAt } from './progress.ts';
import type {
  GuestAnswer,
  Line,
  RecordedObject,
  RecordedRequest,
  RecordedWait,
  Recording,
} from './recording.ts';
import { Watcher } from './watcher.ts';

export interface PlayOptions {
  readonly cluster: Cluster;
  readonly hooks: Hooks;
  /** What pauses and waits in vain are multiplied by: below 1 for stand-ins that are faster than the real ones. */
  readonly hurry: number;
  readonly signal: AbortSignal;
}

/** How long a wait that was met in the recording may take here. */
const waitAtMostMs = 60_000;
const everyMs = 20;

/** How long a guest's answer may take to change to what was recorded. */
const answerAtMostMs = 2_000;
const awayMs = 3_000;

/** API servers hear of a change of rights a little after it was made. */
const rightsMs = 500;

/** A pause in which this does not come as far as the recording ends after so many times its length. */
const longestPause = 2;

/** At the end: what is under way comes to rest, or has had this long. */
const restMs = 2_000;
const restAtMostMs = 20_000;

/** Rejects where no answer comes, or a namespace of the recording is there already. */
export async function play(recording: Recording, options: PlayOptions): Promise<Recording> {
  const player = new Player(recording, options);
  try {
    return await player.run();
  } finally {
    player.stop();
  }
}

interface Pending {
  readonly endsAt: number;
  readonly answered: Promise<void>;
}

class Player {
  readonly #recording: Recording;
  readonly #options: PlayOptions;
  readonly #lines: Line[] = [];
  readonly #watchers = new Map<string, Watcher>();
  readonly #watching = new AbortController();
  readonly #recordedNames: Names;
  readonly #began = performance.now();
  /** What is waited for, and whether some event had it. */
  #waiting?: RecordedWait;
  /** Guest lines that are done, beside a pause. */
  readonly #heard = new Set<Line>();
  #pending: Pending[] = [];
  #lastEventAt = 0;
  /** Of the lines, the first of which nobody has waited for. */
  #unwaited = 0;
  readonly #progress = new Progress();

  constructor(recording: Recording, options: PlayOptions) {
    this.#recording = recording;
    this.#options = options;
    this.#recordedNames = Names.from(recording.lines);
  }

  async run(): Promise<Recording> {
    await this.#requireFreshNamespaces();
    await this.#watch();
    for (const line of this.#recording.lines) {
      this.#options.signal.throwIfAborted();
      this.#watching.signal.throwIfAborted();
      await this.#endOf((pending) => pending.endsAt <= line.ms);
      await this.#do(line);
    }
    await this.#endOf(() => true);
    await this.#rest();
    const lines = this.#lines.toSorted((one, other) => one.ms - other.ms);
    return { header: { ...this.#recording.header, began: new Date().toISOString() }, lines };
  }

  stop(): void {
    this.#watching.abort();
  }

  async #do(line: Line): Promise<void> {
    if ('request' in line) this.#send(line);
    else if ('wait' in line) await this.#wait(line.wait);
    else if ('pause' in line) await this.#pause(line.ms, line.pause);
    else if ('note' in line) await this.#note(line.note);
    else if ('guest' in line && !this.#heard.has(line)) await this.#ask(line);
  }

  /** Not waited for here: the recording says what was sent before its answer came. */
  #send(line: Line & { request: { took: number } & RecordedRequest }): void {
    const { method, path, body, bodyType, as, accept, took } = line.request;
    const asked = {
      method,
      body,
      ...(bodyType && { bodyType }),
      ...(as && { as }),
      ...(accept && { accept }),
    };
    const request = this.#translated({ ...asked, path } as RecordedRequest);
    const ms = this.#now();
    this.#unwaited = this.#lines.length;
    const answered = this.#options.cluster.send(request).then(async (answer) => {
      this.#lines.push({ ms, request: { ...request, ...answer } });
      if (method !== 'GET' && path.startsWith('/apis/rbac.')) await sleep(rightsMs);
    });
    answered.catch(() => {});
    this.#pending.push({ endsAt: line.ms + took, answered });
  }

  async #wait(wait: RecordedWait): Promise<void> {
    const began = this.#now();
    const until = began + (wait.met ? waitAtMostMs : wait.took * this.#options.hurry);
    const { name } = this.#translated(wait);
    this.#waiting = { ...wait, name, met: false };
    let met = false;
    for (;;) {
      met = this.#waiting.met || meets(await this.#find(wait.kind, wait.namespace, name), wait.until);
      if (met && !wait.met && wait.until === null) met = await this.#staysAway(wait, name);
      if (wait.met && this.#cameToPass(wait, name)) met = true;
      if (met || this.#now() > until) break;
      await sleep(everyMs, undefined, { signal: this.#options.signal });
    }
    this.#lines.push({ ms: began, wait: { ...wait, name, met, took: this.#now() - began } });
  }

  /** Since the last request, or since what was waited for before: here it may pass between two looks. */
  #cameToPass({ kind, namespace, until }: RecordedWait, name: string): boolean {
    const index = this.#lines.findIndex((line, at) => {
      if (at < this.#unwaited || !('event' in line)) return false;
      const { object, event } = line;
      if (object.kind !== kind || object.metadata.namespace !== namespace || object.metadata.name !== name)
        return false;
      return meets(event === 'DELETED' ? undefined : object, until);
    });
    if (index >= 0) this.#unwaited = index + 1;
    return index >= 0;
  }

  /** What comes and goes between two looks has come all the same. */
  #lookWhetherMet(object: RecordedObject): void {
    const { kind, namespace, name, until } = this.#waiting ?? {};
    const isIt = object.kind === kind && object.metadata.name === name;
    if (isIt && object.metadata.namespace === namespace && until && meets(object, until))
      this.#waiting = { ...this.#waiting!, met: true };
  }

  /** What is made again at once was not gone for those who ask now and then. */
  async #staysAway({ kind, namespace }: RecordedWait, name: string): Promise<boolean> {
    await sleep(awayMs, undefined, { signal: this.#options.signal });
    return (await this.#find(kind, namespace, name)) === undefined;
  }

  /** Until this has come as far as the recording had; meanwhile guests are heard that were heard in it. */
  async #pause(recordedAt: number, seconds: number): Promise<void> {
    const began = this.#now();
    const recordedEnd = recordedAt + seconds * 1000;
    this.#lines.push({ ms: began, pause: seconds });
    const heard = this.#hearGuests(recordedAt, recordedEnd);
    const states = statesAt(this.#recording.lines, recordedEnd);
    await sleep(seconds * 1000 * this.#options.hurry, undefined, { signal: this.#options.signal });
    const until = began + longestPause * seconds * 1000;
    while (this.#now() < until && !this.#progress.reached(states))
      await sleep(everyMs, undefined, { signal: this.#options.signal });
    await heard;
  }

  /** What the recorder heard of guests in the background, while the scenario paused. */
  async #hearGuests(from: number, to: number): Promise<void> {
    for (const line of this.#recording.lines) {
      if (!('guest' in line) || line.ms < from || line.ms >= to) continue;
      this.#heard.add(line);
      await this.#ask(line, line.ms - from);
    }
  }

  async #note(note: string): Promise<void> {
    this.#lines.push({ ms: this.#now(), note });
    await actOutside(note, this.#recording.header.namespaces[0]!, this.#options.hooks);
  }

  /** The recorder asked again and again, and wrote down when the answer had changed. */
  async #ask(line: Line & { guest: GuestAnswer }, recordedAfterMs = 0): Promise<void> {
    const { vmi, about, status: recorded } = line.guest;
    const until = this.#now() + recordedAfterMs + answerAtMostMs;
    let status: GuestAnswer['status'];
    do {
      status = await this.#options.hooks.ask(this.#recording.header.namespaces[0]!, vmi);
      if (status.frozen === recorded.frozen) break;
      await sleep(everyMs, undefined, { signal: this.#options.signal });
    } while (this.#now() < until);
    this.#lines.push({ ms: this.#now(), guest: { vmi, about, status } });
  }

  async #endOf(which: (pending: Pending) => boolean): Promise<void> {
    const ended = this.#pending.filter(which);
    this.#pending = this.#pending.filter((pending) => !ended.includes(pending));
    await Promise.all(ended.map(({ answered }) => answered));
  }

  async #rest(): Promise<void> {
    const began = this.#now();
    const until = began + restAtMostMs;
    const isAtRest = () =>
      this.#now() - Math.max(began, this.#lastEventAt) > restMs && this.#isGoneWhatWent();
    while (this.#now() < until && !isAtRest())
      await sleep(everyMs, undefined, { signal: this.#options.signal });
  }

  /** Whether nothing is left of what the recording saw go away, as far as it has a name of its own. */
  #isGoneWhatWent(): boolean {
    const last = new Map<string, Line & { event: string; object: RecordedObject }>();
    for (const line of this.#recording.lines)
      if ('event' in line && !line.object.metadata.generateName)
        last.set(`${line.object.kind} ${line.object.metadata.namespace}/${line.object.metadata.name}`, line);
    return [...last.values()].every(
      ({ event, object: { kind, metadata } }) =>
        event !== 'DELETED' || !this.#watchers.get(kind)?.get(metadata.namespace ?? '', metadata.name),
    );
  }

  async #requireFreshNamespaces(): Promise<void> {
    for (const namespace of this.#recording.header.namespaces)
      if (await this.#options.cluster.get(`/api/v1/namespaces/${namespace}`))
        throw new Error(
          `namespace ${namespace} exists already: delete it before ${this.#recording.header.name} is replayed`,
        );
  }

  async #watch(): Promise<void> {
    const { name, namespaces, kinds } = this.#recording.header;
    const options = {
      cluster: this.#options.cluster,
      recording: name,
      namespaces,
      onEvent: (event, object) => {
        this.#lastEventAt = this.#now();
        this.#lines.push({ ms: this.#lastEventAt, event, object });
        this.#progress.take(object);
        this.#lookWhetherMet(object);
      },
      onBroken: (error) => this.#watching.abort(error),
      signal: this.#watching.signal,
    } satisfies Parameters<typeof Watcher.start>[1];
    const started = kinds.map(async (kind) => [kind, await Watcher.start(kind, options)] as const);
    for (const [kind, watcher] of await Promise.all(started)) this.#watchers.set(kind, watcher);
  }

  async #find(kind: string, namespace: string, name: string): Promise<unknown> {
    const watcher = this.#watchers.get(kind);
    if (watcher) return watcher.get(namespace, name);
    const { path, namespaced } = await this.#options.cluster.resourceOf(kind);
    const [root, plural] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
    return this.#options.cluster.get(
      `${root}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}/${name}`,
    );
  }

  /** With the names that this cluster has given in place of those that the recorded one gave. */
  #translated<T>(said: T): T {
    return JSON.parse(this.#recordedNames.translate(JSON.stringify(said), Names.from(this.#lines)));
  }

  #now(): number {
    return Math.round(performance.now() - this.#began);
  }
}
