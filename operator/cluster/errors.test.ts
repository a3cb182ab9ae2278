import { describe, expect, test } from 'vitest';
import { errorFromAnswer, errorFromStatus, readAnswer } from './answers.ts';
import { ApiError, isAlreadyExists, isConflict, isNotFound, NetworkError, redacted } from './errors.ts';
import { statusOf } from './testing/http-server.ts';

const request = 'POST /api/v1/namespaces/shop/pods';

function answer(code: number, body: unknown, contentType = 'application/json', retryAfter?: string) {
  return { code, contentType, retryAfter, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

describe('a refusal', () => {
  test('with a Status keeps its reason, details and causes', () => {
    const details = { name: 'web', kind: 'pods', causes: [{ field: 'spec', message: 'is wrong' }] };
    const error = errorFromAnswer(
      answer(422, { ...statusOf(422, 'Invalid', 'spec: is wrong'), details }),
      request,
    );
    expect(error).toMatchObject({ code: 422, reason: 'Invalid', details, request });
    expect(error.message).toContain(
      'POST /api/v1/namespaces/shop/pods was refused (422 Invalid): spec: is wrong.',
    );
  });

  test('finding A1: in words keeps the words', () => {
    const text = '406: Not Acceptable\n\nAvailable representations: ';
    const error = errorFromAnswer(answer(406, text, 'text/plain'), request);
    expect(error).toMatchObject({ code: 406, reason: 'NotAcceptable' });
    expect(error.message).toContain('406: Not Acceptable Available representations:');
  });

  test('with nothing in it still says what was refused', () => {
    expect(errorFromAnswer(answer(503, ''), request).message).toContain(
      'POST /api/v1/namespaces/shop/pods was refused (503 ServiceUnavailable): no reason was given.',
    );
  });

  test('is not repeated at full length when a proxy answers with a page', () => {
    const error = errorFromAnswer(answer(502, '<p>bad gateway</p>'.repeat(1_000), 'text/html'), request);
    expect(error.message.length).toBeLessThan(500);
  });

  test('says when to come back, by header or by Status', () => {
    expect(errorFromAnswer(answer(429, '', 'text/plain', '3'), request).retryAfterSeconds).toBe(3);
    const status = { ...statusOf(429, 'TooManyRequests', 'wait'), details: { retryAfterSeconds: 5 } };
    expect(errorFromAnswer(answer(429, status), request).retryAfterSeconds).toBe(5);
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    expect(errorFromAnswer(answer(429, '', 'text/plain', date), request).retryAfterSeconds).toBeUndefined();
  });

  test('inside a watch has the code of its Status', () => {
    expect(errorFromStatus(statusOf(410, 'Expired', 'too old'), request)).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
  });

  test('for a name that is taken is no conflict, and one for a changed object is', () => {
    const taken = errorFromAnswer(
      answer(409, statusOf(409, 'AlreadyExists', 'pods "web" already exists')),
      request,
    );
    const changed = errorFromAnswer(
      answer(409, statusOf(409, 'Conflict', 'the object has been modified')),
      request,
    );
    expect([isAlreadyExists(taken), isConflict(taken)]).toEqual([true, false]);
    expect([isAlreadyExists(changed), isConflict(changed)]).toEqual([false, true]);
    expect(isNotFound(new Error('404'))).toBe(false);
  });
});

describe('a success', () => {
  test('with an empty body is one', () => {
    expect(readAnswer(answer(200, ''), request)).toBeUndefined();
    expect(readAnswer(answer(202, '\n', ''), request)).toBeUndefined();
  });

  test('in words is one', () => {
    expect(readAnswer(answer(200, 'ok', 'text/plain'), request)).toBeUndefined();
  });

  test('that promises JSON and breaks off is an error', () => {
    expect(() => readAnswer(answer(200, '{"kind":'), request)).toThrow(ApiError);
  });
});

test('no answer names the request and the innermost cause, and knows whether anything was sent', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  expect(new NetworkError(request, refused)).toMatchObject({ unsent: true });
  expect(new NetworkError(request, new AggregateError([refused])).message).toContain(
    `${request} got no answer: connect`,
  );
  const cut = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  expect(new NetworkError(request, cut)).toMatchObject({ unsent: false });
});

test('tokens are taken out of messages', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl';
  for (const text of [
    `Bearer ${jwt}`,
    `token ${jwt} has expired`,
    `{"token": "s3cr3t-value"}`,
    'password=s3cr3t-value',
  ]) {
    expect(redacted(text)).toContain('[redacted]');
    expect(redacted(text)).not.toMatch(/eyJ|s3cr3t/);
  }
  expect(errorFromAnswer(answer(401, `bad token ${jwt}`, 'text/plain'), request).message).not.toContain(
    'eyJ',
  );
  expect(redacted('the bearer of bad news')).toBe('the bearer of bad news');
});
