import { createHash } from 'node:crypto';
import type { Kind, KubeObject } from './objects.ts';

/** Something to tell the people who look at an object. */
export interface Occurrence {
  readonly type: 'Normal' | 'Warning';
  /** One word in upper camel case, why: `SourceNotFound`. */
  readonly reason: string;
  /** One word, what was being done: `Capture`. */
  readonly action: string;
  /** A sentence; cut at 1024 bytes. Keep it the same while the matter is, or it counts as another. */
  readonly note: string;
}

/** Which program reports, and which process of it. */
export interface Reporter {
  /** Such as `envclone.io/clone-controller`. */
  readonly controller: string;
  /** Such as the pod's name. */
  readonly instance: string;
}

/** An `events.k8s.io/v1` Event, as far as it is ours. */
export interface EventObject extends KubeObject, Occurrence {
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly regarding: object;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
}

export const eventKind: Kind<EventObject> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

/** The Event for an occurrence on an object. Its name says what it is about: the same matter has the same name. */
export function eventFor(
  { apiVersion, kind, metadata }: KubeObject,
  occurrence: Occurrence,
  reporter: Reporter,
  now: number,
): EventObject {
  const { namespace, name, uid, resourceVersion } = metadata;
  const note = cut(occurrence.note, 1024);
  const matter = [reporter.controller, uid, occurrence.type, occurrence.reason, occurrence.action, note];
  return {
    metadata: { namespace: namespace ?? 'default', name: `${cut(name, 236)}.${digestOf(matter)}` },
    eventTime: microTime(now),
    reportingController: reporter.controller,
    reportingInstance: cut(reporter.instance, 128),
    ...occurrence,
    note,
    regarding: { apiVersion, kind, namespace, name, uid, resourceVersion },
  };
}

/** Milliseconds since the epoch as the API writes times with microseconds. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function digestOf(matter: unknown): string {
  return createHash('sha256').update(JSON.stringify(matter)).digest('hex').slice(0, 16);
}

/** At most so many bytes of UTF-8, cut between characters. */
function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  return encoded.subarray(0, end).toString();
}
