import { setTimeout as sleep } from 'node:timers/promises';
import { Authority } from '../../control-plane/certificates.ts';
import { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/error.ts';
import { type RunningServer, serveHttps } from '../kube/https-server.ts';
import {
  ApiServices,
  MutatingWebhooks,
  resourcePath,
  Services,
  ValidatingWebhooks,
  VirtualMachines,
} from '../kube/kinds.ts';
import { admit } from './admission/admit.ts';
import { specSchemaOf } from './admission/types.ts';
import { webhookConfigurations } from './admission/webhooks.ts';
import { NAMESPACE } from './identities.ts';
import { serveSubresource } from './subresources/serve.ts';
import type { VirtualMachine } from './types.ts';
import type { World } from './world.ts';

const SERVICE = 'virt-api';

/** Starts virt-api: one server for admission and subresources, and what tells the API server of it. */
export async function startServers(world: World): Promise<RunningServer> {
  const authority = await Authority.create('kubevirt.io');
  const hosts = [`${SERVICE}.${NAMESPACE}.svc`, 'localhost', '127.0.0.1'];
  const admin = await KubeClient.fromKubeconfig(world.context.adminKubeconfig);
  const [machine, instance] = await Promise.all([
    specSchemaOf(admin, 'virtualmachines.kubevirt.io'),
    specSchemaOf(admin, 'virtualmachineinstances.kubevirt.io'),
  ]);
  const server = await serveHttps(await authority.issue({ user: SERVICE }, hosts), (request) =>
    request.path.startsWith('/apis')
      ? serveSubresource(world, request)
      : admit(world, { machine, instance }, request),
  );
  await register(admin, server.port, Buffer.from(authority.certificate).toString('base64'));
  await untilInForce(admin, world.context.signal);
  await admin.close();
  return server;
}

async function register(admin: KubeClient, port: number, caBundle: string): Promise<void> {
  const { mutating, validating } = webhookConfigurations(`https://127.0.0.1:${port}`, caBundle);
  await Promise.all([
    admin.create(resourcePath(MutatingWebhooks), mutating),
    admin.create(resourcePath(ValidatingWebhooks), validating),
    admin.create(resourcePath(Services, NAMESPACE), service),
    admin.create(resourcePath(ApiServices), apiService(port, caBundle)),
  ]);
}

const POLL_MS = 20;

/** The API server takes a moment to send objects to new webhooks and requests to a new APIService. */
async function untilInForce(admin: KubeClient, signal: AbortSignal): Promise<void> {
  while (!(await mutates(admin)) || !(await serves(admin))) await sleep(POLL_MS, undefined, { signal });
}

async function mutates(admin: KubeClient): Promise<boolean> {
  const domain = { devices: {}, memory: { guest: '1Mi' } };
  const spec = { runStrategy: 'Halted', template: { spec: { domain } } };
  const path = `${resourcePath(VirtualMachines, NAMESPACE)}?dryRun=All`;
  const probe = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata: { name: 'probe' }, spec };
  const vm = await admin.create<VirtualMachine>(path, probe);
  return vm.spec.template.spec.domain.firmware !== undefined;
}

async function serves(admin: KubeClient): Promise<boolean> {
  try {
    await admin.get('/apis/subresources.kubevirt.io/v1');
    return true;
  } catch (error) {
    if (error instanceof KubeError) return false;
    throw error;
  }
}

/** An ExternalName service leads the API server's aggregator to loopback. */
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: SERVICE, namespace: NAMESPACE },
  spec: { type: 'ExternalName', externalName: 'localhost' },
};

function apiService(port: number, caBundle: string) {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.subresources.kubevirt.io' },
    spec: {
      group: 'subresources.kubevirt.io',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      caBundle,
      service: { namespace: NAMESPACE, name: SERVICE, port },
    },
  };
}
