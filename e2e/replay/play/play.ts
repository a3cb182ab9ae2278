/** Does again what a recording did, on another cluster, and records what that does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Names } from '../recording/names.ts';
import type {
  GuestAnswer,
  Line,
  RecordedObject,
  RecordedRequest,
  Recording,
} from '../recording/recording.ts';
import type { Cluster } from './cluster.ts';
import { actOutside, type Hooks, isOutside } from './hooks.ts';
import { Journal } from './journal.ts';
import { Observer } from './observer.ts';
import { lastingStatesAt, statesAt } from './progress.ts';
import { Waits } from './waits.ts';

export interface PlayOptions {
  readonly cluster: Cluster;
  readonly hooks: Hooks;
  /** What pauses and waits in vain are multiplied by: below 1 for stand-ins that are faster than the real ones. */
  readonly hurry: number;
  readonly signal: AbortSignal;
}

const everyMs = 20;

/** How long a guest's answer may take to change to what was recorded. */
const answerAtMostMs = 2_000;

/** API servers hear of a change of rights a little after it was made. */
const rightsMs = 500;

/**
 * What others do to an object that the recording had brought further first has to wait until it has come as far here,
 * at most so long: it may never be seen in a state in which it was for a moment.
 */
const catchUpAtMostMs = 5_000;

/** A pause in which this does not come as far as the recording ends after so many times its length. */
const longestPause = 2;

/** At the end: what is under way comes to rest, or has had this long. */
const restMs = 2_000;
const restAtMostMs = 20_000;

/** Rejects where no answer comes, or a namespace of the recording is there already. */
export async function play(recording: Recording, options: PlayOptions): Promise<Recording> {
  await requireFreshNamespaces(recording, options.cluster);
  const player = new Player(recording, options);
  try {
    return await player.run();
  } finally {
    player.stop();
    await leave(recording, options.cluster);
  }
}

/** Its namespaces go in the background. */
async function leave({ header }: Recording, cluster: Cluster): Promise<void> {
  for (const namespace of header.namespaces)
    await cluster.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}`, body: null });
}

async function requireFreshNamespaces({ header }: Recording, cluster: Cluster): Promise<void> {
  for (const namespace of header.namespaces)
    if (await cluster.get(`/api/v1/namespaces/${namespace}`))
      throw new Error(`namespace ${namespace} exists already: delete it before ${header.name} is replayed`);
}

interface Pending {
  readonly endsAt: number;
  readonly answered: Promise<void>;
}

class Player {
  readonly #recording: Recording;
  readonly #options: PlayOptions;
  readonly #journal = new Journal();
  readonly #observer: Observer;
  readonly #waits: Waits;
  readonly #recordedNames: Names;
  /** Guest lines that are done, beside a pause. */
  readonly #heard = new Set<Line>();
  #pending: Pending[] = [];

  constructor(recording: Recording, options: PlayOptions) {
    const { cluster, hurry, signal } = options;
    this.#recording = recording;
    this.#options = options;
    this.#recordedNames = Names.from(recording.lines);
    this.#observer = new Observer(cluster, this.#journal, (object) => this.#waits.take(object));
    this.#waits = new Waits({ journal: this.#journal, observer: this.#observer, hurry, signal });
  }

  async run(): Promise<Recording> {
    const { header, lines } = this.#recording;
    await this.#observer.watch(header);
    for (const line of lines) {
      this.#options.signal.throwIfAborted();
      this.#observer.throwIfBroken();
      await this.#endOf((pending) => pending.endsAt <= line.ms);
      await this.#do(line);
    }
    await this.#endOf(() => true);
    await this.#rest();
    this.#observer.throwIfBroken();
    return { header: { ...header, began: new Date().toISOString() }, lines: this.#journal.inOrder() };
  }

  stop(): void {
    this.#observer.stop();
  }

  async #do(line: Line): Promise<void> {
    if ('request' in line) {
      if (line.request.method !== 'GET') await this.#catchUp(line.ms);
      this.#send(line);
    } else if ('wait' in line) await this.#waits.wait(this.#translated(line.wait));
    else if ('pause' in line) await this.#pause(line.ms, line.pause);
    else if ('note' in line) await this.#note(line.ms, line.note);
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
    const ms = this.#journal.now();
    this.#waits.beginAnew();
    const answered = this.#options.cluster.send(request).then(async (answer) => {
      this.#journal.add({ ms, request: { ...request, ...answer } });
      if (method !== 'GET' && path.startsWith('/apis/rbac.')) await sleep(rightsMs);
    });
    answered.catch(() => {});
    this.#pending.push({ endsAt: line.ms + took, answered });
  }

  async #endOf(which: (pending: Pending) => boolean): Promise<void> {
    const ended = this.#pending.filter(which);
    this.#pending = this.#pending.filter((pending) => !ended.includes(pending));
    await Promise.all(ended.map(({ answered }) => answered));
  }

  /** Until this has come as far as the recording had; meanwhile guests are heard that were heard in it. */
  async #pause(recordedAt: number, seconds: number): Promise<void> {
    const { hurry, signal } = this.#options;
    const began = this.#journal.now();
    const recordedEnd = recordedAt + seconds * 1000;
    this.#journal.add({ ms: began, pause: seconds });
    const heard = this.#hearGuests(recordedAt, recordedEnd);
    heard.catch(() => {});
    const states = statesAt(this.#recording.lines, recordedEnd);
    await sleep(seconds * 1000 * hurry, undefined, { signal });
    const until = began + longestPause * seconds * 1000;
    while (this.#journal.now() < until && !this.#observer.progress.reached(states))
      await sleep(everyMs, undefined, { signal });
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

  /** The recorder asked again and again, and wrote down when the answer had changed. */
  async #ask(line: Line & { guest: GuestAnswer }, recordedAfterMs = 0): Promise<void> {
    const { vmi, about, status: recorded } = line.guest;
    const { hooks, signal } = this.#options;
    const until = this.#journal.now() + recordedAfterMs + answerAtMostMs;
    let status: GuestAnswer['status'];
    do {
      status = await hooks.ask(this.#recording.header.namespaces[0]!, vmi);
      if (status.frozen === recorded.frozen) break;
      await sleep(everyMs, undefined, { signal });
    } while (this.#journal.now() < until);
    this.#journal.add({ ms: this.#journal.now(), guest: { vmi, about, status } });
  }

  /** Until this has come as far as the recording had at a time; what was sent together is not held apart. */
  async #catchUp(recordedAt: number): Promise<void> {
    if (this.#pending.some(({ endsAt }) => endsAt > recordedAt)) return;
    const states = lastingStatesAt(this.#recording.lines, recordedAt);
    const until = this.#journal.now() + catchUpAtMostMs;
    while (this.#journal.now() < until && !this.#observer.progress.reached(states))
      await sleep(everyMs, undefined, { signal: this.#options.signal });
  }

  async #note(recordedAt: number, note: string): Promise<void> {
    if (isOutside(note)) await this.#catchUp(recordedAt);
    this.#journal.add({ ms: this.#journal.now(), note });
    await actOutside(note, this.#recording.header.namespaces[0]!, this.#options.hooks);
  }

  async #rest(): Promise<void> {
    const began = this.#journal.now();
    const isAtRest = () => {
      const quietSince = Math.max(began, this.#observer.lastEventAt);
      return this.#journal.now() - quietSince > restMs && this.#isGoneWhatWent();
    };
    while (this.#journal.now() < began + restAtMostMs && !isAtRest())
      await sleep(everyMs, undefined, { signal: this.#options.signal });
  }

  /** Whether nothing is left of what the recording saw go away, as far as it has a name of its own. */
  #isGoneWhatWent(): boolean {
    const last = new Map<string, Line & { event: string; object: RecordedObject }>();
    for (const line of this.#recording.lines)
      if ('event' in line && !line.object.metadata.generateName)
        last.set(`${line.object.kind} ${line.object.metadata.namespace}/${line.object.metadata.name}`, line);
    return [...last.values()].every(
      ({ event, object }) => event !== 'DELETED' || !this.#observer.has(object),
    );
  }

  /** With the names that this cluster has given in place of those that the recorded one gave. */
  #translated<T>(said: T): T {
    return JSON.parse(this.#recordedNames.translate(JSON.stringify(said), Names.from(this.#journal.lines)));
  }
}
