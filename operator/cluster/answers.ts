import { ApiError, type StatusDetails } from './errors.ts';

/** What came back over HTTP, read whole. */
export interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

interface Status {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: StatusDetails;
}

/** The JSON of a successful answer, undefined for an empty body; throws `ApiError` for a refusal. */
export function readAnswer(answer: Answer, request: string): unknown {
  if (answer.code >= 400) throw errorFromAnswer(answer, request);
  if (answer.text.trim() === '') return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    // Aggregated subresources may answer a success in words.
    if (!answer.contentType.includes('json')) return undefined;
    throw new ApiError({
      code: answer.code,
      reason: 'MalformedAnswer',
      message: `the answer is not JSON: ${excerpt(answer.text)}`,
      request,
    });
  }
}

/** The error for a refusal, from its Status, or from its text where something on the way answered instead. */
export function errorFromAnswer(answer: Answer, request: string): ApiError {
  const status = statusIn(answer.text);
  return new ApiError({
    code: answer.code,
    reason: status?.reason || (reasons[answer.code] ?? 'Unknown'),
    message: status?.message || excerpt(answer.text) || 'no reason was given',
    details: status?.details,
    retryAfterSeconds: secondsOf(answer.retryAfter),
    request,
  });
}

/** The error for a Status that arrived inside a watch. */
export function errorFromStatus(status: Status, request: string): ApiError {
  const code = status.code ?? 500;
  return new ApiError({
    code,
    reason: status.reason || (reasons[code] ?? 'Unknown'),
    message: status.message || 'no reason was given',
    details: status.details,
    request,
  });
}

function statusIn(text: string): Status | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(text) as Status;
    return parsed.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function secondsOf(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

const reasons: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};
