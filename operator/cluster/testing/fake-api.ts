import type { ServerResponse } from 'node:http';
import type { Kind, KubeObject } from '../objects.ts';
import { HttpServer, type ReceivedRequest, sendJson, sendStatus, statusOf } from './http-server.ts';

/** The one kind that the fake server serves. */
export interface Widget extends KubeObject {
  spec: { readonly size: number };
}

export const widgets: Kind<Widget> = {
  group: 'test.envclone.io',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

interface HistoryEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Widget;
  readonly version: number;
}

/** How the fake server misbehaves. */
export interface Manners {
  /** `refused` as old servers do; `silent`: the closing bookmark never comes; `cut short`: the watch ends before it. */
  watchList: 'served' | 'refused' | 'silent' | 'cut short';
  /** Objects a page, whatever was asked for. */
  pageSize: number;
  /** `unrouted`: something on the way answers everything with 404. */
  served: boolean | 'unrouted';
}

/** Lists and watches of one kind over real HTTP, with the API server's resource versions, and with its faults on demand. */
export class FakeApi implements AsyncDisposable {
  readonly manners: Manners = { watchList: 'served', pageSize: 1_000, served: true };
  readonly #objects = new Map<string, Widget>();
  readonly #watches = new Set<ServerResponse>();
  #history: HistoryEvent[] = [];
  #version = 1;
  #oldest = 0;
  #uids = 0;
  #server!: HttpServer;

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    api.#server = await HttpServer.start((request, response) => api.#answer(request, response));
    return api;
  }

  get url(): string {
    return this.#server.url;
  }

  get requests(): readonly ReceivedRequest[] {
    return this.#server.received;
  }

  get watching(): number {
    return this.#watches.size;
  }

  objects(): Widget[] {
    return [...this.#objects.values()];
  }

  put(name: string, size: number): Widget {
    const old = this.#objects.get(name);
    const uid = old?.metadata.uid ?? `uid-${++this.#uids}`;
    return this.#record(old ? 'MODIFIED' : 'ADDED', {
      apiVersion: 'test.envclone.io/v1',
      kind: 'Widget',
      metadata: { name, namespace: 'here', uid, resourceVersion: String(this.#version + 1) },
      spec: { size },
    });
  }

  delete(name: string): void {
    const old = this.#objects.get(name);
    if (!old) return;
    const metadata = { ...old.metadata, resourceVersion: String(this.#version + 1) };
    this.#record('DELETED', { ...old, metadata });
  }

  bookmark(): void {
    for (const watch of this.#watches) writeLine(watch, this.#bookmarkEvent(false));
  }

  /** Ends every watch in the orderly way. */
  endWatches(): void {
    for (const watch of this.#watches) watch.end();
    this.#watches.clear();
  }

  /** Resets every watch's connection, in the middle of a line if `partial` is given. */
  resetWatches(partial = ''): void {
    for (const watch of this.#watches) {
      watch.write(partial, () => watch.socket?.resetAndDestroy());
    }
    this.#watches.clear();
  }

  /** Forgets all history: watches end with 410, and none can be resumed from before. */
  expire(): void {
    this.#version++;
    this.#oldest = this.#version;
    this.#history = [];
    for (const watch of this.#watches) {
      writeLine(watch, { type: 'ERROR', object: statusOf(410, 'Expired', 'too old resource version') });
    }
    this.endWatches();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  #record(type: HistoryEvent['type'], object: Widget): Widget {
    this.#version++;
    const event = { type, object, version: this.#version };
    this.#history.push(event);
    if (type === 'DELETED') this.#objects.delete(object.metadata.name);
    else this.#objects.set(object.metadata.name, object);
    for (const watch of this.#watches) writeLine(watch, event);
    return object;
  }

  #answer({ path, query }: ReceivedRequest, response: ServerResponse): void {
    if (path === '/apis' && this.manners.served !== 'unrouted') {
      const groups = [{ name: widgets.group, versions: [{ version: widgets.version }] }];
      sendJson(response, 200, { groups: this.manners.served ? groups : [] });
    } else if (this.manners.served !== true) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    } else if (!path.endsWith('/widgets')) sendJson(response, 200, { resources: [{ name: 'widgets' }] });
    else if (!query.has('watch')) this.#list(query, response);
    else if (query.has('sendInitialEvents')) this.#watchList(response);
    else this.#watch(Number(query.get('resourceVersion')), response);
  }

  #list(query: URLSearchParams, response: ServerResponse): void {
    const [from = '0', version = String(this.#version)] = query.get('continue')?.split('/') ?? [];
    if (Number(version) < this.#oldest) {
      sendStatus(response, 410, 'Expired', 'The provided continue parameter is too old');
      return;
    }
    const limit = query.has('limit') ? this.manners.pageSize : Number.POSITIVE_INFINITY;
    const end = Number(from) + limit;
    const all = this.objects();
    const items = all.slice(Number(from), end).map(({ kind: _, apiVersion: __, ...item }) => item);
    const metadata = { resourceVersion: version, ...(end < all.length && { continue: `${end}/${version}` }) };
    sendJson(response, 200, { kind: 'WidgetList', metadata, items });
  }

  #watchList(response: ServerResponse): void {
    if (this.manners.watchList === 'refused') {
      sendStatus(response, 422, 'Invalid', 'sendInitialEvents: Forbidden: not by this server');
      return;
    }
    this.#open(response);
    for (const object of this.objects()) writeLine(response, { type: 'ADDED', object });
    if (this.manners.watchList === 'cut short') response.end();
    if (this.manners.watchList === 'served') writeLine(response, this.#bookmarkEvent(true));
  }

  #watch(since: number, response: ServerResponse): void {
    if (since < this.#oldest) {
      sendStatus(response, 410, 'Expired', `too old resource version: ${since} (${this.#oldest})`);
      return;
    }
    this.#open(response);
    for (const event of this.#history) if (event.version > since) writeLine(response, event);
  }

  #open(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    this.#watches.add(response);
    response.on('close', () => this.#watches.delete(response));
  }

  #bookmarkEvent(initialEventsEnd: boolean): object {
    const annotations = initialEventsEnd ? { 'k8s.io/initial-events-end': 'true' } : undefined;
    const metadata = { resourceVersion: String(this.#version), annotations };
    return { type: 'BOOKMARK', object: { kind: 'Widget', apiVersion: 'test.envclone.io/v1', metadata } };
  }
}

function writeLine(response: ServerResponse, event: object): void {
  response.write(`${JSON.stringify(event)}\n`);
}
