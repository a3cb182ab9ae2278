import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ClusterClient, Kind, KubeObject } from '../../operator/cluster/index.ts';
import { apiGroup, definitions } from '../../operator/schema/index.ts';
import { Api } from '../control-plane/api.ts';
import { connectTo } from './requests.ts';

interface Definition extends KubeObject {
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}

const customResourceDefinitions: Kind<Definition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

let client: ClusterClient & AsyncDisposable;

beforeAll(() => {
  client = connectTo(inject('kubeconfig'));
});

afterAll(() => client[Symbol.asyncDispose]());

describe.each(definitions)('the CustomResourceDefinition of $kind', ({ plural }) => {
  it('is established, structural, and has the names it asks for', async () => {
    const found = await client.get(customResourceDefinitions, { name: `${plural}.${apiGroup}` });
    const holding = found?.status.conditions
      .filter(({ status }) => status === 'True')
      .map(({ type }) => type);
    expect(holding?.toSorted()).toEqual(['Established', 'NamesAccepted']);
  });

  it('has a status of its own, and is listed by `kubectl get envclone`', async () => {
    await using api = await Api.fromKubeconfig(inject('kubeconfig'));
    const { resources } = await api.ask<{ resources: object[] }>('GET', `/apis/${apiGroup}/v1alpha1`);
    expect(resources).toContainEqual(expect.objectContaining({ name: plural, categories: ['envclone'] }));
    expect(resources).toContainEqual(expect.objectContaining({ name: `${plural}/status` }));
  });
});
