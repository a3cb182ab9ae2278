import { expect, test } from 'vitest';
import type { Pod, PodCondition } from './objects.ts';
import { accepted, ended, hasConditions, readiness, started } from './pod-status.ts';

function pod(spec: object = {}, conditions: PodCondition[] = []): Pod {
  const containers = [{ name: 'compute' }, { name: 'log' }];
  return { metadata: { name: 'p' }, spec: { containers, ...spec }, status: { conditions } } as unknown as Pod;
}

const node = { ip: '10.250.0.1' };
const gated = { readinessGates: [{ conditionType: 'kubevirt.io/virtual-machine-unpaused' }] };
const gate = (status: 'True' | 'False'): PodCondition => ({
  type: 'kubevirt.io/virtual-machine-unpaused',
  status,
});

function brief(conditions: readonly PodCondition[]): string[] {
  return conditions.map(({ type, status, reason, message }) =>
    [type, status, reason, message].filter((part) => part != null).join(' '),
  );
}

test('an accepted pod waits for its containers, sidecars first', () => {
  const sidecar = { name: 'sidecar', restartPolicy: 'Always' };
  const { phase, conditions } = accepted(pod({ initContainers: [{ name: 'once' }, sidecar] }), node);
  const unready = 'False ContainersNotReady containers with unready status: [sidecar compute log]';
  expect(phase).toBe('Pending');
  expect(brief(conditions)).toEqual([
    'PodReadyToStartContainers False',
    'Initialized False ContainersNotInitialized containers with incomplete status: [once sidecar]',
    `Ready ${unready}`,
    `ContainersReady ${unready}`,
    'PodScheduled True',
  ]);
});

test('a started pod has its address, and is ready unless its probe holds it', () => {
  const status = started(pod(), '10.244.0.5', false);
  expect(status).toMatchObject({ phase: 'Running', podIPs: [{ ip: '10.244.0.5' }] });
  expect(brief(status.conditions)).toContain('Ready True');
  const held = started(pod(), '10.244.0.5', true);
  expect(brief(held.conditions)).toContain(
    'Ready False ContainersNotReady containers with unready status: [compute log]',
  );
});

test('a readiness gate counts beside the containers', () => {
  expect(brief(readiness(pod(gated), false))).toEqual([
    'Ready False ReadinessGatesNotReady corresponding condition of pod readiness gate "kubevirt.io/virtual-machine-unpaused" does not exist.',
    'ContainersReady True',
  ]);
  expect(brief(readiness(pod(gated, [gate('False')]), false))[0]).toBe(
    'Ready False ReadinessGatesNotReady the status of pod readiness gate "kubevirt.io/virtual-machine-unpaused" is not "True", but False',
  );
  expect(brief(readiness(pod(gated, [gate('True')]), false))).toEqual(['Ready True', 'ContainersReady True']);
});

test('a pod ends as its exit code says', () => {
  expect(ended(pod(), 0)).toMatchObject({ phase: 'Succeeded' });
  const failed = ended(pod(), 137);
  expect(failed.phase).toBe('Failed');
  expect(brief(failed.conditions)).toContain('Ready False PodFailed');
  expect(failed.containerStatuses[0]).toMatchObject({
    state: { terminated: { exitCode: 137, reason: 'Error' } },
  });
});

test('conditions are the same when their status and words are, whenever they were set', () => {
  const now = readiness(pod(), true);
  expect(hasConditions(pod({}, now), readiness(pod(), true))).toBe(true);
  expect(hasConditions(pod({}, now), readiness(pod(), false))).toBe(false);
});
