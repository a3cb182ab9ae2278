import { setTimeout as sleep } from 'node:timers/promises';
import { Authority } from '../control-plane/certificates.ts';
import type { Faults } from './faults.ts';
import { KubeClient } from './kube/client.ts';
import { isConflict, unlessNotFound } from './kube/error.ts';
import { type RunningServer, serveHttps } from './kube/https-server.ts';
import { ensure } from './kube/identity.ts';
import { ConfigMaps, resourcePath, ValidatingWebhooks } from './kube/kinds.ts';
import type { KubeObject } from './kube/objects.ts';

const NAME = 'envclone-standins-conflicts';
const PROBE = { namespace: 'kube-system', name: NAME };
const LOOK_AGAIN_MS = 50;

interface Review {
  readonly request: {
    readonly uid: string;
    readonly namespace?: string;
    readonly name: string;
    readonly resource: { readonly resource: string };
    readonly userInfo: { readonly username: string };
  };
}

/**
 * Makes the API server answer updates with 409 Conflict, by a webhook that is there only while the fault
 * `api-conflict` is injected. Service accounts of the stand-ins themselves are spared. (The API server repeats a
 * patch without a resourceVersion by itself, each time with another look at the fault.)
 */
export class Conflicts {
  readonly #kubeconfig: string;
  readonly #faults: Faults;
  #server: RunningServer | undefined;

  constructor(kubeconfig: string, faults: Faults) {
    this.#kubeconfig = kubeconfig;
    this.#faults = faults;
  }

  /** Resolves when the API server asks the webhook. */
  async begin(): Promise<void> {
    if (this.#server) return;
    const authority = await Authority.create(NAME);
    const certificate = await authority.issue({ user: NAME }, ['127.0.0.1']);
    this.#server = await serveHttps(certificate, async ({ body }) => ({
      code: 200,
      contentType: 'application/json',
      body: JSON.stringify(this.#answer(JSON.parse(body) as Review)),
    }));
    const client = await KubeClient.fromKubeconfig(this.#kubeconfig);
    const url = `https://127.0.0.1:${this.#server.port}/`;
    await client.create(resourcePath(ValidatingWebhooks), configuration(url, authority.certificate));
    await untilInForce(client);
    await client.close();
  }

  async end(): Promise<void> {
    if (this.#server === undefined) return;
    const client = await KubeClient.fromKubeconfig(this.#kubeconfig);
    await unlessNotFound(client.delete(resourcePath(ValidatingWebhooks, undefined, NAME)));
    await client.close();
    await this.#server.close();
    this.#server = undefined;
  }

  #answer({ request }: Review): object {
    const { uid, namespace, name, resource } = request;
    const isProbe = namespace === PROBE.namespace && name === PROBE.name;
    const spared = /^system:(serviceaccount:(kube-system|csi|cdi|kubevirt):|kube-|apiserver)/.test(
      request.userInfo.username,
    );
    const hit = isProbe || (!spared && this.#faults.take('api-conflict', { namespace, name }) !== undefined);
    const response = hit
      ? { uid, allowed: false, status: conflict(resource.resource, name) }
      : { uid, allowed: true };
    return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
  }
}

function conflict(resource: string, name: string) {
  const advice =
    'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${resource} "${name}": ${advice}`;
  return { code: 409, reason: 'Conflict', message };
}

function configuration(url: string, certificate: string) {
  const webhook = {
    name: 'conflicts.envclone.test',
    clientConfig: { url, caBundle: Buffer.from(certificate).toString('base64') },
    rules: [{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['UPDATE'] }],
    admissionReviewVersions: ['v1'],
    sideEffects: 'NoneOnDryRun',
    failurePolicy: 'Ignore',
    timeoutSeconds: 5,
  };
  return { metadata: { name: NAME }, webhooks: [webhook] };
}

async function untilInForce(client: KubeClient): Promise<void> {
  await ensure(client, ConfigMaps, { metadata: PROBE });
  const path = resourcePath(ConfigMaps, PROBE.namespace, PROBE.name);
  for (;;) {
    try {
      const probe = await client.get<KubeObject>(path);
      await client.replace(`${path}?dryRun=All`, probe);
    } catch (error) {
      if (isConflict(error)) return;
      throw error;
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
