import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyPair } from '../../control-plane/certificates.ts';

/** A request as handlers see it: whole, with its body as text. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Answer {
  readonly code: number;
  /** Without it an answer with a body is text. */
  readonly contentType?: string;
  readonly body?: string;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves HTTPS on a free port of loopback. What a handler throws is answered 500 and printed. */
export async function serveHttps(
  { certificate, key }: KeyPair,
  handle: (request: Request) => Promise<Answer>,
): Promise<RunningServer> {
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    void respond(incoming, outgoing, handle);
  });
  // The API server keeps its connections and would send into one that is closed behind its back.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: Request) => Promise<Answer>,
): Promise<void> {
  try {
    send(outgoing, await handle(await read(incoming)));
  } catch (error) {
    console.error(`virt-api ${incoming.method} ${incoming.url}:`, error);
    send(outgoing, { code: 500, body: String(error) });
  }
}

async function read(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'https://localhost');
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function send(outgoing: ServerResponse, { code, contentType, body = '' }: Answer): void {
  const type = contentType ?? (body === '' ? undefined : 'text/plain; charset=utf-8');
  outgoing.writeHead(code, type === undefined ? {} : { 'content-type': type });
  outgoing.end(body);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
