/** Asking the API server about samples, and reading what it has against them. */
import { ApiError, type ClusterClient, connect, type Kind } from '../../operator/cluster/index.ts';
import type { Sample } from './samples.ts';

/** A client for tests of schemas. */
export function connectTo(kubeconfig: string): ClusterClient & AsyncDisposable {
  const { signal } = new AbortController();
  return connect({ kubeconfig, signal, fieldManager: 'schema-tests', userAgent: 'schema-tests' });
}

/** What the server adds when it did not come to the CEL rules. */
const unchecked = 'some validation rules were not checked';

/** The spec as the server would keep it; nothing is kept. */
export async function accepted(client: ClusterClient, kind: Kind, object: Sample): Promise<Sample['spec']> {
  const made = await client.create(kind, object, { dryRun: true });
  return (made as Sample).spec;
}

/** What a refused request is refused for: `field: message` each, or the whole message where no field is to blame. */
export async function refusals(request: Promise<unknown>): Promise<readonly string[]> {
  const error = await request.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw error;
  const causes = (error.details.causes ?? []).filter(({ message }) => !message?.includes(unchecked));
  return causes.length > 0 ? causes.map(({ field, message }) => `${field}: ${message}`) : [error.message];
}
