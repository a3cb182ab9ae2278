import type { RequestOptions } from 'node:https';
import { type DispatcherOptions, KubeConfig } from '@kubernetes/client-node';
import type { Clock } from './clock.ts';
import { CredentialsError } from './errors.ts';

/** Where the API server is, how to connect to it, and who we are to it. */
export interface Credentials {
  /** Scheme, host and port. */
  readonly origin: string;
  /** What stands before every path, where the server lies behind a gateway; else empty. */
  readonly basePath: string;
  readonly connection: DispatcherOptions;
  /** Authorization and impersonation headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Credentials from a kubeconfig or from the pod's service account. Files, credential programs and token
 * refreshes are client-node's; here they are kept for some seconds, since it reads files at every call.
 */
export class CredentialSource {
  readonly #path: string | undefined;
  readonly #clock: Clock;
  #config: KubeConfig;
  #current: Promise<Credentials> | undefined;
  #readAt = 0;

  constructor(path: string | undefined, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    this.#config = loadConfig(path);
  }

  /** The credentials to send the next request with. */
  current(): Promise<Credentials> {
    if (this.#current && this.#clock.now() - this.#readAt < keptMs) return this.#current;
    this.#readAt = this.#clock.now();
    const reading = readCredentials(this.#config).catch((error) => {
      this.#current = undefined;
      throw new CredentialsError('The kubeconfig gives no credentials', error);
    });
    this.#current = reading;
    return reading;
  }

  /** Reads everything anew, after the server refused the credentials. */
  reload(): void {
    this.#config = loadConfig(this.#path);
    this.#current = undefined;
  }
}

const keptMs = 10_000;

function loadConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (path) config.loadFromFile(path);
    else config.loadFromDefault();
  } catch (error) {
    throw new CredentialsError(`The kubeconfig ${path ?? '(default)'} cannot be read`, error);
  }
  if (!config.getCurrentCluster()) {
    throw new CredentialsError(
      `The kubeconfig ${path ?? '(default)'} is of no use`,
      'its current context names no cluster',
    );
  }
  // client-node refuses plain HTTP (kubectl proxy) unless told that nothing is to be verified.
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
  return config;
}

async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const cluster = config.getCurrentCluster();
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
  const connection = config.createDispatcherOptions(
    cluster,
    defined({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }),
  );
  const server = new URL(cluster?.server ?? '');
  return {
    origin: server.origin,
    basePath: server.pathname.replace(/\/+$/, ''),
    connection,
    headers: headersOf(options),
  };
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // Token files end with a newline more often than not, which no header may hold.
    headers[name.toLowerCase()] = String(value).trim();
  }
  if (options.auth) headers.authorization ??= `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return headers;
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
