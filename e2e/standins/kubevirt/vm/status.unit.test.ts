import { expect, test } from 'vitest';
import { conditionOf } from '../conditions.ts';
import { aMachine, anInstance } from '../testing.ts';
import type { VirtualMachine, VirtualMachineInstance } from '../types.ts';
import { restartRequired, templateIsAsStarted } from './restart-required.ts';
import { statusOf } from './status.ts';

function status(vm: VirtualMachine, vmi?: VirtualMachineInstance) {
  const volumes = { unbound: false, provisioning: false, failed: false };
  return statusOf({ vm, vmi, volumes, revision: undefined, requests: [], failure: undefined });
}

test('conditions of an instance that is gone stay until the next one has its own', () => {
  const first = status(aMachine(), anInstance('Running', [{ type: 'LiveMigratable', status: 'False' }]));
  const gone = status(aMachine({}, first));
  expect(conditionOf(gone.conditions, 'LiveMigratable')).toBeDefined();
  expect(conditionOf(gone.conditions, 'Ready')).toMatchObject({ reason: 'VMINotExists' });
  const next = status(aMachine({}, gone), anInstance('Pending'));
  expect(conditionOf(next.conditions, 'LiveMigratable')).toBeUndefined();
  expect(conditionOf(next.conditions, 'Ready')).toMatchObject({ reason: 'VMIConditionMissing' });
});

test('created and ready are there while true, and absent otherwise', () => {
  const ready = status(aMachine(), anInstance('Running', [{ type: 'Ready', status: 'True' }]));
  expect(ready).toMatchObject({ created: true, ready: true });
  const gone = JSON.parse(JSON.stringify(status(aMachine({}, ready))));
  expect(gone).not.toHaveProperty('created');
  expect(gone).not.toHaveProperty('ready');
});

test('an instance that ended before it ran is a start failure, one that ran clears the count', () => {
  const failed = status(aMachine(), anInstance('Failed'));
  expect(failed.startFailure).toMatchObject({ consecutiveFailCount: 1, lastFailedVMIUID: 'uid-of-vmi' });
  expect(status(aMachine({}, failed), anInstance('Failed')).startFailure?.consecutiveFailCount).toBe(1);
  const ran = anInstance('Running');
  const phaseTransitionTimestamps = [{ phase: 'Running' as const, phaseTransitionTimestamp: '' }];
  ran.status = { ...ran.status, phaseTransitionTimestamps };
  expect(status(aMachine({}, failed), ran).startFailure).toBeUndefined();
});

test('a changed template needs a restart, unless only scheduling or labels changed, or it was changed back', () => {
  const started = aMachine();
  const { metadata, spec } = started.spec.template;
  const changed = (template: VirtualMachine['spec']['template']) => aMachine({ template });
  expect(restartRequired(changed({ metadata, spec: { ...spec, hostname: 'h' } }), started)?.status).toBe(
    'True',
  );
  expect(
    restartRequired(changed({ metadata, spec: { ...spec, nodeSelector: { a: 'b' } } }), started),
  ).toBeUndefined();
  const labelled = changed({ metadata: { labels: { a: 'b' } }, spec });
  expect(restartRequired(labelled, started)).toBeUndefined();
  expect(templateIsAsStarted(labelled, started)).toBe(false);
  expect(restartRequired(aMachine(), started)).toBeUndefined();
});
