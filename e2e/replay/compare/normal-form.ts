/** A recording with everything made equal that may differ between two runs of the same: names, times, addresses. */
import { Names } from '../recording/names.ts';
import type { Line, Recording } from '../recording/recording.ts';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const mac = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi;
const time = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d| \+0000 UTC)?/g;

/** Makes the texts of one recording comparable with those of another. */
export class NormalForm {
  readonly #names: Names;
  /** UUIDs and MACs that somebody asked for are no accident. */
  readonly #asked: ReadonlySet<string>;
  /** What Events say of claims, and what is quoted of them, the longest first. */
  readonly #ofClaims: readonly string[];

  constructor({ lines }: Recording) {
    this.#names = Names.from(lines);
    this.#asked = askedFor(lines);
    const said = new Set(lines.flatMap(saidOfClaims).map((message) => this.ofText(message)));
    this.#ofClaims = [...said].toSorted((one, other) => other.length - one.length);
  }

  /** Any value as a text that two runs have in common. */
  of(value: unknown): string {
    return this.ofText(typeof value === 'string' ? value : (JSON.stringify(value) ?? '—'));
  }

  ofText(text: string): string {
    const given = (what: string) => (each: string) => (this.#asked.has(each) ? each : `‹${what}›`);
    return (
      this.#names
        .canonical(text)
        .replace(uuid, given('uuid'))
        .replace(mac, given('mac'))
        .replace(time, '‹time›')
        .replace(/\b1[789]\d{17}\b/g, '‹nanoseconds›')
        .replace(/\b10\.\d+\.\d+\.\d+\b/g, '‹address›')
        .replace(/\bkube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-…')
        .replace(/\b\d{13}-\d{1,4}-(?=[a-z])/g, '‹process›-')
        // Which of several that wait for a lock gets it first is chance.
        .replace(/(not locked snapshot) "[^"]+" (in progress)/g, '$1 ‹rival› $2')
        .replace(/\bnode\d+\b/g, '‹node›')
    );
  }

  /** A text that ends with what some Event of a claim says, or with what it passes on from another claim's. */
  ofQuotation(text: string): string {
    // Whether any Event had been told by then is chance too.
    const own = this.of(text).replace(/^target (PVC \S+ Pending) and .*$/s, '$1');
    const quoted = this.#ofClaims.find((message) => own.endsWith(message));
    if (quoted === undefined) return own;
    return `${own.slice(0, -quoted.length).replace(/\[[^\]]*\] : $/, '')}‹what an Event says›`;
  }
}

function askedFor(lines: readonly Line[]): ReadonlySet<string> {
  const bodies = lines.flatMap((line) => ('request' in line ? [JSON.stringify(line.request.body)] : []));
  return new Set(
    bodies.flatMap((body) => [...body.matchAll(uuid), ...body.matchAll(mac)].map(([each]) => each)),
  );
}

function saidOfClaims(line: Line): readonly string[] {
  if (!('event' in line)) return [];
  const { kind, metadata, involvedObject, message } = line.object as OfClaim;
  const quoted = metadata.annotations?.['cdi.kubevirt.io/storage.condition.bound.message'];
  const said = kind === 'Event' && involvedObject?.kind === 'PersistentVolumeClaim' ? message : quoted;
  return said ? [said] : [];
}

interface OfClaim {
  readonly kind: string;
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly involvedObject?: { readonly kind?: string };
  readonly message?: string;
}
