import type { Answer, Request } from '../../kube/https-server.ts';
import type { World } from '../world.ts';
import { discovery } from './discovery.ts';
import { freeze, unfreeze } from './freeze.ts';
import { filesystems, guestInformation, users } from './guest-information.ts';
import { expandSpec, restart, start, stop } from './machine.ts';
import { migrate } from './migrate.ts';
import { notModelled } from './not-modelled.ts';
import { pause, reset, softReboot, unpause } from './pause.ts';
import { addVolume, removeVolume } from './volumes.ts';

/** Which object a subresource is of, and what was sent. */
export interface Call {
  readonly namespace: string;
  readonly name: string;
  readonly body: string;
}

export type Handler = (world: World, call: Call) => Promise<Answer>;

/** Every subresource by resource, method and name. */
const routes: Record<string, Record<string, Record<string, Handler>>> = {
  virtualmachines: {
    PUT: {
      start,
      stop,
      restart,
      addvolume: addVolume.toMachine,
      removevolume: removeVolume.ofMachine,
      migrate,
      memorydump: notModelled('memorydump'),
    },
    GET: { 'expand-spec': expandSpec },
  },
  virtualmachineinstances: {
    PUT: {
      pause,
      unpause,
      freeze,
      unfreeze,
      softreboot: softReboot,
      reset,
      addvolume: addVolume.toInstance,
      removevolume: removeVolume.ofInstance,
    },
    GET: { guestosinfo: guestInformation, filesystemlist: filesystems, userlist: users },
  },
};

const PATH = /^\/apis\/subresources\.kubevirt\.io\/v1\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)$/;
const PAGE_NOT_FOUND: Answer = { code: 404, body: '404: Page Not Found' };
const NOT_ACCEPTABLE: Answer = { code: 406, body: '406: Not Acceptable\n\nAvailable representations: ' };

/** Answers what the API server passes on: who asks has been authorised there. */
export async function serveSubresource(world: World, request: Request): Promise<Answer> {
  const found = discovery(request.path, names());
  if (found !== undefined) return found;
  const [, namespace, resource, name, subresource] = PATH.exec(request.path) ?? [];
  if (namespace === undefined || name === undefined) return PAGE_NOT_FOUND;
  const handler = routes[resource ?? '']?.[request.method]?.[subresource ?? ''];
  if (handler === undefined) return PAGE_NOT_FOUND;
  if (request.method === 'PUT' && !acceptsAnything(request)) return NOT_ACCEPTABLE;
  return handler(world, { namespace, name, body: request.body });
}

/** A PUT says of no media type that it would answer in it, so only a client that takes any is served. */
function acceptsAnything({ headers: { accept } }: Request): boolean {
  return accept === undefined || accept.includes('*/*');
}

function names(): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(routes).map(([resource, methods]) => [
      resource,
      Object.values(methods).flatMap((handlers) => Object.keys(handlers)),
    ]),
  );
}
