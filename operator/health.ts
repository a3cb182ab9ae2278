/** /metrics, /healthz and /readyz over plain HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HealthServer {
  readonly port: number;
  /** Whether /readyz says yes: the caches are filled. */
  ready: boolean;
  close(): Promise<void>;
}

export async function startHealthServer(
  { port, host }: { port: number; host: string },
  registry: Registry,
): Promise<HealthServer> {
  const state = { ready: false };
  const server = createServer(async (request, response) => {
    if (request.url === '/healthz') return void response.end('ok\n');
    if (request.url === '/readyz')
      return void response
        .writeHead(state.ready ? 200 : 503)
        .end(state.ready ? 'ok\n' : 'caches are being filled\n');
    if (request.url === '/metrics')
      return void response
        .writeHead(200, { 'content-type': registry.contentType })
        .end(await registry.metrics());
    response.writeHead(404).end('not here: /metrics, /healthz, /readyz\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} of ${host} is taken by another program: choose another with --port`)
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
