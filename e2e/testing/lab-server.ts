/** Carries out what tests ask of the cluster: they run in other processes than the one that holds it. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type Everything, release } from './everything.ts';
import type { LabAddress, LabRequest } from './lab.ts';

export interface LabServer {
  readonly address: LabAddress;
  stop(): Promise<void>;
}

/** Listens on a free port of the loopback interface. */
export async function startLabServer(cluster: Everything): Promise<LabServer> {
  const server = createServer(async (request, response) => {
    const error = await carryOut(cluster, request).then(
      () => undefined,
      (cause: Error) => cause,
    );
    response.writeHead(error ? 500 : 204).end(error?.message);
  });
  const port = await listen(server);
  return {
    address: {
      url: `http://127.0.0.1:${port}/`,
      directory: cluster.standIns.directory,
      operatorLog: cluster.logs.operator,
      operatorKubeconfig: await cluster.controlPlane.serviceAccountKubeconfig(
        release.namespace,
        release.name,
      ),
    },
    stop: () => close(server),
  };
}

async function carryOut(cluster: Everything, request: IncomingMessage): Promise<void> {
  const asked = (await json(request)) as LabRequest;
  switch (asked.do) {
    case 'inject':
      return cluster.standIns.inject(asked.fault);
    case 'clear':
      return cluster.standIns.clear(asked.name);
    case 'killOperator':
      return cluster.operator.stop();
    case 'startOperator':
      return cluster.restartOperator();
    default:
      return asked satisfies never;
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
