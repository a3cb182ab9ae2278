/**
 * A capture as ControllerRevisions and back: designs/2026-11-21-capture-and-clone.md gives the format.
 *
 *     [machines]…  →  [machines][table]  →  [machines][table][verdict]
 */
import type { ControllerRevision } from '../../cluster/kinds.generated.ts';
import { labels, shortHash, withSuffix } from '../../names.ts';
import type { EnvironmentSnapshotObject } from '../../schema/index.ts';
import type {
  Attempt,
  CapturedEnvironment,
  CapturedMachine,
  CapturedService,
  CaptureGroup,
  Verdict,
} from './model.ts';

const format = 1;
const partBytes = 128 * 1024;

type Part = 'machines' | 'table' | 'verdict';

interface Table extends Omit<CapturedEnvironment, 'machines' | 'services'> {
  readonly format: number;
  readonly attempt: number;
  readonly requested: string;
  readonly groups: readonly CaptureGroup[];
  /** Names of the ControllerRevisions that hold the machines and the Services. */
  readonly parts: readonly string[];
}

interface Content {
  readonly machines?: readonly CapturedMachine[];
  readonly services?: readonly CapturedService[];
}

/** The revisions of an attempt that is about to begin: the machines first, the table, which names them, last. */
export function encodeAttempt(
  snapshot: EnvironmentSnapshotObject,
  attempt: Omit<Attempt, 'revision' | 'verdict'>,
) {
  const { machines, services, ...rest } = attempt.captured;
  const parts = [
    ...pack(machines).map((some) => ({ format, machines: some })),
    ...pack(services).map((some) => ({ format, services: some })),
  ].map((data) => toRevision(snapshot, attempt.attempt, 'machines', data));
  const table: Table = {
    format,
    attempt: attempt.attempt,
    requested: attempt.requested,
    groups: attempt.groups,
    ...rest,
    parts: parts.map((part) => part.metadata.name),
  };
  return { machines: parts, table: toRevision(snapshot, attempt.attempt, 'table', table) };
}

export function encodeVerdict(
  snapshot: EnvironmentSnapshotObject,
  attempt: number,
  verdict: Verdict,
): ControllerRevision {
  return toRevision(snapshot, attempt, 'verdict', { format, ...verdict });
}

/** The attempts that the revisions of one snapshot tell of, oldest first. Machines without a table are no attempt yet. */
export function decodeAttempts(revisions: readonly ControllerRevision[]): readonly Attempt[] {
  const byName = new Map(revisions.map((revision) => [revision.metadata.name, revision]));
  const verdicts = new Map(
    revisions
      .filter((revision) => partOf(revision) === 'verdict')
      .map((revision) => [revision.revision, readVerdict(revision)]),
  );
  const attempts = revisions
    .filter((revision) => partOf(revision) === 'table')
    .map((revision) => readAttempt(revision, byName, verdicts.get(revision.revision)))
    .sort((one, other) => one.attempt - other.attempt);
  const known = new Set(attempts.map(({ attempt }) => attempt));
  const orphan = [...verdicts.keys()].find((attempt) => !known.has(attempt));
  if (orphan !== undefined)
    throw new UnreadableCapture(`the table of attempt ${orphan} is gone: capture again`);
  return attempts;
}

/** A capture that cannot be read: another version wrote it, or somebody changed or removed a part of it. */
export class UnreadableCapture extends Error {
  override readonly name = 'UnreadableCapture';
}

function pack<T>(items: readonly T[]): readonly (readonly T[])[] {
  const packs: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item));
    if (size > room || packs.length === 0) {
      packs.push([]);
      room = partBytes;
    }
    packs.at(-1)!.push(item);
    room -= size;
  }
  return packs;
}

function toRevision(
  snapshot: EnvironmentSnapshotObject,
  attempt: number,
  part: Part,
  data: object,
): ControllerRevision {
  const { name, namespace, uid } = snapshot.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: revisionName(name, attempt, data),
      namespace: namespace!,
      labels: { [labels.snapshot]: uid!, [labels.part]: part, [labels.attempt]: String(attempt) },
      ownerReferences: [
        {
          apiVersion: snapshot.apiVersion!,
          kind: snapshot.kind!,
          name,
          uid: uid!,
          controller: true,
          blockOwnerDeletion: false,
        },
      ],
    },
    revision: attempt,
    data,
  };
}

function revisionName(snapshot: string, attempt: number, data: object): string {
  return withSuffix(snapshot, `${attempt}-${shortHash(10, canonicalJson(data))}`, 253);
}

function partOf(revision: ControllerRevision): string | undefined {
  return revision.metadata.labels?.[labels.part];
}

function readAttempt(
  revision: ControllerRevision,
  byName: ReadonlyMap<string, ControllerRevision>,
  verdict: Verdict | undefined,
): Attempt {
  const { parts, attempt, requested, groups, format: _, ...rest } = read<Table>(revision);
  const contents = parts.map((name) => {
    const part = byName.get(name);
    if (!part)
      throw new UnreadableCapture(`ControllerRevision ${name} of the capture is gone: capture again`);
    return read<Content>(part);
  });
  return {
    attempt,
    requested,
    groups,
    captured: {
      ...rest,
      machines: contents.flatMap(({ machines = [] }) => machines),
      services: contents.flatMap(({ services = [] }) => services),
    },
    verdict,
    revision: revision.metadata.name,
  };
}

function readVerdict(revision: ControllerRevision): Verdict {
  const { format: _, ...verdict } = read<Verdict & { format: number }>(revision);
  return verdict;
}

/** The data of a revision, once its format is known and its name says that it is the data that was written. */
function read<T>(revision: ControllerRevision): T {
  const data = revision.data as { format?: number };
  const { name } = revision.metadata;
  if (data?.format !== format)
    throw new UnreadableCapture(
      `ControllerRevision ${name} has format ${data?.format}, this operator reads format ${format}: use the version that wrote it`,
    );
  if (!name.endsWith(shortHash(10, canonicalJson(data))))
    throw new UnreadableCapture(
      `ControllerRevision ${name} does not hold what was captured: it was changed; capture again`,
    );
  return data as T;
}

/** JSON with sorted keys, so that equal values have equal text and equal hashes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
