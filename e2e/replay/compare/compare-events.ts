/**
 * Events: which reasons appeared for which kind of object. Those that say what a condition of their object says are
 * compared with the condition: it may pass too quickly to be told of.
 */

import type { Line, RecordedObject } from '../recording/recording.ts';
import type { Finding, Two } from './difference.ts';
import { tellsOfConflict } from './histories.ts';
import type { NormalForm } from './normal-form.ts';

/** `isExcused` says of an object, by its title, that what is told of it is a matter of chance. */
export function compareEvents(
  lines: Two<readonly Line[]>,
  forms: Two<NormalForm>,
  isExcused: (title: string) => boolean,
): readonly Finding[] {
  const real = eventsOf(lines.real, forms.real, isExcused);
  const ours = eventsOf(lines.ours, forms.ours, isExcused);
  const finding = (subject: string, seen: Two<string>): Finding => ({ subject, field: 'Event', ...seen });
  return [
    ...missing(real, ours).map(([title, said]) => finding(title, { real: said, ours: 'never' })),
    ...missing(ours, real).map(([title, said]) => finding(title, { real: 'never', ours: said })),
  ];
}

/** Told by a controller that looks before another has done its part: whether one does is a matter of speed. */
const isWaiting =
  /^(DataVolume|PersistentVolumeClaim): \w+ (Pending|RebindInProgress|ExternalProvisioning|Provisioning)$/;

interface Told {
  readonly said: string;
  /** Whether each time a condition said it too, or it was about what is excused. */
  readonly excused: boolean;
}

type Events = ReadonlyMap<string, Told>;

function missing(some: Events, others: Events): readonly (readonly [string, string])[] {
  return [...some].flatMap(([title, { said, excused }]) =>
    others.has(title) || excused || isWaiting.test(title) ? [] : [[title, said] as const],
  );
}

/** `kind: type reason` to what the first of them said. */
function eventsOf(lines: readonly Line[], form: NormalForm, isExcused: (title: string) => boolean): Events {
  const events = new Map<string, Told>();
  const conditions = conditionsIn(lines);
  for (const line of lines) {
    if (!('event' in line) || line.event === 'INITIAL' || line.object.kind !== 'Event') continue;
    const { involvedObject, type, reason, message } = line.object as unknown as RecordedEvent;
    if (tellsOfConflict(String(message)) || isRepeated(message)) continue;
    const { kind, namespace, name } = involvedObject;
    const title = `${kind}: ${type} ${sameAs[reason] ?? reason}`;
    const about = `${kind} ${namespace ? `${namespace}/` : ''}${form.of(name)}`;
    const echoes = conditions.has(sentence(kind, namespace, name, reason, message));
    const before = events.get(title);
    events.set(title, {
      said: before?.said ?? form.of(message ?? ''),
      excused: (echoes || isExcused(about)) && (before?.excused ?? true),
    });
  }
  return events;
}

/** What CDI repeats on a claim of its temporary one's Events, as far as it sees them before that is gone. */
function isRepeated(message = ''): boolean {
  return /^\[(tmp-pvc|prime)-/.test(message);
}

interface RecordedEvent {
  readonly involvedObject: { readonly kind: string; readonly namespace?: string; readonly name?: string };
  readonly type: string;
  readonly reason: string;
  readonly message?: string;
}

/** The volume controller names the pod, where it looks at a claim just before that is scheduled. */
const sameAs: Readonly<Record<string, string>> = { WaitForPodScheduled: 'WaitForFirstConsumer' };

/** What every condition of every object ever said. */
function conditionsIn(lines: readonly Line[]): ReadonlySet<string> {
  const said = new Set<string>();
  for (const line of lines) {
    if (!('event' in line) || line.object.kind === 'Event') continue;
    const { kind, metadata, status } = line.object as RecordedObject & WithConditions;
    for (const { reason, message } of status?.conditions ?? [])
      said.add(sentence(kind, metadata.namespace, metadata.name, reason, message));
  }
  return said;
}

interface WithConditions {
  readonly status?: {
    readonly conditions?: readonly { readonly reason?: string; readonly message?: string }[];
  };
}

function sentence(...words: readonly (string | undefined)[]): string {
  return JSON.stringify(words.map((word) => word ?? ''));
}
