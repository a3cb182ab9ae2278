/** Waits again for what a recording waited for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { meets } from '../recording/field-path.ts';
import type { RecordedObject, RecordedWait } from '../recording/recording.ts';
import type { Journal } from './journal.ts';
import type { Observer } from './observer.ts';

/** How long a wait that was met in the recording may take here. */
const atMostMs = 60_000;
const everyMs = 20;
const awayMs = 3_000;

export interface WaitsOptions {
  readonly journal: Journal;
  readonly observer: Pick<Observer, 'find'>;
  /** What waits in vain are multiplied by. */
  readonly hurry: number;
  readonly signal: AbortSignal;
}

export class Waits {
  readonly #options: WaitsOptions;
  /** What is waited for, and whether some change had it. */
  #waiting?: RecordedWait;
  /** Of the lines, the first of which nobody has waited for. */
  #unwaited = 0;

  constructor(options: WaitsOptions) {
    this.#options = options;
  }

  /** What comes from now on may be waited for: a request is sent that brings it about. */
  beginAnew(): void {
    this.#unwaited = this.#options.journal.lines.length;
  }

  /** What comes and goes between two looks has come all the same. */
  take(object: RecordedObject): void {
    const wait = this.#waiting;
    if (wait?.until && isIt(object, wait) && meets(object, wait.until))
      this.#waiting = { ...wait, met: true };
  }

  /** Until it is so, or has been for too long; with names as they are here. */
  async wait(wait: RecordedWait): Promise<void> {
    const { journal, observer, hurry, signal } = this.#options;
    const { kind, namespace, name, until } = wait;
    const began = journal.now();
    const end = began + (wait.met ? atMostMs : wait.took * hurry);
    this.#waiting = { ...wait, met: false };
    let met = false;
    for (;;) {
      met = this.#waiting.met || meets(await observer.find(kind, namespace, name), until);
      if (met && !wait.met && until === null) met = await this.#staysAway(wait);
      if (wait.met && this.#cameToPass(wait)) met = true;
      if (met || journal.now() > end) break;
      await sleep(everyMs, undefined, { signal });
    }
    journal.add({ ms: began, wait: { ...wait, met, took: journal.now() - began } });
  }

  /** Since the last request, or since what was waited for before: here it may pass between two looks. */
  #cameToPass(wait: RecordedWait): boolean {
    const index = this.#options.journal.lines.findIndex((line, at) => {
      if (at < this.#unwaited || !('event' in line) || !isIt(line.object, wait)) return false;
      return meets(line.event === 'DELETED' ? undefined : line.object, wait.until);
    });
    if (index >= 0) this.#unwaited = index + 1;
    return index >= 0;
  }

  /** What is made again at once was not gone for those who ask now and then. */
  async #staysAway({ kind, namespace, name }: RecordedWait): Promise<boolean> {
    const { observer, signal } = this.#options;
    await sleep(awayMs, undefined, { signal });
    return (await observer.find(kind, namespace, name)) === undefined;
  }
}

function isIt({ kind, metadata }: RecordedObject, wait: RecordedWait): boolean {
  return kind === wait.kind && metadata.namespace === wait.namespace && metadata.name === wait.name;
}
