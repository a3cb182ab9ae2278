import type { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici';
import type { Answer } from './answers.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import { NetworkError } from './errors.ts';

/** One HTTP request to the API server; `path` is without query. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** An answer of which only the head has been read. */
export interface OpenAnswer {
  readonly code: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly body: Readable;
}

type Lane = 'api' | 'watch';

/**
 * Sends requests over two pools: one of few connections for calls, and one without limit for watches, so
 * that watches never take the connections that calls need.
 */
export class Transport implements AsyncDisposable {
  readonly #credentials: CredentialSource;
  readonly #userAgent: string;
  #pools: Record<Lane, Dispatcher> | undefined;
  #connection: Credentials['connection'] | undefined;

  constructor(credentials: CredentialSource, userAgent: string) {
    this.#credentials = credentials;
    this.#userAgent = userAgent;
  }

  /** Sends a request and reads its answer whole. Throws `NetworkError`, or the reason of an aborted signal. */
  async send(request: HttpRequest): Promise<Answer> {
    const { body, ...head } = await this.open('api', request);
    try {
      return { ...head, text: await textOf(body) };
    } catch (error) {
      throw failure(request, error);
    }
  }

  /** Sends a request and returns as soon as the head of its answer is there; the body is the caller's to read or destroy. */
  async open(lane: Lane, request: HttpRequest): Promise<OpenAnswer> {
    const answer = await this.#attempt(lane, request);
    if (answer.code !== 401) return answer;
    // Destroyed, it would raise an error that nobody awaits.
    answer.body.resume();
    this.#credentials.reload();
    return this.#attempt(lane, request);
  }

  async #attempt(lane: Lane, request: HttpRequest): Promise<OpenAnswer> {
    const credentials = await this.#credentials.current();
    try {
      const answer = await this.#pool(lane, credentials).request({
        origin: credentials.origin,
        path: credentials.basePath + request.path + queryText(request.query),
        method: request.method,
        headers: { 'user-agent': this.#userAgent, ...credentials.headers, ...request.headers },
        body: request.body ?? null,
        signal: request.signal,
      });
      return {
        code: answer.statusCode,
        contentType: headerText(answer.headers['content-type']) ?? '',
        retryAfter: headerText(answer.headers['retry-after']),
        body: answer.body,
      };
    } catch (error) {
      throw failure(request, error);
    }
  }

  /** Closes every connection; requests under way fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pools = Object.values(this.#pools ?? {});
    this.#pools = undefined;
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #pool(lane: Lane, { connection }: Credentials): Dispatcher {
    if (!this.#pools || !isDeepStrictEqual(connection, this.#connection)) {
      // A rotated client certificate: what is under way ends on the old connections.
      for (const pool of Object.values(this.#pools ?? {})) void pool.close().catch(() => {});
      this.#pools = {
        api: makePool(connection, callOptions),
        watch: makePool(connection, watchOptions),
      };
    }
    this.#connection = connection;
    return this.#pools[lane];
  }
}

// The API server ends calls after 60 seconds itself and drops idle connections after 90.
const shared = { allowH2: false, pipelining: 1, headersTimeout: 75_000, keepAliveTimeout: 60_000 };
const callOptions: Agent.Options = { ...shared, connections: 16, bodyTimeout: 75_000 };
const watchOptions: Agent.Options = { ...shared, connections: null, bodyTimeout: 0 };

function makePool(connection: Credentials['connection'], options: Agent.Options): Dispatcher {
  switch (connection.type) {
    case 'none':
      return new Agent(options);
    case 'agent':
      return new Agent({ ...options, connect: connection.connect as Agent.Options['connect'] });
    case 'proxy':
      return new ProxyAgent({ ...options, uri: connection.uri, requestTls: connection.requestTls });
    case 'socks':
      return new Socks5ProxyAgent(connection.uri, {
        ...options,
        connect: undefined,
        requestTls: connection.requestTls,
      });
  }
}

function failure(request: HttpRequest, error: unknown): unknown {
  if (request.signal.aborted) return request.signal.reason;
  return new NetworkError(`${request.method} ${request.path}`, error);
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function queryText(query: HttpRequest['query']): string {
  const given = Object.entries(query ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
