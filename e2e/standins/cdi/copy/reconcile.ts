import type { PodReadiness } from '../../context.ts';
import { unlessNotFound } from '../../kube/error.ts';
import { Claims, Pods, resourcePath } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting, splitKey } from '../../kube/objects.ts';
import type { Pod } from '../../node/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import { withoutFinalizers } from '../../storage/patches.ts';
import type { Cdi } from '../cdi.ts';
import { tellUsers } from '../clone/source-in-use.ts';
import { cloneRequest, podPhase, sourceClonePod, sourcePodFinalizer, uploadPod } from '../names.ts';
import { copiedAnnotations } from './annotations.ts';
import { type PodManifest, sourcePod, uploadServer } from './manifests.ts';

/**
 * The copy by the host of one claim into another, on which the first is named as a request. A server that writes is
 * started with the target, then a client that reads with the source:
 *
 *     upload pod named → made → Ready → source pod named, claim kept → made → both end → pods and finalizer go
 */
export async function reconcileCopy(
  cdi: Cdi,
  readiness: PodReadiness,
  key: string,
): Promise<{ after: number } | undefined> {
  const { namespace, name } = splitKey(key);
  const claim = cdi.caches.claims.get(namespace, name);
  const request = claim && annotation(claim, cloneRequest);
  if (!claim || !request) return undefined;
  if (isDeleting(claim) || annotation(claim, podPhase) === 'Succeeded') return cleanUp(cdi, claim);
  if (!annotation(claim, uploadPod))
    return annotateClaim(cdi, claim, { [uploadPod]: `cdi-upload-${claim.metadata.name}` });
  const server = await ensureServer(cdi, readiness, claim);
  const followed = copiedAnnotations(claim, request, server);
  if (followed) return annotateClaim(cdi, claim, followed);
  if (claim.status?.phase !== 'Bound' || !isReady(server)) return undefined;
  return read(cdi, claim, request);
}

/** The source's side: nobody else may use it meanwhile. */
async function read(cdi: Cdi, claim: Claim, request: string): Promise<{ after: number } | undefined> {
  const { namespace, name } = splitKey(request);
  const source = cdi.caches.claims.get(namespace, name);
  if (source === undefined) throw new Error(`error getting clone source PVC: ${request} not found`);
  if (!annotation(claim, sourceClonePod)) return keepForSource(cdi, claim);
  const manifest = sourcePod(claim, source);
  if (!cdi.caches.pods.cache.get(namespace, manifest.metadata.name) && tellUsers(cdi, claim, source) > 0)
    return { after: cdi.pace.milliseconds('cdi looks at a used source again') };
  await ensurePod(cdi, manifest);
  return undefined;
}

async function keepForSource({ client, caches }: Cdi, claim: Claim): Promise<undefined> {
  const { namespace, name, uid, resourceVersion, finalizers = [] } = claim.metadata;
  const metadata = {
    resourceVersion,
    annotations: { [sourceClonePod]: `${uid}-source-pod` },
    finalizers: [...new Set([...finalizers, sourcePodFinalizer])],
  };
  caches.claims.observe(await client.mergePatch<Claim>(resourcePath(Claims, namespace, name), { metadata }));
}

/** It is probed for the first time some seconds after it has started. */
async function ensureServer(cdi: Cdi, readiness: PodReadiness, claim: Claim): Promise<Pod> {
  const manifest = uploadServer(claim);
  const { namespace, name } = manifest.metadata;
  if (!cdi.caches.pods.cache.get(namespace, name)) {
    readiness.hold(namespace, name);
    void cdi.pace.wait('cdi upload server is ready', cdi.signal).then(
      () => readiness.release(namespace, name),
      () => {},
    );
  }
  return ensurePod(cdi, manifest);
}

async function ensurePod({ client, caches }: Cdi, manifest: PodManifest): Promise<Pod> {
  const { namespace, name } = manifest.metadata;
  const existing = caches.pods.cache.get(namespace, name);
  if (existing) return existing;
  return caches.pods.cache.observe(await client.create<Pod>(resourcePath(Pods, namespace), manifest));
}

async function annotateClaim(
  { client, caches }: Cdi,
  { metadata }: Claim,
  annotations: Record<string, string>,
): Promise<undefined> {
  const path = resourcePath(Claims, metadata.namespace, metadata.name);
  caches.claims.observe(await client.mergePatch<Claim>(path, { metadata: { annotations } }));
}

async function cleanUp({ client, caches }: Cdi, claim: Claim): Promise<undefined> {
  const { namespace, name } = claim.metadata;
  for (const pod of [annotation(claim, uploadPod), annotation(claim, sourceClonePod)]) {
    const existing = pod && caches.pods.cache.get(namespace, pod);
    if (existing && !isDeleting(existing))
      await unlessNotFound(client.delete(resourcePath(Pods, namespace, pod)));
  }
  if (!hasFinalizer(claim, sourcePodFinalizer)) return;
  const patch = withoutFinalizers(claim, [sourcePodFinalizer]);
  await unlessNotFound(client.mergePatch(resourcePath(Claims, namespace, name), patch));
}

function isReady({ status }: Pod): boolean {
  const statuses = (status?.containerStatuses ?? []) as { ready?: boolean }[];
  return statuses.length > 0 && statuses.every(({ ready }) => ready);
}
