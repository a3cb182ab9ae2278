import type { KubeClient } from './kube/client.ts';
import { unlessNotFound } from './kube/error.ts';
import { ApiServices, MutatingWebhooks, resourcePath, Services, ValidatingWebhooks } from './kube/kinds.ts';
import type { KubeObject } from './kube/objects.ts';

/** Removes the webhooks and the APIService that point to the servers of an earlier process, which has ended. */
export async function removeRegistrations(client: KubeClient): Promise<void> {
  for (const kind of [MutatingWebhooks, ValidatingWebhooks]) {
    const { items } = await client.list<KubeObject>(resourcePath(kind));
    const ours = items.filter(({ metadata }) => /^(cdi-api|virt-api|envclone-standins)/.test(metadata.name));
    for (const { metadata } of ours) await client.delete(resourcePath(kind, undefined, metadata.name));
  }
  const service = resourcePath(Services, 'kubevirt', 'virt-api');
  const apiService = resourcePath(ApiServices, undefined, 'v1.subresources.kubevirt.io');
  for (const path of [apiService, service]) await unlessNotFound(client.delete(path));
}
