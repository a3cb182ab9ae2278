import { setTimeout as sleep } from 'node:timers/promises';
import { Authority } from '../../../control-plane/certificates.ts';
import type { StandInContext } from '../../context.ts';
import { KubeClient, KubeError } from '../../kube/client.ts';
import { type RunningServer, serveHttps } from '../../kube/https-server.ts';
import {
  DataVolumes,
  MutatingWebhooks,
  type ResourceKind,
  resourcePath,
  ValidatingWebhooks,
} from '../../kube/kinds.ts';
import type { Cdi } from '../cdi.ts';
import { operationOf } from '../datavolume/operations.ts';
import { cdiIdentity } from '../identity.ts';
import type { DataVolume } from '../objects.ts';
import { mutate } from './mutate.ts';
import { answer, BadRequest, type Review } from './review.ts';
import { validate } from './validate.ts';

const MUTATE = '/datavolume-mutate';
const VALIDATE = '/datavolume-validate';

/** Starts CDI's admission webhooks on loopback and tells the API server of them. */
export async function serveAdmission(context: StandInContext, cdi: Cdi): Promise<RunningServer> {
  const authority = await Authority.create('cdi.kubevirt.io');
  const certificate = await authority.issue({ user: 'cdi-api' }, ['localhost', '127.0.0.1']);
  const server = await serveHttps(certificate, async ({ path, body }) => {
    const review = JSON.parse(body) as Review<DataVolume>;
    const decided = await answer(review, () => decide(cdi, path, review));
    return { code: 200, contentType: 'application/json', body: JSON.stringify(decided) };
  });
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  const url = `https://127.0.0.1:${server.port}`;
  const admin = await KubeClient.fromKubeconfig(context.adminKubeconfig);
  await register(
    admin,
    MutatingWebhooks,
    'cdi-api-datavolume-mutate',
    hook('mutate', url + MUTATE, caBundle),
  );
  await register(
    admin,
    ValidatingWebhooks,
    'cdi-api-datavolume-validate',
    hook('validate', url + VALIDATE, caBundle),
  );
  await untilInForce(admin, context.signal);
  await admin.close();
  return server;
}

const LOOK_AGAIN_MS = 50;

/** The API server takes a moment to ask new webhooks: they are in force when a wrong DataVolume is refused. */
async function untilInForce(admin: KubeClient, signal: AbortSignal): Promise<void> {
  const path = `${resourcePath(DataVolumes, cdiIdentity.namespace)}?dryRun=All`;
  const wrong = {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'DataVolume',
    metadata: { name: 'probe' },
    spec: {},
  };
  while (await isAccepted(admin.create(path, wrong))) await sleep(LOOK_AGAIN_MS, undefined, { signal });
}

async function isAccepted(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (error instanceof KubeError && error.code === 422) return false;
    throw error;
  }
}

async function decide(cdi: Cdi, path: string, review: Review<DataVolume>) {
  if (path === MUTATE) return mutate(cdi.client, review);
  validate(cdi.caches, review);
  refuseUnmodelled(review.request.object);
  return [];
}

function refuseUnmodelled(volume: DataVolume): void {
  try {
    operationOf(volume);
  } catch (error) {
    throw new BadRequest((error as Error).message);
  }
}

async function register(admin: KubeClient, kind: ResourceKind, name: string, webhook: object): Promise<void> {
  await admin.create(resourcePath(kind), { metadata: { name }, webhooks: [webhook] });
}

function hook(verb: 'mutate' | 'validate', url: string, caBundle: string): object {
  return {
    name: `datavolume-${verb}.cdi.kubevirt.io`,
    clientConfig: { url, caBundle },
    rules: [
      {
        apiGroups: ['cdi.kubevirt.io'],
        apiVersions: ['v1beta1'],
        resources: ['datavolumes'],
        operations: ['CREATE', 'UPDATE'],
      },
    ],
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    timeoutSeconds: 30,
  };
}
