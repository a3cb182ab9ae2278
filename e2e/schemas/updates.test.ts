import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ClusterClient, Kind } from '../../operator/cluster/index.ts';
import { environmentClones, environmentSnapshots } from '../../operator/cluster/kinds.generated.ts';
import { connectTo, refusals } from './requests.ts';
import { aClone, aSnapshot, type Sample } from './samples.ts';

let client: ClusterClient & AsyncDisposable;

beforeAll(async () => {
  client = connectTo(inject('kubeconfig'));
  for (const [kind, object] of objects) await client.create(kind, object);
});

afterAll(async () => {
  for (const [kind, { metadata }] of objects) await client.delete(kind, metadata);
  await client[Symbol.asyncDispose]();
});

// Paused, so that an operator that happens to run leaves them alone.
const plan = named('schemas-plan', aClone({ mode: 'Plan', paused: true }));
const clone = named('schemas-clone', aClone({ asOf: '2026-11-21T08:00:00Z', maxAge: '1h', paused: true }));
const snapshot = named('schemas-snapshot', aSnapshot());
const objects: readonly (readonly [Kind, Sample])[] = [
  [environmentClones, plan],
  [environmentClones, clone],
  [environmentSnapshots, snapshot],
];

function named(name: string, sample: Sample): Sample {
  return { ...sample, metadata: { ...sample.metadata, name } };
}

const change = (kind: Kind, { metadata }: Sample, spec: object) =>
  client.mergePatch(kind, metadata, { spec }, { dryRun: true });

describe('once a clone is created', () => {
  it.each([
    ['source', { source: { environment: 'other' } }],
    ['source', { source: { applications: ['web'] } }],
    ['asOf', { asOf: '2026-11-21T09:00:00Z' }],
    ['maxAge', { maxAge: null }],
    ['disks', { disks: { allowHostCopy: false } }],
    ['identity', { identity: { macAddress: 'Preserve' } }],
    ['networks', { networks: [{ source: 'a', drop: true }] }],
    ['isolation', { isolation: { policy: 'None' } }],
    ['isolation', { isolation: { ingressFrom: [{ podSelector: { matchLabels: { a: 'b' } } }] } }],
    ['names', { names: { prefix: 'x-' } }],
    ['overrides', { overrides: [{ name: 'a', memory: '1Gi' }] }],
    ['onFailure', { onFailure: 'Continue' }],
  ])('%s cannot be changed: %j', async (field, spec) => {
    expect(await refusals(change(environmentClones, clone, spec))).toEqual([
      expect.stringContaining(
        `Invalid value: ${field} cannot be changed after creation: delete the object and create another`,
      ),
    ]);
  });

  it.each([{ concurrency: 2 }, { expiresAfter: '2h' }, { paused: false }, { cancel: true }])(
    'this can: %j',
    async (spec) => {
      expect(await change(environmentClones, clone, spec)).toMatchObject({ spec });
    },
  );

  it('a plan can be carried out', async () => {
    expect(await change(environmentClones, plan, { mode: 'Clone' })).toMatchObject({
      spec: { mode: 'Clone' },
    });
  });

  it('a clone cannot become a plan', async () => {
    expect(await refusals(change(environmentClones, clone, { mode: 'Plan' }))).toEqual([
      'spec: Invalid value: mode can only be changed from Plan to Clone',
    ]);
  });
});

describe('once a snapshot is created', () => {
  it.each([
    ['environment', { environment: 'other' }],
    ['applications', { applications: ['web'] }],
  ])('%s cannot be changed', async (field, spec) => {
    expect(await refusals(change(environmentSnapshots, snapshot, spec))).toEqual([
      expect.stringContaining(`${field} cannot be changed after creation`),
    ]);
  });
});
