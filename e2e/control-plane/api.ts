import { Agent, type Dispatcher } from 'undici';
import { type Access, readKubeconfig } from './kubeconfig.ts';

/** What an API server answered. The body is JSON, or text where it is not. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends plain requests to one API server: what setting up a control plane takes, and no more. */
export class Api implements AsyncDisposable {
  readonly #server: string;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor({ endpoint, credential }: Access) {
    this.#server = endpoint.server;
    const ca = endpoint.certificateAuthority;
    const isToken = 'token' in credential;
    const tls = isToken ? { ca } : { ca, cert: credential.certificate, key: credential.key };
    this.#agent = new Agent({ connections: 4, allowH2: false, connect: tls });
    this.#headers = isToken ? { authorization: `Bearer ${credential.token}` } : {};
  }

  /** Speaks as the user of the kubeconfig's current context. */
  static async fromKubeconfig(path: string): Promise<Api> {
    return new Api(await readKubeconfig(path));
  }

  /** Rejects only when no answer came. */
  async send(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: object,
    type = 'application/json',
  ): Promise<Answer> {
    const { statusCode, body: content } = await this.#agent.request({
      origin: this.#server,
      path,
      method,
      headers: { ...this.#headers, accept: 'application/json', 'content-type': type },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: statusCode, body: parseBody(await content.text()) };
  }

  /** The body of a successful answer; any other answer is an error that quotes it. */
  async ask<T>(method: Dispatcher.HttpMethod, path: string, body?: object, type?: string): Promise<T> {
    const answer = await this.send(method, path, body, type);
    if (answer.status < 300) return answer.body as T;
    const { message } = (answer.body ?? {}) as { message?: string };
    throw new Error(`${method} ${path} was answered ${answer.status}: ${message ?? String(answer.body)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
