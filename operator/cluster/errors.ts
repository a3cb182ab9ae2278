/** One cause inside a Status: which field, and what is wrong with it. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** What a Status says about the object that it concerns. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** The API server answered, and the answer is a refusal. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP code, or the code of the Status inside a watch. */
  readonly code: number;
  /** A word such as `NotFound`, `Conflict`, `Forbidden`; derived from the code where the answer names none. */
  readonly reason: string;
  readonly details: StatusDetails;
  /** How long the server asks to stay away, where it does. */
  readonly retryAfterSeconds: number | undefined;
  /** Method and path, without the query: `POST /api/v1/namespaces/shop/pods`. */
  readonly request: string;

  constructor(answer: {
    code: number;
    reason: string;
    message: string;
    request: string;
    details?: StatusDetails;
    retryAfterSeconds?: number;
  }) {
    super(describe(answer));
    this.code = answer.code;
    this.reason = answer.reason;
    this.details = answer.details ?? {};
    this.retryAfterSeconds = answer.retryAfterSeconds ?? answer.details?.retryAfterSeconds;
    this.request = answer.request;
  }
}

/** No answer, or half of one: whether the request took effect is unknown unless `unsent`. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly request: string;
  /** The connection was never made, so the server cannot have acted. */
  readonly unsent: boolean;

  constructor(request: string, cause: unknown) {
    const hint = certificateCodes.test(codeOf(cause)) ? certificateHint : reachableHint;
    super(`${request} got no answer: ${redacted(causeOf(cause))}. ${hint}`, { cause });
    this.request = request;
    this.unsent = unsentCodes.has(codeOf(cause));
  }
}

/** The kubeconfig, or a program or file that it names, gives no credentials. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';

  constructor(what: string, cause: unknown) {
    super(`${what}: ${redacted(causeOf(cause))}`);
  }
}

/** An `ApiError` of one sort: a type of its own, so that the other sorts remain where a check has failed. */
export type Refusal = ApiError & { readonly __sort?: never };

/** The object, or its whole kind, is not there. */
export const isNotFound = (error: unknown): error is Refusal => hasCode(error, 404);
/** Somebody else changed the object first, or it is another object under the same name. */
export const isConflict = (error: unknown): error is Refusal =>
  hasCode(error, 409) && error.reason !== 'AlreadyExists';
/** An object of that name is there already. */
export const isAlreadyExists = (error: unknown): error is Refusal =>
  error instanceof ApiError && error.reason === 'AlreadyExists';
/** We may not, or admission or a quota said no. */
export const isForbidden = (error: unknown): error is Refusal => hasCode(error, 403);
/** The object breaks its schema or a validation rule. */
export const isInvalid = (error: unknown): error is Refusal => hasCode(error, 422);
/** The server is protecting itself. */
export const isTooManyRequests = (error: unknown): error is Refusal => hasCode(error, 429);
/** The resource version asked for is older than what the server remembers. */
export const isExpired = (error: unknown): error is Refusal => hasCode(error, 410);

function hasCode(error: unknown, code: number): error is Refusal {
  return error instanceof ApiError && error.code === code;
}

/** Replaces bearer tokens and JSON web tokens, which some servers and credential programs quote back. */
export function redacted(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+[\w\-.~+/=]{8,}/gi, '$1 [redacted]')
    .replace(/\beyJ[\w-]{8,}(\.[\w-]+)*/g, '[redacted]')
    .replace(/("?(?:token|password|client-?key-?data)"?\s*[:=]\s*)("[^"]*"|\S+)/gi, '$1[redacted]');
}

function describe(answer: { code: number; reason: string; message: string; request: string }): string {
  const said = redacted(answer.message).trim().replace(/\.$/, '');
  const hint = answer.reason === 'AlreadyExists' ? nameTaken : hints[answer.code];
  return `${answer.request} was refused (${answer.code} ${answer.reason}): ${said}.${hint ? ` ${hint}` : ''}`;
}

const nameTaken = 'Delete or rename the one that is there, or choose another name.';

const hints: Record<number, string> = {
  401: 'The credentials are missing, wrong or expired: check the kubeconfig or the service account token.',
  403: 'Grant the right with RBAC, or look at the quota or admission policy that the message names.',
  406: 'The server cannot answer in the format that was asked for.',
  409: 'It is read again and retried.',
  410: 'The list is read again.',
  413: 'Make the object smaller.',
  429: 'It is retried when the server allows it.',
};

const reachableHint = 'Is the API server up and reachable?';
const certificateHint = "Does the kubeconfig name the authority that signed the server's certificate?";
const certificateCodes = /CERT|SIGNATURE|ERR_TLS/;

const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

/** The innermost message, since HTTP libraries wrap it in "fetch failed" and the like. */
function causeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.errors.length > 0) return causeOf(cause.errors[0]);
  return cause.message || codeOf(cause) || cause.name;
}
