/** Recordings: what a cluster was asked and what it did, line by line. `README.md` has the format. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { mergePatchBetween } from '../../../operator/cluster/index.ts';
import { applyMergePatch } from './merge-patch.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface RecordedObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generateName?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface Header {
  readonly name: string;
  readonly about: string;
  /** Those that it makes and watches. */
  readonly namespaces: readonly string[];
  readonly kinds: readonly string[];
  /** RFC 3339. */
  readonly began: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly error: string | null;
}

export interface RecordedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With query. */
  readonly path: string;
  /** JSON, or the exact text. */
  readonly body: Json;
  /** Content type, where it is not `application/json`. */
  readonly bodyType?: string;
  /** The user that was impersonated. */
  readonly as?: string;
  readonly accept?: string;
}

export interface RecordedAnswer {
  readonly code: number;
  readonly contentType: string | null;
  /** JSON, or the exact text; an empty body is `""`. */
  readonly response: Json;
  /** Warning headers. */
  readonly warnings?: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

/** Field path to value; `"*"` present, null absent, a list any of them. Null for an object that is gone. */
export type Until = Readonly<Record<string, Json>> | null;

export interface RecordedWait {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly until: Until;
  readonly met: boolean;
  /** Milliseconds. */
  readonly took: number;
}

export interface GuestAnswer {
  readonly vmi: string;
  readonly about: string;
  readonly status: Readonly<Record<string, Json>>;
}

export type EventType = 'INITIAL' | 'ADDED' | 'MODIFIED' | 'DELETED';

/** `ms`: milliseconds since the start, of a request when it was sent. */
export type Line = { readonly ms: number } & (
  | { readonly recording: Header }
  | { readonly request: RecordedRequest & RecordedAnswer }
  | { readonly wait: RecordedWait }
  | { readonly event: EventType; readonly object: RecordedObject }
  | { readonly pause: number }
  | { readonly note: string }
  | { readonly guest: GuestAnswer }
);

/** What was there for a shorter time may be missed by any watcher. */
export const passingMs = 150;

export interface Recording {
  readonly header: Header;
  /** Without the header; every event with its whole object. */
  readonly lines: readonly Line[];
}

const folder = fileURLToPath(new URL('../../recordings/', import.meta.url));
const extension = '.jsonl.br';

export function recordingPath(name: string): string {
  return `${folder}${name}${extension}`;
}

/** Throws where the file is not there, or is no recording. */
export async function readRecording(path: string): Promise<Recording> {
  const bytes = await readFile(path);
  const text = path.endsWith('.br') ? await promisify(brotliDecompress)(bytes) : bytes;
  try {
    return decodeRecording(text.toString('utf8'));
  } catch (error) {
    throw new Error(`${path} is no recording: ${(error as Error).message}`);
  }
}

/** Compressed where the path ends with `.br`. */
export async function writeRecording(path: string, recording: Recording): Promise<void> {
  const text = Buffer.from(encodeRecording(recording));
  const window = { [constants.BROTLI_PARAM_LGWIN]: 24 };
  await writeFile(
    path,
    path.endsWith('.br') ? await promisify(brotliCompress)(text, { params: window }) : text,
  );
}

export function decodeRecording(text: string): Recording {
  const latest = new Map<string, RecordedObject>();
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => wholeLine(JSON.parse(line), latest));
  const [first, ...others] = lines;
  if (!first || !('recording' in first)) throw new Error('its first line has no header');
  return { header: first.recording, lines: others };
}

export function encodeRecording({ header, lines }: Recording): string {
  const latest = new Map<string, RecordedObject>();
  const head: Line = { ms: 0, recording: header };
  return `${[head, ...lines.map((line) => shortLine(line, latest))].map((line) => JSON.stringify(line)).join('\n')}\n`;
}

function wholeLine(line: Line & { patch?: boolean }, latest: Map<string, RecordedObject>): Line {
  if (!('event' in line)) return line;
  const { patch, ...rest } = line;
  const key = identityOf(line.object);
  const before = latest.get(key);
  if (patch && !before) throw new Error(`a patch at ${line.ms} ms has nothing before it: ${key}`);
  const object = patch ? (applyMergePatch(before as never, line.object as never) as never) : line.object;
  latest.set(key, object);
  return { ...rest, object };
}

function shortLine(line: Line, latest: Map<string, RecordedObject>): Line {
  if (!('event' in line)) return line;
  const { object } = line;
  const key = identityOf(object);
  const before = latest.get(key);
  latest.set(key, object);
  if (!before || line.event === 'ADDED' || line.event === 'INITIAL') return line;
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const { metadata, ...changed } = (mergePatchBetween(before, object) ?? {}) as { metadata?: object };
  const named = { name, namespace, uid, resourceVersion };
  return {
    ...line,
    patch: true,
    object: { kind: object.kind, ...changed, metadata: { ...metadata, ...named } },
  } as Line;
}

function identityOf({ kind, metadata }: RecordedObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.uid ?? ''}`;
}
