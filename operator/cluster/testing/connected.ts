import { type ClusterClient, type ConnectOptions, connect } from '../client.ts';
import { temporaryKubeconfig } from './kubeconfig.ts';

/** A client of a server under test, and the end of it. */
export interface Connected extends AsyncDisposable {
  readonly client: ClusterClient;
  /** Aborts what was started with `signal`. */
  readonly stop: () => void;
  readonly signal: AbortSignal;
}

/** Connects to a server under test; `user` and `cluster` are parts of the kubeconfig. */
export async function connectedTo(
  server: string,
  options: Partial<ConnectOptions> & { user?: object; cluster?: object } = {},
): Promise<Connected> {
  const kubeconfig = await temporaryKubeconfig(server, options);
  const stopping = new AbortController();
  const { signal } = stopping;
  const client = connect({
    kubeconfig: kubeconfig.path,
    fieldManager: 'tester',
    userAgent: 'test/1',
    signal,
    ...options,
  });
  return {
    client,
    signal,
    stop: () => stopping.abort(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await client[Symbol.asyncDispose]();
      await kubeconfig[Symbol.asyncDispose]();
    },
  };
}
