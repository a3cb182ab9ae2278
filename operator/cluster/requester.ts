import { type Answer, errorFromAnswer, readAnswer } from './answers.ts';
import type { Clock } from './clock.ts';
import { Watchdog } from './deadlines.ts';
import { NetworkError } from './errors.ts';
import type { Kind } from './objects.ts';
import { type Retrying, type RetryPolicy, withRetry } from './retry.ts';
import type { HttpRequest, Transport } from './transport.ts';

/** The verbs of RBAC, which are also what metrics count. */
export type Verb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'apply'
  | 'patch'
  | 'update'
  | 'delete'
  | 'deletecollection';

/** One request that was made, or one attempt of it. */
export interface RequestRecord {
  readonly verb: Verb;
  readonly group: string;
  /** The kind's plural, with the subresource: `virtualmachines/start`. */
  readonly resource: string;
  /** The server did everything but keep the result. */
  readonly dryRun: boolean;
  /** Given for writes that say who writes. */
  readonly fieldManager?: string;
  /** What the server was told to do with fields that it does not know, as in its query; its default where absent. */
  readonly fieldValidation?: string;
  readonly accept: string;
  /** Of the body; absent where there is none. */
  readonly contentType?: string;
  /** The HTTP code, or 0 when no answer came. */
  readonly code: number;
  /** Until the answer was read; for a watch, until it began. */
  readonly durationMs: number;
}

/** A request to the API server, in its terms. */
export interface ApiRequest {
  readonly verb: Verb;
  readonly kind: Kind;
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly query?: HttpRequest['query'];
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly retry: RetryPolicy;
}

export interface RequesterOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onRequest?: (record: RequestRecord) => void;
}

/** Turns API requests into HTTP requests and answers into JSON or typed errors; retries, and keeps count. */
export class Requester {
  readonly #transport: Transport;
  readonly #options: RequesterOptions;
  readonly #retrying: Retrying;

  constructor(transport: Transport, options: RequesterOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#retrying = { ...options, attempts: 5, baseMs: 100, maxMs: 5_000 };
  }

  /** The JSON of the answer; undefined when it is empty. */
  async call(request: ApiRequest): Promise<unknown> {
    const name = `${request.method} ${request.path}`;
    const http = this.#httpRequest(request);
    const answer = await withRetry(request.retry, this.#retrying, async () => {
      const answer = await this.#recorded(request, () => this.#transport.send(http));
      if (answer.code >= 400) throw errorFromAnswer(answer, name);
      return answer;
    });
    return readAnswer(answer, name);
  }

  /** The bytes of a watch, until the server ends it or it is given up after `timeoutSeconds` and some. */
  async *stream(
    request: ApiRequest,
    timeoutSeconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const { clock } = this.#options;
    using watchdog = new Watchdog(clock, { totalMs: timeoutSeconds * 1000 + slackMs, idleMs });
    const stopping = AbortSignal.any([signal, this.#options.signal]);
    const http = { ...this.#httpRequest(request), signal: AbortSignal.any([stopping, watchdog.signal]) };
    try {
      const answer = await this.#recorded(request, () => this.#transport.open('watch', http));
      if (answer.code >= 400) throw errorFromAnswer(await wholeOf(answer), `GET ${request.path}`);
      for await (const chunk of answer.body) {
        watchdog.alive();
        yield chunk;
      }
    } catch (error) {
      stopping.throwIfAborted();
      if (watchdog.signal.aborted) return;
      throw isBroken(error) ? new NetworkError(`GET ${request.path}`, error) : error;
    }
  }

  #httpRequest(request: ApiRequest): HttpRequest {
    const { accept, contentType } = headersOf(request);
    return {
      ...request,
      headers: contentType === undefined ? { accept } : { accept, 'content-type': contentType },
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      signal: this.#options.signal,
    };
  }

  async #recorded<R extends { readonly code: number }>(
    request: ApiRequest,
    send: () => Promise<R>,
  ): Promise<R> {
    const { clock, onRequest } = this.#options;
    const began = clock.now();
    let code = 0;
    try {
      const answer = await send();
      code = answer.code;
      return answer;
    } finally {
      onRequest?.({ ...describeRequest(request), code, durationMs: clock.now() - began });
    }
  }
}

function headersOf({ accept = 'application/json', body, contentType = 'application/json' }: ApiRequest): {
  readonly accept: string;
  readonly contentType?: string;
} {
  return body === undefined ? { accept } : { accept, contentType };
}

function describeRequest(request: ApiRequest): Omit<RequestRecord, 'code' | 'durationMs'> {
  const { verb, kind, path, query } = request;
  const subresource = path.split(`/${kind.plural}/`)[1]?.split('/')[1];
  return {
    verb,
    group: kind.group,
    resource: subresource ? `${kind.plural}/${subresource}` : kind.plural,
    dryRun: query?.dryRun !== undefined,
    ...(query?.fieldManager !== undefined && { fieldManager: query.fieldManager }),
    ...(query?.fieldValidation !== undefined && { fieldValidation: query.fieldValidation }),
    ...headersOf(request),
  };
}

const slackMs = 15_000;
const idleMs = 150_000;

async function wholeOf(answer: Omit<Answer, 'text'> & { body: AsyncIterable<Uint8Array> }): Promise<Answer> {
  const chunks = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return { ...answer, text: Buffer.concat(chunks).toString('utf8') };
}

/** Errors of the socket, as against ours. */
function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
