import type { Answer, Request } from '../../kube/https-server.ts';
import type { VirtualMachine, VirtualMachineInstance } from '../types.ts';
import type { Cause } from './cause.ts';
import { mutateInstance } from './mutate-instance.ts';
import { missingParts, mutateMachine } from './mutate-machine.ts';
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
export async function admit({ path, body }: Request): Promise<Answer> {
  const handler = handlers[path];
  if (handler === undefined) return { code: 404, body: '404: Page Not Found' };
  const { request } = JSON.parse(body) as { request: Machine & Instance };
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.uid, ...handler(request) },
  };
  return { code: 200, contentType: 'application/json', body: JSON.stringify(review) };
}

type Machine = AdmissionRequest<VirtualMachine>;
type Instance = AdmissionRequest<VirtualMachineInstance>;

const handlers: Record<string, (request: Machine & Instance) => object> = {
  '/virtualmachines-mutate': (request: Machine) => {
    const missing = missingParts(request.object);
    return missing.length > 0 ? verdict(missing) : changed(request, mutateMachine(request));
  },
  '/virtualmachineinstances-mutate': (request: Instance) => changed(request, mutateInstance(request)),
  '/virtualmachines-validate': ({ object }: Machine) => {
    const causes = validateMachine(object);
    return causes.length > 0 ? verdict(causes) : { ...verdict([]), warnings: deprecations(object) };
  },
  '/virtualmachineinstances-validate-create': ({ object }: Instance) => verdict(validateInstance(object)),
  '/virtualmachineinstances-validate-update': (request: Instance) => verdict(validateInstanceUpdate(request)),
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
