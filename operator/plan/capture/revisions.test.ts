import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ControllerRevision } from '../../cluster/kinds.generated.ts';
import {
  aCapture,
  accepted,
  aDisk,
  aMachine,
  aMachineSpec,
  anAttempt,
  aSnapshot,
  at,
} from '../../testing/index.ts';
import type { Attempt, CapturedMachine, CapturedService } from './model.ts';
import { decodeAttempts, encodeAttempt, encodeVerdict } from './revisions.ts';

const snapshot = aSnapshot();

function encode(attempt: Attempt = anAttempt(), of = snapshot) {
  const { machines, table } = encodeAttempt(of, attempt);
  const verdict = attempt.verdict ? [encodeVerdict(of, attempt.attempt, attempt.verdict)] : [];
  return [...machines, table, ...verdict];
}

/** As the API server gives it back: JSON, with keys in another order. */
function stored(revision: ControllerRevision): ControllerRevision {
  return reversed(JSON.parse(JSON.stringify(revision))) as ControllerRevision;
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

const partOf = (revisions: readonly ControllerRevision[], part: string) =>
  revisions.find(({ metadata }) => metadata.labels?.['envclone.io/part'] === part)!;

describe('the ControllerRevisions of a capture', () => {
  it('give back every attempt as it was', () => {
    fc.assert(
      fc.property(someMachines(), fc.nat(9), fc.boolean(), (machines, number, judged) => {
        const attempt = anAttempt({
          attempt: number + 1,
          captured: aCapture({ machines, services: [aService('db')] }),
          groups: [{ name: 'group', driver: 'csi.example.com', groupClass: 'groups' }],
          ...(judged && { verdict: accepted }),
        });
        const [read] = decodeAttempts(encode(attempt).map(stored));
        expect(read).toEqual({ ...attempt, revision: read!.revision });
      }),
      { numRuns: 100, seed: 20261121 },
    );
  });

  it('are named by their content: the same makes the same names, another makes another', () => {
    const names = (attempt: Attempt) => encode(attempt).map(({ metadata }) => metadata.name);
    expect(names(anAttempt())).toEqual(names(anAttempt()));
    expect(names(anAttempt({ requested: at(1) })).at(-1)).not.toBe(names(anAttempt()).at(-1));
  });

  it('keep apart two captures whose long names begin alike', () => {
    const called = (end: string) =>
      aSnapshot({
        metadata: { name: `${'environment-'.repeat(8)}${end}`, namespace: 'production', uid: end },
      });
    const [one, other] = ['one', 'two'].map((end) => encode(anAttempt(), called(end))[0]!.metadata.name);
    expect(one).not.toBe(other);
  });

  it('are no attempt before their table is written', () => {
    expect(decodeAttempts(encode().slice(0, -1))).toEqual([]);
  });

  it('are read oldest first, in whatever order they are listed', () => {
    const both = [...encode(anAttempt({ attempt: 2 })), ...encode(anAttempt({ attempt: 1 }))];
    expect(decodeAttempts(both).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('go with their EnvironmentSnapshot', () => {
    expect(encode().every(({ metadata }) => metadata.ownerReferences?.[0]?.uid === 'uid-of-nightly')).toBe(
      true,
    );
  });

  it.each(['machines', 'table', 'verdict'])('are refused when the %s are of another format', (part) => {
    const revisions = encode(anAttempt({ verdict: accepted }));
    const changed = partOf(revisions, part);
    changed.data = { ...changed.data, format: 2 };
    expect(() => decodeAttempts(revisions)).toThrow(/has format 2, this operator reads format 1/);
  });

  it.each(['machines', 'table', 'verdict'])('are refused when the %s were tampered with', (part) => {
    const revisions = encode(anAttempt({ verdict: accepted }));
    const changed = partOf(revisions, part);
    changed.data = { ...changed.data, added: true };
    expect(() => decodeAttempts(revisions)).toThrow('does not hold what was captured');
  });

  it.each(['machines', 'table'])('are refused when the %s are gone', (part) => {
    const revisions = encode(anAttempt({ verdict: accepted }));
    const left = revisions.filter((revision) => revision !== partOf(revisions, part));
    expect(() => decodeAttempts(left)).toThrow('is gone: capture again');
  });

  it('stay under 256 KiB each for 1,000 VMs with a Service each, in any script', () => {
    const long = 'ü'.repeat(900);
    const names = Array.from({ length: 1_000 }, (_, index) => `vm-${index}`);
    const machines = names.map((name) => aMachine(name, { annotations: { note: long } }));
    const services = names.map((name) => ({ ...aService(name), annotations: { note: long } }));
    const sizes = encode(anAttempt({ captured: aCapture({ machines, services }) })).map((revision) =>
      Buffer.byteLength(JSON.stringify(revision)),
    );
    expect(sizes.length).toBeGreaterThan(10);
    expect(Math.max(...sizes)).toBeLessThan(256 * 1024);
  });
});

function aService(name: string): CapturedService {
  return { name, labels: {}, annotations: {}, spec: { selector: { app: name }, ports: [{ port: 80 }] } };
}

function someMachines(): fc.Arbitrary<CapturedMachine[]> {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  return fc.array(
    fc
      .record({ name: text, ran: fc.boolean(), labels: fc.dictionary(text, text), bytes: fc.nat() })
      .map(({ name, ran, labels, bytes }) =>
        aMachine(name, { ran, labels, spec: aMachineSpec(name), disks: [aDisk(name, { bytes })] }),
      ),
    { maxLength: 5 },
  );
}
