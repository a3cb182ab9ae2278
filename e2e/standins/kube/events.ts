import type { KubeClient } from './client.ts';
import { Events, resourcePath } from './kinds.ts';
import { type KubeObject, type ObjectReference, referenceTo } from './objects.ts';

export type EventType = 'Normal' | 'Warning';

/** An Event that is repeated without end is counted up no more often than this. */
const REPEAT_MS = 1000;

/**
 * Writes core/v1 Events as client-go's recorder does: a repeated Event is counted up in place, and what cannot be
 * written (a namespace that is going away) is dropped.
 */
export class EventRecorder {
  readonly #client: KubeClient;
  readonly #component: string;
  readonly #host: string;
  readonly #written = new Map<string, Written>();
  /** What is still to be written, by the object that it is about. */
  readonly #queues = new Map<string, Promise<void>>();

  /** `component` is who reports, `host` the node it runs on (kubelet and scheduler set it). */
  constructor(client: KubeClient, component: string, host = '') {
    this.#client = client;
    this.#component = component;
    this.#host = host;
  }

  /** Records an Event in the background; those about one object in the order of the calls. */
  recordEvent(
    regarding: KubeObject | ObjectReference,
    type: EventType,
    reason: string,
    message: string,
  ): void {
    const involved = 'metadata' in regarding ? referenceTo(regarding) : regarding;
    const subject = `${involved.namespace}/${involved.name}/${involved.uid}`;
    const before = this.#queues.get(subject) ?? Promise.resolve();
    const written = before.then(() => this.#write(involved, type, reason, message)).catch(() => {});
    this.#queues.set(subject, written);
    void written.then(() => {
      if (this.#queues.get(subject) === written) this.#queues.delete(subject);
    });
  }

  async #write(involved: ObjectReference, type: EventType, reason: string, message: string): Promise<void> {
    const key = JSON.stringify([involved.uid, involved.name, type, reason, message]);
    const before = this.#written.get(key);
    if (before !== undefined) return this.#countUp(before);
    const event = this.#newEvent(involved, type, reason, message);
    const { namespace, name } = event.metadata;
    this.#written.set(key, { namespace, name, count: 1, at: Date.now() });
    await this.#client.create(resourcePath(Events, event.metadata.namespace), event);
  }

  async #countUp(written: Written): Promise<void> {
    written.count += 1;
    if (Date.now() - written.at < REPEAT_MS) return;
    written.at = Date.now();
    const path = resourcePath(Events, written.namespace, written.name);
    await this.#client.mergePatch(path, { count: written.count, lastTimestamp: now() });
  }

  #newEvent(involved: ObjectReference, type: EventType, reason: string, message: string) {
    const namespace = involved.namespace || 'default';
    const time = now();
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace, name: `${involved.name}.${uniqueSuffix()}` },
      involvedObject: involved,
      type,
      reason,
      message: message.slice(0, 1024),
      source: { component: this.#component, ...(this.#host ? { host: this.#host } : {}) },
      reportingComponent: this.#component,
      reportingInstance: this.#host,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
  }
}

interface Written {
  readonly namespace: string;
  readonly name: string;
  count: number;
  /** When it was last sent. */
  at: number;
}

let sequence = process.hrtime.bigint();

/** client-go ends an Event's name with a time in hexadecimal nanoseconds. */
function uniqueSuffix(): string {
  sequence += 1n;
  return sequence.toString(16).padStart(16, '1');
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
