import type { InstanceSpec } from '../types.ts';
import { mebibytes } from '../vmi/launcher-pod.ts';
import { type Cause, invalid } from './cause.ts';

export function memoryRequestExceedsLimit(at: string, { domain }: InstanceSpec): Cause[] {
  const request = domain.resources?.requests?.memory;
  const limit = domain.resources?.limits?.memory;
  if (request === undefined || limit === undefined || mebibytes(request) <= mebibytes(limit)) return [];
  const [requests, limits] = [
    `${at}.domain.resources.requests.memory`,
    `${at}.domain.resources.limits.memory`,
  ];
  return [invalid(requests, `${requests} '${request}' is greater than ${limits} '${limit}'`)];
}
