import type { KubeClient } from '../../kube/client.ts';
import { unlessNotFound } from '../../kube/error.ts';
import { DataVolumes, resourcePath } from '../../kube/kinds.ts';
import { isDeleting } from '../../kube/objects.ts';
import type { DataVolume } from '../objects.ts';

/** Whether a DataVolume is there still: its claim's end can be heard of before its own. */
export async function exists(client: KubeClient, { metadata }: DataVolume): Promise<boolean> {
  const path = resourcePath(DataVolumes, metadata.namespace, metadata.name);
  const current = await unlessNotFound(client.get<DataVolume>(path));
  return current?.metadata.uid === metadata.uid && !isDeleting(current);
}
