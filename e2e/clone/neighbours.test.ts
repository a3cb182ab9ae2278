/** What comes along with the VMs: Services, secrets, config maps; and who the clones are. */
import { describe, expect } from 'vitest';
import { configMaps, networkPolicies, secrets, services } from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import { anEnvironment, objectsOf } from '../testing/an-environment.ts';
import { applyObjects } from '../testing/apply-yaml.ts';
import { it } from '../testing/scene-test.ts';

const onlyQueue = { source: { virtualMachine: 'queue' } };
const encoded = (text: string) => Buffer.from(text).toString('base64');

describe.concurrent('what comes along with a clone', () => {
  it('are the Services that select its VMs, reachable from within the cluster only', async ({ scene }) => {
    await scene.make(anEnvironment([{ name: 'web' }]));
    const selector = { app: 'web' };
    for (const [name, spec] of [
      ['web', { type: 'NodePort', selector, ports: [{ port: 80, nodePort: undefined }] }],
      ['front', { type: 'LoadBalancer', selector, ports: [{ port: 443 }] }],
      ['peers', { clusterIP: 'None', selector, ports: [{ port: 7000 }] }],
      ['elsewhere', { selector: { app: 'not-of-the-shop' }, ports: [{ port: 1 }] }],
    ] as const)
      await scene.client.apply(
        services,
        { metadata: { namespace: scene.source, name }, spec: spec as object },
        { force: true },
      );
    await scene.clone();
    await scene.completed();
    const { items } = await scene.client.list(services, { namespace: scene.target });
    const made = Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec]));
    expect(Object.keys(made).toSorted()).toEqual(['front', 'peers', 'web']);
    for (const spec of Object.values(made)) expect(spec).toMatchObject({ type: 'ClusterIP', selector });
    expect(made.peers?.clusterIP).toBe('None');
    expect(made.web?.ports?.[0]?.nodePort).toBeUndefined();
  });

  it('are the secrets and config maps that its VMs name, with what they hold', async ({ scene }) => {
    await applyObjects(scene.client, [
      secret(scene.source, 'web-init', { userdata: encoded('#cloud-config') }),
      secret(scene.source, 'unused', { key: encoded('nobody names it') }),
      { ...named('v1', 'ConfigMap', scene.source, 'settings'), data: { level: 'high' } } as never,
    ]);
    await scene.make(
      anEnvironment([
        {
          name: 'web',
          volumes: [
            { name: 'init', cloudInitNoCloud: { secretRef: { name: 'web-init' } } },
            { name: 'settings', configMap: { name: 'settings' } },
          ],
        },
      ]),
    );
    await scene.clone();
    await scene.completed();
    const copied = await scene.client.get(secrets, { namespace: scene.target, name: 'web-init' });
    expect(copied?.data).toEqual({ userdata: encoded('#cloud-config') });
    expect(await scene.client.get(secrets, { namespace: scene.target, name: 'unused' })).toBeUndefined();
    const settings = await scene.client.get(configMaps, { namespace: scene.target, name: 'settings' });
    expect(settings?.data).toEqual({ level: 'high' });
  });

  it('is a NetworkPolicy, and nobody is told that it isolates', async ({ copy }) => {
    const clone = await copy.clone(onlyQueue);
    const { status } = await copy.completed();
    const { items } = await copy.client.list(networkPolicies, { namespace: copy.target });
    expect(items.map(({ spec }) => spec?.podSelector)).toEqual([
      { matchLabels: { [labels.clone]: clone.metadata.uid } },
    ]);
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Isolated', status: 'Unknown', reason: 'PolicyUnverified' }),
    );
  });
});

describe.concurrent('who a cloned VM is', () => {
  it('has hardware addresses of its own, written into its spec', async ({ copy }) => {
    await copy.clone(onlyQueue);
    await copy.completed();
    for (const name of await copy.machineNames()) {
      const [own] = (await copy.machine(name)).spec.template.spec?.domain.devices.interfaces ?? [];
      const source = await copy.instance(name, copy.source);
      expect(own?.macAddress).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
      expect(own?.macAddress).not.toBe(source.status?.interfaces?.[0]?.mac);
      expect((await copy.instance(name)).status?.interfaces?.[0]?.mac).toBe(own?.macAddress);
    }
  });

  it('keeps the addresses of its source where it is asked to', async ({ copy }) => {
    await copy.clone({ ...onlyQueue, identity: { macAddress: 'Preserve' } });
    await copy.completed();
    const [source, clone] = [await copy.instance('queue', copy.source), await copy.instance('queue')];
    expect(clone.status?.interfaces?.[0]?.mac).toBe(source.status?.interfaces?.[0]?.mac);
  });

  it('keeps the firmware uuid and the host name of its source, also under another name', async ({ copy }) => {
    await copy.clone({ ...onlyQueue, names: { prefix: 'qa-', suffix: '-1' } });
    await copy.completed();
    expect(await copy.machineNames()).toEqual(['qa-queue-1']);
    const [source, clone] = [await copy.instance('queue', copy.source), await copy.instance('qa-queue-1')];
    expect(clone.spec?.domain.firmware?.uuid).toBe(source.spec?.domain.firmware?.uuid);
    expect(clone.spec?.hostname).toBe('queue');
  });

  it('has the labels of its source, but not those by which GitOps tools know theirs', async ({ scene }) => {
    const metadata = {
      labels: { app: 'web', 'runs-web': 'true', team: 'shop', 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:web', note: 'kept' },
    };
    await applyObjects(scene.client, objectsOf(anEnvironment([{ name: 'web', metadata }]), scene.source));
    await scene.machineIsReady('web', scene.source);
    const { metadata: owner } = await scene.clone();
    await scene.completed();
    const { metadata: made } = await scene.machine('web');
    expect(made.labels).toMatchObject({ app: 'web', team: 'shop', [labels.clone]: owner.uid });
    expect(made.labels).not.toHaveProperty(['app.kubernetes.io/managed-by']);
    expect(made.annotations).toMatchObject({ note: 'kept' });
    expect(made.annotations).not.toHaveProperty(['argocd.argoproj.io/tracking-id']);
  });

  it('is changed by overrides, for the VMs that they name', async ({ copy }) => {
    await copy.clone({
      ...onlyQueue,
      overrides: [
        { name: 'small', virtualMachines: ['queue'], memory: '32Mi', cpu: { cores: 2 } },
        {
          name: 'marked',
          patches: [JSON.stringify({ op: 'add', path: '/metadata/labels/stage', value: 'test' })],
        },
        { name: 'others', virtualMachines: ['db'], memory: '1Gi' },
      ],
    });
    await copy.completed();
    const { metadata, spec } = await copy.machine('queue');
    expect(spec.template.spec?.domain).toMatchObject({ cpu: { cores: 2 }, memory: { guest: '32Mi' } });
    expect(metadata.labels?.stage).toBe('test');
  });
});

function secret(namespace: string, name: string, data: Record<string, string>) {
  return { ...named('v1', 'Secret', namespace, name), data } as never;
}

function named(apiVersion: string, kind: string, namespace: string, name: string) {
  return { apiVersion, kind, metadata: { namespace, name } };
}
