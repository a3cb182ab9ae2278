import type { Handler } from './serve.ts';

/** Answers so that nobody takes silence for success. */
export function notModelled(subresource: string): Handler {
  return async () => ({ code: 501, body: `the subresource ${subresource} is not modelled by the stand-in` });
}
