import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { Api } from './api.ts';

interface Definition {
  readonly kind?: string;
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const atMostMs = 30_000;

/**
 * Applies every CustomResourceDefinition of a folder's YAML files and resolves when the API server serves
 * all of them. A folder that is not there counts as empty.
 */
export async function installCrds(kubeconfig: string, folder: string): Promise<void> {
  await using api = await Api.fromKubeconfig(kubeconfig);
  const definitions = await readDefinitions(folder);
  await Promise.all(definitions.map((definition) => apply(api, definition)));
  await Promise.all(definitions.map((definition) => established(api, definition.metadata.name)));
}

async function readDefinitions(folder: string): Promise<Definition[]> {
  const names = await readdir(folder).catch(() => []);
  const texts = names
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts))
    .flatMap((text) => parseAllDocuments(text, { version: '1.1' }))
    .map((document) => document.toJS() as Definition)
    .filter((object) => object?.kind === 'CustomResourceDefinition');
}

// Not a create: an installation may be repeated on a cluster that lives on.
async function apply(api: Api, definition: Definition): Promise<void> {
  const path = `${collection}/${definition.metadata.name}?fieldManager=envclone-e2e&force=true`;
  await api.ask('PATCH', path, definition, 'application/apply-patch+yaml');
}

async function established(api: Api, name: string): Promise<void> {
  const deadline = Date.now() + atMostMs;
  for (;;) {
    const { status } = await api.ask<Definition>('GET', `${collection}/${name}`);
    if (status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) return;
    if (Date.now() > deadline)
      throw new Error(`${name} is not served: ${JSON.stringify(status?.conditions)}`);
    await sleep(50);
  }
}
