/** What the operator may do, what it may not, and what it keeps to itself. */
import { readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { connect, eventKind, type Kind, type KubeObject } from '../../operator/cluster/index.ts';
import {
  controllerRevisions,
  environmentClones,
  environmentSnapshots,
  environments,
  secrets,
} from '../../operator/cluster/kinds.generated.ts';
import { anEnvironment, environmentOf } from '../testing/an-environment.ts';
import { it } from '../testing/scene-test.ts';

const operator = { username: 'system:serviceaccount:envclone-system:envclone' };

describe.concurrent('the operator', () => {
  it.for([
    ['list', '', 'secrets'],
    ['watch', '', 'secrets'],
    ['delete', '', 'secrets'],
    ['delete', '', 'namespaces'],
    ['update', 'kubevirt.io', 'virtualmachines'],
    ['create', 'rbac.authorization.k8s.io', 'clusterrolebindings'],
    ['update', 'envclone.io', 'environments'],
    ['*', '*', '*'],
  ] as const)('may not %s %s %s', async ([verb, group, resource], { client }) => {
    expect(await client.accessReview({ verb, group, resource, namespace: 'default' }, operator)).toBe(false);
  });

  it('is the one whose rights are asked about here', async ({ lab, skip }) => {
    if (!lab.canKill) return skip(lab.reason);
    const { signal } = new AbortController();
    await using own = connect({
      kubeconfig: lab.operatorKubeconfig,
      signal,
      fieldManager: 'e2e',
      userAgent: 'envclone-e2e',
    });
    expect((await own.whoami()).username).toBe(operator.username);
  });

  it('copies a secret and tells nobody what is in it', async ({ scene, lab }) => {
    const value = `guarded-${scene.source}-value`;
    const data = { userdata: Buffer.from(value).toString('base64') };
    await scene.client.create(secrets, { metadata: { namespace: scene.source, name: 'init' }, data });
    const init = { name: 'init', cloudInitNoCloud: { secretRef: { name: 'init' } } };
    await scene.make(anEnvironment([{ name: 'web', volumes: [init] }]));
    await scene.clone();
    await scene.completed();
    const copied = await scene.client.get(secrets, { namespace: scene.target, name: 'init' });
    expect(copied?.data).toEqual(data);
    const kinds = [
      environmentClones,
      environmentSnapshots,
      controllerRevisions,
      eventKind,
    ] as readonly Kind[];
    const namespaces = [scene.source, scene.target];
    const lists = kinds.flatMap((kind) =>
      namespaces.map((namespace) => scene.client.list(kind, { namespace })),
    );
    const told = JSON.stringify((await Promise.all(lists)).flatMap(({ items }) => items));
    const log = lab.canKill ? await readFile(lab.operatorLog, 'utf8') : '';
    for (const words of [value, data.userdata]) expect(told + log).not.toContain(words);
  });
});

describe('what a GitOps tool has applied', () => {
  it('is as it was applied, before and after the clone: nothing differs and nothing conflicts', async ({
    copy,
  }) => {
    const argo = { fieldManager: 'argocd-controller' };
    const environment = environmentOf(
      {
        name: 'managed',
        machines: [],
        applications: [{ name: 'queue', virtualMachines: { matchLabels: { app: 'queue' } } }],
      },
      copy.source,
    );
    const clone = {
      metadata: { namespace: copy.target, name: 'copy' },
      spec: { source: { namespace: copy.source, environment: 'managed' } },
    } as KubeObject;
    const applied = [
      [environments as Kind, environment],
      [environmentClones as Kind, clone],
    ] as const;
    const specs = async (dryRun: boolean) =>
      Promise.all(
        applied.map(async ([kind, object]) =>
          specOf(await copy.client.apply(kind, object, { ...argo, dryRun })),
        ),
      );
    const before = await specs(false);
    await copy.completed();
    expect(await specs(true)).toEqual(before);
    for (const [kind, { metadata }] of applied)
      expect((await copy.client.get(kind, metadata))?.metadata.generation).toBe(1);
  });
});

const specOf = (object: KubeObject) => (object as { spec?: unknown }).spec;
