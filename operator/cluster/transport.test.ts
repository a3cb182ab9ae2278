import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from './testing/eventually.ts';
import {
  connectedTo,
  HttpServer,
  loopbackCertificate,
  sendJson,
  sendStatus,
  widgets,
} from './testing/index.ts';

const key = { namespace: 'here', name: 'a' };
const answer = { metadata: { name: 'a' } };
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a thousand requests over TLS share a handful of connections', async () => {
  const certificate = await loopbackCertificate();
  await using server = await HttpServer.start((_, response) => sendJson(response, 200, answer), certificate);
  await using connected = await connectedTo(server.url, {
    cluster: { 'certificate-authority-data': base64(certificate.cert) },
    // Files that tokens are kept in end with a newline more often than not.
    user: { token: 'test-token\n' },
  });
  for (let round = 0; round < 50; round++) {
    await Promise.all(Array.from({ length: 20 }, () => connected.client.get(widgets, key)));
  }
  expect(server.received.length).toBe(1_000);
  expect(server.connections).toBeLessThanOrEqual(16);
  expect(server.received.at(-1)?.headers.authorization).toBe('Bearer test-token');
  expect(server.received.at(-1)?.headers['user-agent']).toBe('test/1');
});

test('a server with another certificate authority is not talked to', async () => {
  const [server, other] = await Promise.all([loopbackCertificate(), loopbackCertificate()]);
  await using api = await HttpServer.start((_, response) => sendJson(response, 200, answer), server);
  await using connected = await connectedTo(api.url, {
    cluster: { 'certificate-authority-data': base64(other.cert) },
    random: () => 0,
  });
  await expect(connected.client.invoke(widgets, key, 'test')).rejects.toThrow('authority that signed');
  expect(api.received).toEqual([]);
});

test('open watches never take the connections of calls', async () => {
  await using server = await HttpServer.start(({ query }, response) => {
    if (query.has('watch')) response.writeHead(200).flushHeaders();
    else sendJson(response, 200, answer);
  });
  await using connected = await connectedTo(server.url);
  const { client, signal } = connected;
  for (let count = 0; count < 40; count++) {
    void client
      .watch(widgets, {}, signal)
      [Symbol.asyncIterator]()
      .next()
      .catch(() => {});
  }
  await eventually(() => server.received.length).toBe(40);
  expect(await client.get(widgets, key)).toEqual(answer);
});

test('credentials that are refused are read again, once', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'envclone-exec-'));
  const tokens = join(directory, 'count');
  const program = join(directory, 'credentials.sh');
  // Each run of the program gives the next token.
  const credential =
    '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-%s"}}';
  await writeFile(
    program,
    `#!/bin/sh\necho x >> ${tokens}\nprintf '${credential}' "$(wc -l < ${tokens} | tr -d ' ')"\n`,
  );
  await chmod(program, 0o755);
  await using server = await HttpServer.start(({ headers }, response) => {
    if (headers.authorization === 'Bearer token-2') sendJson(response, 200, answer);
    else sendStatus(response, 401, 'Unauthorized', 'Unauthorized');
  });
  await using connected = await connectedTo(server.url, {
    user: {
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: program, interactiveMode: 'Never' },
    },
  });
  for (let times = 0; times < 3; times++) expect(await connected.client.get(widgets, key)).toEqual(answer);
  expect(server.received.length).toBe(4);
  expect((await readFile(tokens, 'utf8')).length).toBe(4);
  await rm(directory, { recursive: true });
});

test('a refusal of credentials that breaks off hurts nobody', async () => {
  let requests = 0;
  await using server = await HttpServer.start((_, response) => {
    if (++requests > 1) return sendJson(response, 200, answer);
    response.writeHead(401, { 'content-length': '100' });
    response.write('Unauth', () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
  });
  await using connected = await connectedTo(server.url);
  expect(await connected.client.get(widgets, key)).toEqual(answer);
  await new Promise((resolve) => setTimeout(resolve, 60));
});

test('a path before the API is kept', async () => {
  await using server = await HttpServer.start((_, response) => sendJson(response, 200, answer));
  await using connected = await connectedTo(`${server.url}/k8s/clusters/c-1/`);
  await connected.client.get(widgets, key);
  expect(server.received[0]?.path).toBe(
    '/k8s/clusters/c-1/apis/test.envclone.io/v1/namespaces/here/widgets/a',
  );
});

test('a kubeconfig that is missing or names no cluster says so', async () => {
  const { connect } = await import('./client.ts');
  const options = { fieldManager: 'test', userAgent: 'test', signal: new AbortController().signal };
  expect(() => connect({ ...options, kubeconfig: '/nowhere/config' })).toThrow(
    /kubeconfig \/nowhere\/config cannot be read/,
  );
});
