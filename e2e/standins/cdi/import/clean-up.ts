import { unlessNotFound } from '../../kube/error.ts';
import { Claims, Pods, resourcePath } from '../../kube/kinds.ts';
import { isDeleting } from '../../kube/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import { importerNameOf, primeNameOf } from './manifests.ts';

/** Removes the importer pod and the prime claim of a claim that has its volume. */
export async function cleanUpImport({ client, caches, events }: Cdi, claim: Claim): Promise<void> {
  const { namespace, name } = claim.metadata;
  const prime = caches.claims.get(namespace, primeNameOf(claim));
  if (prime === undefined || isDeleting(prime)) return;
  await unlessNotFound(client.delete(resourcePath(Pods, namespace, importerNameOf(prime))));
  events.recordEvent(prime, 'Normal', 'ImportSucceeded', 'Import Successful');
  events.recordEvent(claim, 'Normal', 'importSucceeded', `Successfully imported into ${name}`);
  await unlessNotFound(client.delete(resourcePath(Claims, namespace, prime.metadata.name)));
}
