import type { Answer, Request } from '../../kube/https-server.ts';
import { mutateClone, validateClone } from '../snapshots/admission/clone.ts';
import { lockCauses } from '../snapshots/admission/lock.ts';
import { validateRestore } from '../snapshots/admission/restore.ts';
import { validateSnapshot } from '../snapshots/admission/snapshot.ts';
import type {
  VirtualMachineClone,
  VirtualMachineRestore,
  VirtualMachineSnapshot,
} from '../snapshots/types.ts';
import { type VirtualMachineInstanceMigration, validateMigration } from '../subresources/migrate.ts';
import type { VirtualMachine, VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import type { Cause } from './cause.ts';
import { mutateInstance } from './mutate-instance.ts';
import { missingParts, mutateMachine } from './mutate-machine.ts';
import { type Schema, wrongTypes } from './types.ts';
import { validateInstance, validateInstanceUpdate } from './validate-instance.ts';
import { deprecations, validateMachine } from './validate-machine.ts';

/** An admission request of the API server, as far as it is looked at. */
export interface AdmissionRequest<T> {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly object: T;
  readonly oldObject: T | null;
}

/** Answers an admission review: what to change, or why not. */
export async function admit(world: World, schemas: Schemas, { path, body }: Request): Promise<Answer> {
  const handler = handlers[path];
  if (handler === undefined) return { code: 404, body: '404: Page Not Found' };
  const { request } = JSON.parse(body) as { request: AnyRequest };
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.uid, ...(await handler(request, world, schemas)) },
  };
  return { code: 200, contentType: 'application/json', body: JSON.stringify(review) };
}

type Machine = AdmissionRequest<VirtualMachine>;
type Instance = AdmissionRequest<VirtualMachineInstance>;
type Migration = AdmissionRequest<VirtualMachineInstanceMigration>;
type Snapshot = AdmissionRequest<VirtualMachineSnapshot>;
type Restore = AdmissionRequest<VirtualMachineRestore>;
type Clone = AdmissionRequest<VirtualMachineClone>;
type AnyRequest = Machine & Instance & Migration & Snapshot & Restore & Clone;
type Handler = (request: AnyRequest, world: World, schemas: Schemas) => object | Promise<object>;

/** By which types are checked. */
export interface Schemas {
  readonly machine: Schema;
  readonly instance: Schema;
}

const handlers: Record<string, Handler> = {
  '/virtualmachines-mutate': (request: Machine, _world, { machine }) => {
    const { object } = request;
    const causes = [...missingParts(object), ...wrongTypes(machine, object.spec, 'spec')];
    return causes.length > 0 ? verdict(causes) : changed(request, mutateMachine(request));
  },
  '/virtualmachineinstances-mutate': (request: Instance, _world, { instance }) => {
    const causes = wrongTypes(instance, request.object.spec, 'spec');
    return causes.length > 0 ? verdict(causes) : changed(request, mutateInstance(request));
  },
  '/virtualmachines-validate': (request: Machine) => {
    const { object } = request;
    const found = validateMachine(object);
    const causes = found.length > 0 ? found : lockCauses(request);
    return causes.length > 0 ? verdict(causes) : { ...verdict([]), warnings: deprecations(object) };
  },
  '/virtualmachineinstances-validate-create': ({ object }: Instance) => verdict(validateInstance(object)),
  '/virtualmachineinstances-validate-update': (request: Instance) => verdict(validateInstanceUpdate(request)),
  '/migration-validate-create': (request: Migration, world) =>
    validateMigration(world, request.object).then(() => verdict([]), badRequest),
  '/virtualmachinesnapshots-validate': (request: Snapshot) => verdict(validateSnapshot(request)),
  '/virtualmachinerestores-validate': (request: Restore, world) =>
    validateRestore(world, request).then(verdict, badRequest),
  '/vmclones-mutate-create': (request: Clone) => changed(request, mutateClone(request)),
  '/vmclones-validate': (request: Clone) => verdict(validateClone(request)),
};

/** Allows with a patch that replaces the parts which a mutator may change. */
function changed<T extends object>({ object }: AdmissionRequest<T>, mutated: T): object {
  const parts = ['metadata', 'spec', 'status'] as const;
  const patch = parts
    .filter((part) => (mutated as Record<string, unknown>)[part] !== undefined)
    .filter(
      (part) => (mutated as Record<string, unknown>)[part] !== (object as Record<string, unknown>)[part],
    )
    .map((part) => ({ op: 'add', path: `/${part}`, value: (mutated as Record<string, unknown>)[part] }));
  if (patch.length === 0) return { allowed: true };
  const encoded = Buffer.from(JSON.stringify(patch)).toString('base64');
  return { allowed: true, patchType: 'JSONPatch', patch: encoded };
}

function verdict(causes: readonly Cause[]): object {
  if (causes.length === 0) return { allowed: true };
  const message = causes.map((cause) => cause.message).join(', ');
  return {
    allowed: false,
    status: { code: 422, reason: 'Invalid', status: 'Failure', message, details: { causes } },
  };
}

function badRequest({ message }: Error): object {
  return { allowed: false, status: { code: 400, status: 'Failure', message } };
}
