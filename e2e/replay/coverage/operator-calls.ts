/** Which calls an operator made, from what it logs at level `trace`. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { RequestRecord } from '../../../operator/cluster/index.ts';
import { type Call, callTitle } from './call.ts';

/** Every call once, by its title. Throws where the log tells of none. */
export async function operatorCalls(logFile: string): Promise<ReadonlyMap<string, Call>> {
  const calls = new Map<string, Call>();
  for await (const line of createInterface({ input: createReadStream(logFile) })) {
    if (!line.includes('"asked the API server"')) continue;
    const call = callOf((JSON.parse(line) as { request: RequestRecord }).request);
    calls.set(callTitle(call), call);
  }
  if (calls.size === 0)
    throw new Error(`${logFile} tells of no request: it takes the log of an operator at --log-level trace`);
  return calls;
}

function callOf({
  verb,
  group,
  resource,
  dryRun,
  fieldManager,
  fieldValidation = '',
  accept,
  contentType = '',
}: RequestRecord): Call {
  return {
    verb,
    group,
    resource,
    dryRun,
    named: fieldManager !== undefined,
    fieldValidation,
    accept,
    contentType,
  };
}
