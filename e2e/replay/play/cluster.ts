/** Requests to whatever cluster a kubeconfig names, exactly as a recording has them, and watches of whole kinds. */
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher } from 'undici';
import type { Json, RecordedAnswer, RecordedObject, RecordedRequest } from '../recording/recording.ts';

export interface Resource {
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespaced: boolean;
  /** Of the list of all of them. */
  readonly path: string;
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

export class Cluster implements AsyncDisposable {
  readonly #server: string;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(server: string, { ca, cert, key, headers }: RequestOptions) {
    this.#server = server;
    this.#headers = (headers ?? {}) as Record<string, string>;
    const tls = { ca, cert, key } as Agent.Options['connect'];
    this.#agent = new Agent({ connect: tls, allowH2: false, bodyTimeout: 0, headersTimeout: 90_000 });
  }

  static async fromKubeconfig(path: string): Promise<Cluster> {
    const config = new KubeConfig();
    config.loadFromFile(path);
    const server = config.getCurrentCluster()?.server;
    if (!server) throw new Error(`${path} names no cluster`);
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return new Cluster(server, options);
  }

  /** Any answer is a result; rejects only where none came. `took` is in milliseconds. */
  async send(request: RecordedRequest): Promise<RecordedAnswer> {
    const began = performance.now();
    const { statusCode, headers, body } = await this.#open(request);
    const text = await body.text();
    const warnings = [headers.warning ?? []].flat();
    return {
      code: statusCode,
      contentType: [headers['content-type'] ?? []].flat()[0] ?? null,
      response: parsed(text),
      ...(warnings.length > 0 && { warnings }),
      took: Math.round(performance.now() - began),
    };
  }

  /** The body of a successful answer. */
  async get<T = RecordedObject>(path: string): Promise<T | undefined> {
    const { code, response } = await this.send({ method: 'GET', path, body: null });
    if (code === 404) return undefined;
    if (code !== 200) throw new Error(`GET ${path} was answered ${code}: ${JSON.stringify(response)}`);
    return response as T;
  }

  /** Lines of a watch until the signal ends it. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<{ type: string; object: RecordedObject }> {
    const { body } = await this.#open({ method: 'GET', path, body: null }, signal);
    let rest = '';
    for await (const chunk of body.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) yield JSON.parse(line);
    }
  }

  /** Where the objects of a kind are, by what the cluster serves. */
  async resourceOf(kind: string): Promise<Resource> {
    const found = await this.#find(kind);
    if (found) return found;
    throw new Error(`the cluster serves no kind ${kind}: install what defines it`);
  }

  async #find(kind: string): Promise<Resource | undefined> {
    const groups = await this.get<{ groups: { preferredVersion: { groupVersion: string } }[] }>('/apis');
    const versions = ['v1', ...groups!.groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
    for (const apiVersion of versions.filter((version) => !/^(subresources|upload)\./.test(version))) {
      const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      // The events of the newer group are the same objects, said otherwise.
      if (apiVersion.startsWith('events.k8s.io')) continue;
      const list = await this.get<ResourceList>(root);
      const resource = list?.resources.find((each) => each.kind === kind && !each.name.includes('/'));
      if (resource)
        return { kind, apiVersion, namespaced: resource.namespaced, path: `${root}/${resource.name}` };
    }
    return undefined;
  }

  #open(request: RecordedRequest, signal?: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { method, path, body, as } = request;
    return this.#agent.request({
      origin: this.#server,
      path,
      method,
      signal,
      headers: {
        ...this.#headers,
        accept: request.accept ?? acceptedBy(path),
        'content-type': request.bodyType ?? 'application/json',
        ...(as !== undefined && { 'impersonate-user': as }),
      },
      body: body === null ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

/** What a recorded request accepts where it does not say: KubeVirt's subresources refuse those who accept JSON only. */
export function acceptedBy(path: string): string {
  return path.startsWith('/apis/subresources.kubevirt.io') ? '*/*' : 'application/json';
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
