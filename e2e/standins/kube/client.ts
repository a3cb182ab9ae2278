import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { KubeError } from './error.ts';
import { resourcePath, ServiceAccounts } from './kinds.ts';
import { type Connection, readKubeconfig } from './kubeconfig.ts';
import type { KubeObject } from './objects.ts';
import { type RateLimit, unlimited } from './token-bucket.ts';

export { KubeError } from './error.ts';
export { type ResourceKind, resourcePath } from './kinds.ts';

export interface DeleteOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

/** A service account that a client speaks as: its token comes from the TokenRequest API. */
export interface Identity {
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
}

/** Speaks to one API server as one identity over one pool of connections. Paths are whole API paths. */
export class KubeClient {
  readonly #connection: Connection;
  readonly #pool: Dispatcher;
  readonly #watches: Dispatcher;
  readonly #userAgent: string;
  readonly #limit: RateLimit;

  private constructor(parts: Parts) {
    this.#connection = parts.connection;
    this.#pool = parts.pool;
    this.#watches = parts.watches;
    this.#userAgent = parts.userAgent;
    this.#limit = parts.limit;
  }

  /** A client with a kubeconfig's own identity, or with a service account's that its user may ask a token for. */
  static async fromKubeconfig(path: string, as?: Identity): Promise<KubeClient> {
    const own = KubeClient.#connect(await readKubeconfig(path), 'envclone-standins');
    if (as === undefined) return own;
    const token = await own.#requestToken(as);
    await own.close();
    const { server, ca } = own.#connection;
    return KubeClient.#connect({ server, ca, token }, as.serviceAccount.name);
  }

  static #connect(connection: Connection, userAgent: string): KubeClient {
    const { ca, cert, key } = connection;
    // HTTP/1.1 with a cap on connections would be blocked by watches, so these have an agent of their own.
    const pool = new Agent({ connections: 16, allowH2: false, connect: { ca, cert, key } });
    const watches = new Agent({
      allowH2: false,
      bodyTimeout: 0,
      headersTimeout: 0,
      connect: { ca, cert, key },
    });
    return new KubeClient({ connection, pool, watches, userAgent, limit: unlimited });
  }

  /** The same identity and connections, its requests (watches excepted) held to a rate. */
  withLimit(limit: RateLimit): KubeClient {
    return new KubeClient({
      connection: this.#connection,
      pool: this.#pool,
      watches: this.#watches,
      userAgent: this.#userAgent,
      limit,
    });
  }

  get<T = KubeObject>(path: string): Promise<T> {
    return this.#send<T>('GET', path);
  }

  list<T = KubeObject>(path: string): Promise<KubeList<T>> {
    return this.#send<KubeList<T>>('GET', path);
  }

  create<T = KubeObject>(path: string, body: object): Promise<T> {
    return this.#send<T>('POST', path, body);
  }

  replace<T = KubeObject>(path: string, body: object): Promise<T> {
    return this.#send<T>('PUT', path, body);
  }

  mergePatch<T = KubeObject>(path: string, body: object): Promise<T> {
    return this.#send<T>('PATCH', path, body, 'application/merge-patch+json');
  }

  jsonPatch<T = KubeObject>(path: string, body: readonly JsonPatchOperation[]): Promise<T> {
    return this.#send<T>('PATCH', path, body, 'application/json-patch+json');
  }

  /** As kubelets patch: lists with a merge key (conditions by type) are merged. Only for built-in kinds. */
  strategicPatch<T = KubeObject>(path: string, body: object): Promise<T> {
    return this.#send<T>('PATCH', path, body, 'application/strategic-merge-patch+json');
  }

  /** A merge patch of the status subresource of the object at `path`. */
  statusPatch<T = KubeObject>(path: string, body: object): Promise<T> {
    return this.mergePatch<T>(`${path}/status`, body);
  }

  /** Answers the object where it goes on existing (finalizers, grace), else a Status. */
  delete(path: string, options: DeleteOptions = {}): Promise<unknown> {
    return this.#send('DELETE', path, { apiVersion: 'v1', kind: 'DeleteOptions', ...options });
  }

  /** Opens a watch: the body is a stream of lines, one JSON event each. */
  async watch(path: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const { origin, headers } = this.#target();
    const answer = await this.#watches.request({ origin, path, method: 'GET', headers, signal });
    if (answer.statusCode !== 200) {
      throw new KubeError(answer.statusCode, parse(await answer.body.text()), `GET ${path}`);
    }
    return answer.body;
  }

  /** Closes the connections; a client with a limit shares them with the one it was made from. */
  async close(): Promise<void> {
    await Promise.all([this.#pool.destroy(), this.#watches.destroy()]);
  }

  async #send<T>(method: Dispatcher.HttpMethod, path: string, body?: object, type?: string): Promise<T> {
    await this.#limit.take();
    const { origin, headers } = this.#target(type);
    const text = body === undefined ? undefined : JSON.stringify(body);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#pool.request({ origin, path, method, headers, body: text });
      const content = parse(await answer.body.text());
      if (answer.statusCode < 300) return content as T;
      const wait = retryAfter(answer);
      if (wait === undefined || attempt === ATTEMPTS) {
        throw new KubeError(answer.statusCode, content, `${method} ${path}`);
      }
      await sleep(wait);
    }
  }

  #target(type = 'application/json'): { origin: string; headers: Record<string, string> } {
    const { server, token } = this.#connection;
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': type,
      'user-agent': this.#userAgent,
    };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    return { origin: server, headers };
  }

  async #requestToken({ serviceAccount: { namespace, name } }: Identity): Promise<string> {
    const path = `${resourcePath(ServiceAccounts, namespace, name)}/token`;
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: null, expirationSeconds: 86_400 },
    };
    const answer = await this.create<{ status: { token: string } }>(path, request);
    return answer.status.token;
  }
}

export interface KubeList<T> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: T[];
}

interface Parts {
  readonly connection: Connection;
  readonly pool: Dispatcher;
  readonly watches: Dispatcher;
  readonly userAgent: string;
  readonly limit: RateLimit;
}

const ATTEMPTS = 10;

/** Milliseconds until a busy API server (a kind's storage may just be starting) wants to be asked again. */
function retryAfter({ statusCode, headers }: Dispatcher.ResponseData): number | undefined {
  const seconds = Number(headers['retry-after']);
  return statusCode === 429 && seconds > 0 ? seconds * 1000 : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
