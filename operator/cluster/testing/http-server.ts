import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** A certificate and its key, PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A request, read whole. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request; the response may be left open, as a watch is. */
export type RequestHandler = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

/** A real HTTP server on loopback that remembers what it was asked. */
export class HttpServer implements AsyncDisposable {
  readonly received: ReceivedRequest[] = [];
  /** Connections accepted so far. */
  connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server;
  readonly #scheme: 'http' | 'https';

  private constructor(handler: RequestHandler, certificate: ServerCertificate | undefined) {
    const listener = (message: IncomingMessage, response: ServerResponse) =>
      void this.#serve(handler, message, response);
    this.#scheme = certificate ? 'https' : 'http';
    this.#server = certificate ? createTlsServer(certificate, listener) : createPlainServer(listener);
    this.#server.on(certificate ? 'secureConnection' : 'connection', (socket: Socket) =>
      this.#accept(socket),
    );
  }

  static async start(handler: RequestHandler, certificate?: ServerCertificate): Promise<HttpServer> {
    const server = new HttpServer(handler, certificate);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#scheme}://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #serve(handler: RequestHandler, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', 'http://server');
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const request: ReceivedRequest = {
      method: message.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: message.headers,
      body: Buffer.concat(chunks).toString(),
    };
    this.received.push(request);
    await handler(request, response);
  }
}

/** Ends an answer with JSON. */
export function sendJson(response: ServerResponse, code: number, body: unknown, headers = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Ends an answer with a Status that refuses. */
export function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers = {},
): void {
  sendJson(response, code, statusOf(code, reason, message), headers);
}

/** A Status that refuses. */
export function statusOf(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message };
}
