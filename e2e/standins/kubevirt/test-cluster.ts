import { Agent, type Dispatcher } from 'undici';
import { type Lab, theLab } from '../../testing/lab.ts';
import { Cache } from '../kube/cache.ts';
import { KubeClient } from '../kube/client.ts';
import { unlessNotFound } from '../kube/error.ts';
import {
  Claims,
  Namespaces,
  type ResourceKind,
  resourcePath,
  VirtualMachineInstances,
  VirtualMachines,
} from '../kube/kinds.ts';
import { readKubeconfig } from '../kube/kubeconfig.ts';
import type { KubeObject } from '../kube/objects.ts';
import { aSpec } from './testing.ts';
import type { InstanceSpec, VirtualMachine, VirtualMachineInstance, VirtualMachineSpec } from './types.ts';

const PATIENCE_MS = 20_000;

export interface MachineOptions {
  readonly spec?: Partial<VirtualMachineSpec>;
  readonly template?: Partial<InstanceSpec>;
  readonly annotations?: Record<string, string>;
  readonly claims?: readonly string[];
}

/** The tests' cluster, with a namespace of the test file's own. */
export class TestCluster implements AsyncDisposable {
  readonly client: KubeClient;
  readonly lab: Lab = theLab();
  readonly namespace: string;
  readonly #agent: Agent;
  readonly #server: string;
  readonly #stopping = new AbortController();

  private constructor(parts: {
    client: KubeClient;
    namespace: string;
    agent: Agent;
    server: string;
  }) {
    this.client = parts.client;
    this.namespace = parts.namespace;
    this.#agent = parts.agent;
    this.#server = parts.server;
  }

  static async start(kubeconfig: string, name: string): Promise<TestCluster> {
    const client = await KubeClient.fromKubeconfig(kubeconfig);
    const namespace = `${name}-${Date.now().toString(36)}`;
    await client.create(resourcePath(Namespaces), { metadata: { name: namespace } });
    const { server, ca, cert, key } = await readKubeconfig(kubeconfig);
    const agent = new Agent({ connect: { ca, cert, key } });
    return new TestCluster({ client, namespace, agent, server });
  }

  async claim(name: string): Promise<void> {
    const spec = {
      storageClassName: 'immediate',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Mi' } },
    };
    await this.client.create(resourcePath(Claims, this.namespace), { metadata: { name }, spec });
  }

  /** A VM on claims that exist or come later; its own name's by default. */
  async machine(name: string, options: MachineOptions = {}): Promise<VirtualMachine> {
    const { spec, template, annotations, claims = [name] } = options;
    const base = aSpec();
    const disks = claims.map((_claim, index) => ({ name: `disk${index}`, disk: { bus: 'virtio' } }));
    const volumes = claims.map((claimName, index) => ({
      name: `disk${index}`,
      persistentVolumeClaim: { claimName },
    }));
    const domain = { ...base.domain, devices: { ...base.domain.devices, disks } };
    return this.client.create<VirtualMachine>(resourcePath(VirtualMachines, this.namespace), {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name },
      spec: {
        runStrategy: 'Always',
        template: {
          metadata: { labels: { app: name }, annotations },
          spec: { ...base, domain, volumes, terminationGracePeriodSeconds: 10, ...template },
        },
        ...spec,
      },
    });
  }

  vm(name: string): Promise<VirtualMachine | undefined> {
    return unlessNotFound(this.client.get(this.path(VirtualMachines, name)));
  }

  vmi(name: string): Promise<VirtualMachineInstance | undefined> {
    return unlessNotFound(this.client.get(this.path(VirtualMachineInstances, name)));
  }

  path(kind: ResourceKind, name?: string): string {
    return resourcePath(kind, this.namespace, name);
  }

  /** Waits until a question is answered with something true. */
  async until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await ask();
      if (answer) return answer;
      if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async untilStatus(name: string, printableStatus: string): Promise<void> {
    await this.until(`${name} is ${printableStatus}`, async () => {
      return (await this.vm(name))?.status?.printableStatus === printableStatus;
    });
  }

  /** Everything that happens to objects of a kind from now on, as the values of a field without repeats. */
  async record<T extends KubeObject>(
    kind: ResourceKind,
    name: string,
    field: (object: T) => unknown,
  ): Promise<unknown[]> {
    const values: unknown[] = [];
    const cache = new Cache<T>(this.client, kind);
    cache.onChange((type, object) => {
      if (object.metadata.name !== name || object.metadata.namespace !== this.namespace) return;
      const value = type === 'deleted' ? 'gone' : field(object);
      if (value !== undefined && value !== values.at(-1)) values.push(value);
    });
    await cache.start(this.#stopping.signal);
    return values;
  }

  /** Calls a subresource, of a VM or (`vmi/NAME`) of an instance; answers code and body as sent. */
  async call(target: string, subresource: string, options: CallOptions = {}): Promise<CallAnswer> {
    const { method = 'PUT', accept = '*/*', body, as } = options;
    const [, instance] = /^vmi\/(.*)$/.exec(target) ?? [];
    const object =
      instance === undefined ? `virtualmachines/${target}` : `virtualmachineinstances/${instance}`;
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/${this.namespace}/${object}/${subresource}`;
    const headers = { accept, 'content-type': 'application/json', ...(as ? { 'impersonate-user': as } : {}) };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await this.#agent.request({ origin: this.#server, path, method, headers, body: text });
    return { code: answer.statusCode, body: await answer.body.text() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.client.delete(resourcePath(Namespaces, undefined, this.namespace));
    await Promise.all([this.client.close(), this.#agent.destroy()]);
  }
}

export interface CallOptions {
  readonly method?: Dispatcher.HttpMethod;
  readonly accept?: string;
  readonly body?: unknown;
  readonly as?: string;
}

export interface CallAnswer {
  readonly code: number;
  readonly body: string;
}

/** Whether values come in the order of others, of which some may be missing, and end alike. */
export function isSubsequence(values: readonly unknown[], of: readonly unknown[]): boolean {
  let at = 0;
  for (const value of values) {
    at = of.indexOf(value, at) + 1;
    if (at === 0) return false;
  }
  return values.at(-1) === of.at(-1);
}
