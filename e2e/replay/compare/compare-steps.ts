/** What was asked and answered: requests, waits, guests. */

import type {
  GuestAnswer,
  Line,
  RecordedAnswer,
  RecordedRequest,
  RecordedWait,
} from '../recording/recording.ts';
import { passingMs } from '../recording/recording.ts';
import type { Finding, Two } from './difference.ts';
import { fieldsOf } from './fields.ts';
import type { History } from './histories.ts';
import type { NormalForm } from './normal-form.ts';

type Sent = RecordedRequest & RecordedAnswer & { readonly ms: number };

/** What counts up, and depends on when it is asked. */
const countersOfGuests = ['counter', 'uptime_ms', 'last_write_age_ms', 'requests', 'ip', 'error'];

/** `histories` are those of the recording. */
export function compareRequests(
  lines: Two<readonly Line[]>,
  forms: Two<NormalForm>,
  histories: ReadonlyMap<string, History>,
): readonly Finding[] {
  const sent = (some: readonly Line[]) =>
    some.flatMap((line): Sent[] => ('request' in line ? [{ ...line.request, ms: line.ms }] : []));
  const [real, ours] = [inOrder(sent(lines.real), forms.real), inOrder(sent(lines.ours), forms.ours)];
  return real.flatMap((request, index) =>
    compareAnswers({ real: request, ours: ours[index]! }, forms).filter(
      ({ field, ours: said }) => !wasSoShortly(request, field, said, { histories, form: forms.real }),
    ),
  );
}

/** What an object was, or came to be, shortly before or after its answer may as well have been answered. */
function wasSoShortly(
  { ms, took, response }: Sent,
  field: string,
  value: string,
  { histories, form }: { readonly histories: ReadonlyMap<string, History>; readonly form: NormalForm },
): boolean {
  const { metadata } = (response ?? {}) as { metadata?: { uid?: string } };
  const values =
    [...histories.values()].find(({ uid }) => uid === form.of(metadata?.uid))?.fields.get(field) ?? [];
  return values.some((each, index) => {
    const end = values[index + 1]?.ms ?? Number.POSITIVE_INFINITY;
    return each.value === value && each.ms < ms + took + passingMs && end > ms - passingMs;
  });
}

/** Requests that were under way together may have been written down in another order: equal ones keep theirs. */
function inOrder(requests: readonly Sent[], form: NormalForm): readonly Sent[] {
  const title = ({ method, path, body }: Sent) => form.of(`${method} ${path} ${JSON.stringify(body)}`);
  return requests
    .map((request) => ({ request, title: title(request) }))
    .toSorted((one, other) => (one.title < other.title ? -1 : one.title > other.title ? 1 : 0))
    .map(({ request }) => request);
}

function compareAnswers({ real, ours }: Two<Sent>, forms: Two<NormalForm>): readonly Finding[] {
  const subject = forms.real.of(`${real.method} ${real.path}`);
  const [recorded, replayed] = [answerFields(real, forms.real), answerFields(ours, forms.ours)];
  return compareMaps(subject, { real: recorded, ours: replayed });
}

/** Of an object only the spec: what else it says, its history tells. */
function answerFields(
  { code, contentType, response, warnings }: Sent,
  form: NormalForm,
): ReadonlyMap<string, string> {
  const fields = new Map([
    ['code', String(code)],
    ['content type', contentType ?? '—'],
    ['warnings', (warnings ?? []).map((warning) => form.of(warning)).join('; ')],
  ]);
  if (typeof response === 'string') return fields.set('body', form.of(response));
  const { kind, reason, message, spec } = (response ?? {}) as Record<string, unknown>;
  if (kind === 'Status') fields.set('reason', form.of(reason ?? '—')).set('message', form.of(message ?? '—'));
  else for (const [path, value] of fieldsOf({ spec }, form)) fields.set(path, value);
  return fields;
}

export function compareWaits(lines: Two<readonly Line[]>, forms: Two<NormalForm>): readonly Finding[] {
  const waits = (some: readonly Line[]) => some.flatMap((line) => ('wait' in line ? [line.wait] : []));
  const ours = waits(lines.ours);
  const told = ({ met }: RecordedWait) => (met ? 'comes' : 'does not come');
  return waits(lines.real).flatMap((wait, index): readonly Finding[] => {
    if (wait.met === ours[index]?.met) return [];
    const subject = `${wait.kind} ${wait.namespace}/${forms.real.of(wait.name)}`;
    const field = `wait for ${wait.until === null ? 'its end' : JSON.stringify(wait.until)}`;
    return [{ subject, field, real: told(wait), ours: told(ours[index]!) }];
  });
}

export function compareGuests(lines: Two<readonly Line[]>, forms: Two<NormalForm>): readonly Finding[] {
  const guests = (some: readonly Line[]) => some.filter((line) => 'guest' in line);
  const [real, ours] = [guests(lines.real), guests(lines.ours)];
  // The recorder kept of a guest's answer what it was asked for.
  return real.flatMap(({ guest, ms }, index) => {
    if ((real[index + 1]?.ms ?? Number.POSITIVE_INFINITY) - ms < passingMs) return [];
    const recorded = guestFields(guest, forms.real);
    const said = [...guestFields(ours[index]!.guest, forms.ours)];
    const replayed = new Map(said.filter(([name]) => recorded.has(name)));
    return compareMaps(`guest ${guest.vmi} (${guest.about})`, { real: recorded, ours: replayed });
  });
}

function guestFields({ status }: GuestAnswer, form: NormalForm): ReadonlyMap<string, string> {
  const lasting = Object.entries(status).filter(([name]) => !countersOfGuests.includes(name));
  const answers = status.error === undefined ? 'yes' : 'no';
  return new Map([['answers', answers], ...lasting.map(([name, value]) => [name, form.of(value)] as const)]);
}

function compareMaps(subject: string, { real, ours }: Two<ReadonlyMap<string, string>>): readonly Finding[] {
  const fields = new Set([...real.keys(), ...ours.keys()]);
  return [...fields].flatMap((field) => {
    const [recorded, replayed] = [real.get(field) ?? '—', ours.get(field) ?? '—'];
    return recorded === replayed ? [] : [{ subject, field, real: recorded, ours: replayed }];
  });
}
