import { describe, expect, it } from 'vitest';
import type { Failure } from '../apply/apply.ts';
import { virtualMachines } from '../cluster/kinds.generated.ts';
import { annotations } from '../names.ts';
import { planClone } from '../plan/clone/plan.ts';
import { EnvironmentClone } from '../schema/environment-clone.ts';
import {
  aCapture,
  aClaim,
  aClone,
  aClonedMachine,
  accepted,
  aMachine,
  aMachineSpec,
  anAttempt,
  anInstance,
  applications,
  at,
  noon,
  observedClone,
  upAndRunning,
} from '../testing/index.ts';
import { summarizeClone } from './environment-clone.ts';

type Parts = Parameters<typeof observedClone>[0];

function summarize(parts: Parts = {}, ms = 1_000, failures: readonly Failure[] = []) {
  const observed = observedClone(parts);
  const plan = planClone(observed, { now: noon + ms, binderImage: 'pause' });
  return summarizeClone({ observed, plan, failures, now: noon + ms });
}

const conditionOf = (status: ReturnType<typeof summarize>, type: string) =>
  status.conditions?.find((condition) => condition.type === type);
const completed = { clone: aClone({}, { annotations: { [annotations.completed]: at(60_000) } }) };
const policies = [{ metadata: { name: 'copy-isolation' }, spec: {} }];
const refused: Failure = {
  step: { step: 'dryRun', kind: virtualMachines, object: { metadata: { name: 'db' } } },
  reason: 'Refused',
  message: 'create VirtualMachine staging/db: quota exceeded',
};

describe('the status of a clone', () => {
  it('counts its VMs, disks and tiers', () => {
    const captured = aCapture({
      applications: applications({ name: 'web', dependsOn: ['db'] }, { name: 'db' }),
      machines: [aMachine('web'), aMachine('db')],
    });
    const attempt = anAttempt({ captured, verdict: accepted });
    const status = summarize({ attempt, children: { ...upAndRunning('db'), policies } });
    expect(status).toMatchObject({
      phase: 'Starting',
      ready: '1/2',
      virtualMachines: { total: 2, created: 1, running: 1, up: 1, failed: 0 },
      disks: { total: 2, bound: 1 },
      tiers: [
        { tier: 0, virtualMachines: 1, created: 1, up: 1 },
        { tier: 1, virtualMachines: 1, created: 0, up: 0 },
      ],
      unfinished: [{ name: 'web', state: 'Disks' }],
      pointInTime: {
        requested: '2026-11-21T12:00:00Z',
        achieved: '2026-11-21T12:00:02Z',
        skew: '2.5s',
        consistency: 'BestEffort',
      },
    });
  });

  it('is a status that the schema allows', () => {
    const status = summarize({ children: { ...upAndRunning('db'), policies } });
    expect(EnvironmentClone.status.parse(status)).toEqual(status);
  });

  it('says the same as before while nothing changes, whatever time it is', () => {
    const before = summarize();
    const again = summarize({ clone: { ...aClone(), status: before } }, 3_600_000);
    expect(again).toEqual(before);
  });

  it('moves lastTransitionTime only when a condition turns', () => {
    const before = summarize({ children: { policies } });
    const children = { policies, claims: [aClaim('db-root')] };
    const after = summarize({ clone: { ...aClone(), status: before }, children }, 9_000);
    expect(conditionOf(after, 'DisksBound')?.lastTransitionTime).toBe('2026-11-21T12:00:09Z');
    expect(conditionOf(after, 'Completed')?.lastTransitionTime).toBe('2026-11-21T12:00:01Z');
  });

  it('keeps what it knew while it cannot look: blocked clones keep their counts', () => {
    const before = summarize({ children: upAndRunning('db') });
    const status = summarize({ clone: { ...aClone(), status: before }, unreadable: 'of another version' });
    expect(status).toMatchObject({
      phase: 'Blocked',
      virtualMachines: before.virtualMachines,
      tiers: before.tiers,
    });
  });

  it('stays under 256 KiB at 1,000 VMs with long names and messages', () => {
    const long = 'é'.repeat(5_000);
    const names = Array.from({ length: 1_000 }, (_, index) => `${'vm-'.repeat(19)}${1_000 + index}`);
    const machines = names.map((name) => aMachine(name, { applications: ['db'] }));
    const failing = names.map((name) =>
      aClonedMachine(name, {
        status: { conditions: [{ type: 'Failure', status: 'True', reason: 'No', message: long }] },
      }),
    );
    const attempt = anAttempt({ captured: aCapture({ machines }), verdict: accepted });
    const children = { machines: failing, claims: names.map((name) => aClaim(`${name}-root`)) };
    const admission = names.map((name) => ({ reason: 'AdmissionRefused', message: `${name}: ${long}` }));
    for (const parts of [
      { attempt, children },
      { attempt, admission },
    ]) {
      const status = summarize(parts, 31_000, [{ ...refused, message: long }]);
      expect(Buffer.byteLength(JSON.stringify(status))).toBeLessThan(256 * 1024);
    }
    expect(summarize({ attempt, children }, 31_000)).toMatchObject({
      phase: 'Failed',
      virtualMachines: { failed: 1_000 },
    });
  });

  it('lists failed VMs first, then those that are furthest', () => {
    const names = ['waiting', 'starting', 'gate', 'failed'];
    const machines = names.map((name) => aMachine(name, { applications: ['db'] }));
    const shown = (name: string, conditions: object[] = []) =>
      aClonedMachine(name, { status: { conditions: conditions as never } });
    const children = {
      claims: names.map((name) => aClaim(`${name}-root`)),
      machines: [
        shown('starting'),
        shown('gate'),
        shown('failed', [{ type: 'Failure', status: 'True', reason: 'No', message: 'no' }]),
      ],
      instances: new Map([['gate', anInstance('gate', { conditions: [] })]]),
    };
    const attempt = anAttempt({ captured: aCapture({ machines }), verdict: accepted });
    expect(summarize({ attempt, children }, 31_000).unfinished?.map(({ name }) => name)).toEqual([
      'failed',
      'gate',
      'starting',
      'waiting',
    ]);
  });

  it('finding B §7, §13.8: warns where cloud-init will run its first-boot actions again', () => {
    const volumes = [{ name: 'seed', cloudInitConfigDrive: { userData: '#cloud-config' } }];
    const machines = [aMachine('db', { spec: aMachineSpec('db', { volumes }) })];
    const attempt = anAttempt({ captured: aCapture({ machines }), verdict: accepted });
    expect(summarize({ attempt }).warnings).toMatchObject([{ reason: 'InstanceIDChanges' }]);
  });
});

describe('the phase of a clone', () => {
  it.each<[string, Parts]>([
    ['Capturing', { attempt: anAttempt() }],
    ['Capturing', { admission: undefined }],
    ['Planned', { clone: aClone({ mode: 'Plan' }) }],
    ['Blocked', { environment: undefined }],
    ['Starting', {}],
    ['Paused', { clone: aClone({ paused: true }) }],
    ['Completed', completed],
    ['Cancelled', { clone: aClone({ cancel: true }), children: upAndRunning('db') }],
    ['Deleting', { clone: aClone({}, { deletionTimestamp: at(0) }) }],
    ['Deleting', { clone: aClone({ expiresAfter: '1ms' }) }],
  ])('is %s', (phase, parts) => {
    expect(summarize(parts).phase).toBe(phase);
  });

  it('is Blocked where a step was refused, and says why', () => {
    const status = summarize({}, 1_000, [refused]);
    expect(status.phase).toBe('Blocked');
    expect(conditionOf(status, 'Planned')).toMatchObject({
      status: 'False',
      reason: 'Refused',
      message: expect.stringContaining('quota'),
    });
  });

  it('goes on where a step only failed this time', () => {
    const status = summarize({}, 1_000, [{ ...refused, reason: 'Failed' }]);
    expect(status.phase).toBe('Starting');
    expect(conditionOf(status, 'Completed')?.reason).toBe('StepFailed');
  });
});

describe('the conditions of a clone', () => {
  it('never claim isolation from a policy alone', () => {
    expect(conditionOf(summarize({ children: { policies } }), 'Isolated')).toMatchObject({
      status: 'Unknown',
      reason: 'PolicyUnverified',
    });
    expect(conditionOf(summarize(), 'Isolated')?.status).toBe('False');
    expect(
      conditionOf(summarize({ clone: aClone({ isolation: { policy: 'None' } }) }), 'Isolated')?.reason,
    ).toBe('NotIsolated');
  });

  it('latch Completed, and let Ready come and go', () => {
    const up = summarize({ ...completed, children: upAndRunning('db') });
    expect([conditionOf(up, 'Completed')?.status, conditionOf(up, 'Ready')?.status]).toEqual([
      'True',
      'True',
    ]);
    const stopped = { ...upAndRunning('db'), instances: new Map() };
    const down = summarize({ ...completed, children: stopped });
    expect([conditionOf(down, 'Completed')?.status, conditionOf(down, 'Ready')?.status]).toEqual([
      'True',
      'False',
    ]);
  });

  it('go by the VMs themselves once the capture of a completed clone is deleted', () => {
    const gone = { ...completed, snapshot: undefined, attempt: undefined };
    const halted = aClonedMachine('old', { spec: { runStrategy: 'Halted', template: {} }, status: {} });
    const ready = { machines: [aClonedMachine('db'), halted] };
    expect(conditionOf(summarize({ ...gone, children: ready }), 'Ready')).toMatchObject({
      status: 'True',
      message: '2 VMs are up',
    });
    const down = { machines: [aClonedMachine('db', { status: { ready: false } })] };
    expect(conditionOf(summarize({ ...gone, children: down }), 'Ready')?.status).toBe('False');
  });

  it('name the VM that failed, and what that stops', () => {
    const machines = [
      aClonedMachine('db', {
        status: { conditions: [{ type: 'Failure', status: 'True', reason: 'No', message: 'no' }] },
      }),
    ];
    const status = summarize({ children: { machines, claims: [aClaim('db-root')], policies } }, 31_000);
    expect(conditionOf(status, 'Completed')).toMatchObject({
      reason: 'VirtualMachineFailed',
      message: 'VM db: No: no; no more VMs are made until it is mended',
    });
  });

  it('finding A8: pass on what the storage complains of, once it lasts', () => {
    const { snapshot } = planClone(observedClone(), { now: noon, binderImage: '' }).desired!.disks[0]!;
    const snapshots = [
      {
        metadata: { name: snapshot },
        spec: { source: {} },
        status: { error: { message: 'pool is full', time: at(0) } },
      },
    ];
    expect(conditionOf(summarize({ children: { snapshots } }), 'DisksBound')?.reason).toBe('Provisioning');
    expect(conditionOf(summarize({ children: { snapshots } }, 30_000), 'DisksBound')).toMatchObject({
      reason: 'StorageError',
      message: expect.stringContaining('pool is full'),
    });
  });
});
