/** A request that the API server (or something behind it) refused: HTTP code and the Status it sent. */
export class KubeError extends Error {
  readonly code: number;
  /** The Status's reason, `''` when the answer was no Status. */
  readonly reason: string;
  /** The answer as sent: a parsed Status, or the text. */
  readonly body: unknown;

  constructor(code: number, body: unknown, request: string) {
    const status = isStatus(body) ? body : undefined;
    super(status?.message ?? (typeof body === 'string' && body !== '' ? body : `${request}: HTTP ${code}`));
    this.name = 'KubeError';
    this.code = code;
    this.reason = status?.reason ?? '';
    this.body = body;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.code === 404;
}

/** A lost optimistic-locking race or a name that is taken: both are 409. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.code === 409;
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof KubeError && error.reason === 'AlreadyExists';
}

/** Runs a request and answers `undefined` where the object is not there (any more). */
export async function unlessNotFound<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

interface Status {
  readonly kind: 'Status';
  readonly reason?: string;
  readonly message?: string;
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
}
