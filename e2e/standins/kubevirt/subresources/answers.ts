import type { Answer } from '../../kube/https-server.ts';

export const done: Answer = { code: 200 };
export const accepted: Answer = { code: 202 };

export function json(value: unknown): Answer {
  return { code: 200, contentType: 'application/json', body: JSON.stringify(value) };
}

export type Kind = 'virtualmachine' | 'virtualmachineinstance';

export function notFound(kind: Kind, name: string): Answer {
  return status(404, 'NotFound', `${kind}.kubevirt.io "${name}" not found`, { kind, name });
}

export function conflict(kind: Kind, name: string, why: string): Answer {
  const message = `Operation cannot be fulfilled on ${kind}.kubevirt.io "${name}": ${why}`;
  return status(409, 'Conflict', message, { kind, name });
}

export function forbidden(kind: Kind, name: string, why: string): Answer {
  return status(403, 'Forbidden', `${kind}.kubevirt.io "${name}" is forbidden: ${why}`, { kind, name });
}

export function badRequest(message: string): Answer {
  return status(400, 'BadRequest', message);
}

/** What virt-api itself could not do, or was told by others that they could not. */
export function internalError(message: string): Answer {
  return answer(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** What the launcher answered virt-api with. */
export function launcherRefused(message: string): Answer {
  return internalError(`unexpected return code 400 (400 Bad Request), message: ${message}`);
}

function status(
  code: number,
  reason: string,
  message: string,
  object?: { kind: Kind; name: string },
): Answer {
  return answer(
    code,
    reason,
    message,
    object && { name: object.name, group: 'kubevirt.io', kind: object.kind },
  );
}

function answer(code: number, reason: string, message: string, details?: object): Answer {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code,
  };
  return { code, contentType: 'application/json', body: JSON.stringify(body) };
}
