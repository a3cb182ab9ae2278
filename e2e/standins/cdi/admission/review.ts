/** What the API server asks, as far as CDI's webhooks read it. */
export interface Review<T> {
  readonly request: {
    readonly uid: string;
    readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
    readonly namespace: string;
    readonly name: string;
    readonly userInfo: UserInfo;
    readonly object: T;
    readonly oldObject?: T;
  };
}

export interface UserInfo {
  readonly username: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Record<string, readonly string[]>;
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A refusal with causes: 422, its message begins with a second space in the API server's words. */
export class Refusal extends Error {
  readonly causes: readonly Cause[];

  constructor(field: string, message: string, reason = 'FieldValueInvalid') {
    super(message);
    this.causes = [{ reason, message, field }];
  }
}

/** A webhook's own failure: 400 with its message. */
export class BadRequest extends Error {}

export interface PatchOperation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

/** Answers a review with what a check decides: a patch, nothing, a refusal or a failure. */
export async function answer<T>(
  { request }: Review<T>,
  check: () => Promise<readonly PatchOperation[]>,
): Promise<object> {
  const response = await check().then(allowed, refused);
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: request.uid, ...response },
  };
}

function allowed(patch: readonly PatchOperation[]): object {
  if (patch.length === 0) return { allowed: true };
  return {
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
  };
}

function refused(error: unknown): object {
  if (error instanceof Refusal) {
    const status = { message: ` ${error.message}`, code: 422, details: { causes: error.causes } };
    return { allowed: false, status };
  }
  if (error instanceof BadRequest) return { allowed: false, status: { message: error.message, code: 400 } };
  throw error;
}
