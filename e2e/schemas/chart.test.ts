import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import type { ClusterClient } from '../../operator/cluster/index.ts';
import { namespaces, type Pod, pods, serviceAccounts } from '../../operator/cluster/kinds.generated.ts';
import { findHelm } from '../control-plane/helm.ts';
import { renderChart } from '../testing/install-chart.ts';
import { connectTo, refusals } from './requests.ts';

const chart = fileURLToPath(new URL('../../charts/envclone', import.meta.url));
const run = promisify(execFile);
const namespace = 'default';

const kindsOf = (objects: readonly { readonly kind: string }[]) => new Set(objects.map(({ kind }) => kind));

it('the chart passes helm lint', async () => {
  const { helm } = await findHelm(() => {});
  const { stdout } = await run(helm, ['lint', '--strict', chart]);
  expect(stdout).toContain('0 chart(s) failed');
});

it.each([
  ['as it is', {}],
  [
    'with everything set',
    {
      image: { repository: 'example.test/envclone', tag: 'v9' },
      imagePullSecrets: [{ name: 'pull' }],
      resources: { limits: { memory: '1Gi' } },
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      podAnnotations: { a: 'b' },
      podLabels: { c: 'd' },
      roles: { aggregate: false },
    },
  ],
])('the API server accepts all that the chart renders, %s', async (_what, values) => {
  const { kubectl } = await findHelm(() => {});
  const objects = await renderChart({ namespace, values });
  const args = [
    'apply',
    '--server-side',
    '--force-conflicts',
    '--dry-run=server',
    '--validate=strict',
    '-f',
    '-',
  ];
  const applied = run(kubectl, [`--kubeconfig=${inject('kubeconfig')}`, ...args]);
  applied.child.stdin?.end(objects.map((object) => stringify(object)).join('---\n'));
  expect((await applied).stdout.trim().split('\n')).toHaveLength(objects.length);
});

describe('the pod of the operator', () => {
  let client: ClusterClient & AsyncDisposable;
  const name = 'schemas-restricted';

  beforeAll(async () => {
    client = connectTo(inject('kubeconfig'));
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await client.apply(namespaces, { metadata: { name, labels } });
    await client.apply(serviceAccounts, { metadata: { name: 'envclone', namespace: name } });
  });

  afterAll(async () => {
    await client.delete(namespaces, { name });
    await client[Symbol.asyncDispose]();
  });

  it('is accepted where the restricted Pod Security Standard is enforced', async () => {
    expect(await client.create(pods, await operatorPod(name), { dryRun: true })).toBeDefined();
  });

  it('would not be with a privilege more', async () => {
    const pod = await operatorPod(name);
    const privileged = { ...pod, spec: { ...pod.spec!, hostNetwork: true } };
    expect(await refusals(client.create(pods, privileged, { dryRun: true }))).toEqual([
      expect.stringContaining('violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)'),
    ]);
  });
});

/** The pod that the Deployment makes: by itself, since Pod Security only warns about what a Deployment will make. */
async function operatorPod(inNamespace: string): Promise<Pod> {
  const objects = await renderChart({ namespace: inNamespace });
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
    spec: { template: Pod };
  };
  const { spec } = deployment.spec.template;
  return { metadata: { name: 'operator', namespace: inNamespace }, spec };
}

it('CRDs and the admission policy can be left out', async () => {
  const kinds = kindsOf(
    await renderChart({
      namespace,
      values: { crds: { install: false }, admissionPolicy: { install: false } },
    }),
  );
  expect(kinds).not.toContain('CustomResourceDefinition');
  expect(kinds).not.toContain('ValidatingAdmissionPolicy');
  expect(kinds).toContain('Deployment');
});

it.each([
  [{ loglevel: 'info' }, "additional properties 'loglevel' not allowed"],
  [{ logLevel: 'loud' }, "at '/logLevel': value must be one of"],
  [{ image: { repositry: 'x' } }, "at '/image': additional properties 'repositry' not allowed"],
  [{ crds: { install: 'yes' } }, "at '/crds/install': got string, want boolean"],
])('the chart refuses the values %j', async (values, message) => {
  await expect(renderChart({ namespace, values })).rejects.toThrow(message);
});
