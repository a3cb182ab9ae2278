/** `it` with namespaces of the test's own, which are removed after it; what the operator said is printed where it fails. */
import { readFile } from 'node:fs/promises';
import { it as base, inject } from 'vitest';
import { type ClusterClient, connect } from '../../operator/cluster/index.ts';
import { environmentClones, namespaces } from '../../operator/cluster/kinds.generated.ts';
import { aShop } from './an-environment.ts';
import { theLab } from './lab.ts';
import { ownNamespace, Scene } from './scene.ts';

const shownLines = 30;

/**
 * - `shop`, `place`: for a clone that the tests of a file share, a running shop and a namespace to put it in;
 * - `scene`: a source namespace with nothing in it yet, and a target;
 * - `copy`: the source is a running shop that the tests of a file share and leave alone, the target is the test's own.
 */
export const it = base
  .extend('kubeconfig', { scope: 'worker' }, () => inject('kubeconfig'))
  .extend('client', { scope: 'worker' }, async ({ kubeconfig }, { onCleanup }) => {
    const { signal } = new AbortController();
    const client = connect({ kubeconfig, signal, fieldManager: 'envclone-e2e', userAgent: 'envclone-e2e' });
    onCleanup(() => client[Symbol.asyncDispose]());
    return client as ClusterClient;
  })
  .extend('lab', { scope: 'worker' }, () => theLab())
  .extend('shop', { scope: 'file' }, async ({ client }, { onCleanup }) => {
    const source = await ownNamespace(client, 'shop');
    onCleanup(() => drop(client, source));
    await new Scene(client, source, source).make(aShop());
    return source;
  })
  .extend('place', { scope: 'file' }, async ({ client }, { onCleanup }) => {
    const place = await ownNamespace(client, 'copy');
    onCleanup(() => drop(client, place));
    return place;
  })
  .extend('scene', async ({ client, task }, { onCleanup }) => {
    const [source, target] = [await ownNamespace(client, 'source'), await ownNamespace(client, 'copy')];
    onCleanup(async () => {
      if (task.result?.state === 'fail') await tell(client, task.name, [source, target]);
      await drop(client, target, source);
    });
    return new Scene(client, source, target);
  })
  .extend('copy', async ({ client, shop, task }, { onCleanup }) => {
    const target = await ownNamespace(client, 'copy');
    onCleanup(async () => {
      if (task.result?.state === 'fail') await tell(client, task.name, [target]);
      await drop(client, target);
    });
    return new Scene(client, shop, target);
  });

async function drop(client: ClusterClient, ...names: readonly string[]): Promise<void> {
  for (const name of names) await client.delete(namespaces, { name });
}

/** What there is to know about a failure: the clones, and the operator's last lines about these namespaces. */
async function tell(client: ClusterClient, title: string, places: readonly string[]): Promise<void> {
  const { items } = await client.list(environmentClones);
  const clones = items.filter(({ metadata }) => places.includes(metadata.namespace!));
  const log = await readFile(theLab().operatorLog, 'utf8').catch(() => '');
  const lines = log.split('\n').filter((line) => places.some((place) => line.includes(place)));
  console.error(
    [
      `"${title}" failed`,
      ...clones.map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status)}`),
      ...lines.slice(-shownLines),
    ].join('\n'),
  );
}
