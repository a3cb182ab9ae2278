import { describe, expect, test } from 'vitest';
import type { Claim, StorageClass, Volume } from '../storage/objects.ts';
import { type Cluster, type Fit, fit } from './fit.ts';
import { nodeManifest, nodeStatus } from './node-object.ts';
import type { Node, Pod, PodSpec } from './objects.ts';

const node = { ...nodeManifest(), status: nodeStatus() } as unknown as Node;
const zones = (zone: string) => [
  { matchLabelExpressions: [{ key: 'topology.hostpath.csi/zone', values: [zone] }] },
];
const classes: Record<string, Partial<StorageClass>> = {
  immediate: { volumeBindingMode: 'Immediate' },
  wffc: { volumeBindingMode: 'WaitForFirstConsumer' },
  here: { volumeBindingMode: 'WaitForFirstConsumer', allowedTopologies: zones('zone-a') },
  elsewhere: { volumeBindingMode: 'WaitForFirstConsumer', allowedTopologies: zones('zone-b') },
};
const affinity = { required: { nodeSelectorTerms: [{ matchFields: [hostname('NotIn')] }] } };
const volumes: Record<string, object> = { near: { spec: {} }, far: { spec: { nodeAffinity: affinity } } };

function hostname(operator: 'In' | 'NotIn') {
  return { key: 'metadata.name', operator, values: ['node01'] };
}

function claim(storageClassName: string, phase: 'Pending' | 'Bound' | 'Lost', volumeName?: string): Claim {
  const spec = { storageClassName, volumeName };
  return { metadata: { name: 'data' }, spec, status: { phase } } as Claim;
}

function place(data: Claim | undefined, spec: Partial<PodSpec> = {}): Fit {
  const cluster: Cluster = {
    node,
    claim: () => data,
    storageClass: (name) => classes[name] as StorageClass,
    volume: (name) => volumes[name] as Volume,
  };
  const mounts = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  const pod = { metadata: { namespace: 'n', name: 'p' }, spec: { containers: [], volumes: mounts, ...spec } };
  return fit(pod as unknown as Pod, cluster);
}

function why(data: Claim | undefined, spec?: Partial<PodSpec>): string {
  const found = place(data, spec);
  return found.kind === 'unschedulable' ? found.message : found.kind;
}

const bound = claim('immediate', 'Bound', 'near');

describe('a pod fits', () => {
  test('when its claims are bound', () => {
    expect(place(bound)).toEqual({ kind: 'fits' });
  });

  test('and binds the claims that wait for it', () => {
    const waiting = claim('wffc', 'Pending');
    expect(place(waiting)).toEqual({ kind: 'binds', claims: [waiting] });
    expect(place(claim('here', 'Pending')).kind).toBe('binds');
  });

  test('the node whose labels its selector and affinity want', () => {
    expect(why(bound, { nodeSelector: { 'kubernetes.io/arch': 'amd64' } })).toBe('fits');
    expect(why(bound, affine([hostname('In')]))).toBe('fits');
  });
});

const noPreemption = 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';

function affine(matchFields: ReturnType<typeof hostname>[]): Partial<PodSpec> {
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
}

describe('a pod fits no node', () => {
  test.each([
    [undefined, 'persistentvolumeclaim "data" not found. not found'],
    [claim('immediate', 'Pending'), 'pod has unbound immediate PersistentVolumeClaims. not found'],
    [
      claim('immediate', 'Lost', 'near'),
      'persistentvolumeclaim "data" bound to non-existent persistentvolume "near". not found',
    ],
    [
      claim('elsewhere', 'Pending'),
      `1 node(s) didn't find available persistent volumes to bind. no new claims to deallocate, ${noPreemption}`,
    ],
    [
      claim('wffc', 'Bound', 'far'),
      `1 node(s) didn't match PersistentVolume's node affinity. no new claims to deallocate, ${noPreemption}`,
    ],
  ])('because of its claim (%#)', (data, message) => {
    expect(why(data)).toBe(`0/1 nodes are available: ${message}`);
  });

  test('because its claim is being deleted', () => {
    const leaving = { ...bound, metadata: { ...bound.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(why(leaving)).toContain('persistentvolumeclaim "data" is being deleted. not found');
  });

  test('because of its selector or affinity', () => {
    const message = "1 node(s) didn't match Pod's node affinity/selector. no new claims";
    expect(why(bound, { nodeSelector: { disk: 'fast' } })).toContain(message);
    expect(why(bound, affine([hostname('NotIn')]))).toContain(message);
  });

  test('because it asks for more than the node has, all containers together', () => {
    const containers = ['a', 'b'].map((name) => ({ name, resources: { requests: { cpu: '32100m' } } }));
    expect(why(bound, { containers })).toContain('1 Insufficient cpu. no new claims');
    expect(why(bound, { containers: containers.slice(1) })).toBe('fits');
  });
});
