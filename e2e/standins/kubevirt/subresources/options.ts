import { parse } from 'yaml';
import type { Answer } from '../../kube/https-server.ts';
import { badRequest } from './answers.ts';

/** The options of a call, or the answer to a body that holds none. An empty body means no options, YAML is as good as JSON. */
export function parseOptions<T extends object>(
  body: string,
  goType: string,
): T | { readonly refusal: Answer } {
  if (body.trim() === '') return {} as T;
  const refuse = (why: string) => ({
    refusal: badRequest(`Can not unmarshal Request body to struct, error: error unmarshaling JSON: ${why}`),
  });
  try {
    const value: unknown = parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
    const kind = Array.isArray(value) ? 'array' : typeof value;
    return refuse(`while decoding JSON: json: cannot unmarshal ${kind} into Go value of type ${goType}`);
  } catch (error) {
    return refuse(`while decoding JSON: ${(error as Error).message}`);
  }
}

export function isDryRun({ dryRun }: { dryRun?: readonly string[] }): boolean {
  return dryRun?.includes('All') ?? false;
}
