import { describe, expect, it } from 'vitest';
import type { VirtualMachine } from '../../cluster/kinds.generated.ts';
import { annotations } from '../../names.ts';
import {
  aCapture,
  aClaim,
  aClonedMachine,
  accepted,
  aMachine,
  aMachineSpec,
  anAttempt,
  anInstance,
  applications,
  build,
  chain,
  claims,
  flatten,
  making,
  noon,
  observedClone,
  told,
  upAndRunning,
} from '../../testing/index.ts';
import { planClone } from './plan.ts';

describe('VMs are made', () => {
  it('as soon as their claims exist and what they depend on is up, and not before', () => {
    expect(making(build({}), 'VirtualMachine')).toEqual([]);
    expect(making(build({ claims: claims('Pending', 'web', 'db') }), 'VirtualMachine')).toEqual(['db']);
    const dbAtGate = {
      ...upAndRunning('db'),
      instances: new Map([['db', anInstance('db', { conditions: [] })]]),
    };
    expect(making(build({ ...dbAtGate, claims: claims('Bound', 'web', 'db') }), 'VirtualMachine')).toEqual(
      [],
    );
    expect(
      making(build({ ...upAndRunning('db'), claims: claims('Bound', 'web', 'db') }), 'VirtualMachine'),
    ).toEqual(['web']);
  });

  it('each after what it names was copied', () => {
    const volumes = [{ name: 'seed', cloudInitNoCloud: { secretRef: { name: 'user-data' } } }];
    const captured = aCapture({ machines: [aMachine('db', { spec: aMachineSpec('db', { volumes }) })] });
    const steps = build({ claims: claims('Bound', 'db') }, { captured });
    expect(told(steps)).toEqual([
      'copy Secret production/user-data to staging',
      'create VirtualMachine staging/db',
    ]);
    expect(steps).toMatchObject([{ step: 'sequence' }]);
  });

  it('whatever they depend on where they were halted', () => {
    const captured = { ...chain, machines: [aMachine('web', { ran: false }), aMachine('db')] };
    expect(making(build({ claims: claims('Bound', 'web') }, { captured }), 'VirtualMachine')).toEqual([
      'web',
    ]);
  });

  const four = aCapture({
    machines: ['a', 'b', 'c', 'd'].map((name) => aMachine(name, { applications: ['db'] })),
  });
  const starting = (name: string) => aClonedMachine(name, { status: { printableStatus: 'Starting' } });

  it('only so many at once that concurrency are starting: a running guest is starting no more', () => {
    const spec = { concurrency: 2 };
    const all = claims('Bound', 'a', 'b', 'c', 'd');
    expect(making(build({ claims: all }, { spec, captured: four }), 'VirtualMachine')).toEqual(['a', 'b']);
    const one = { claims: all, machines: [starting('a')] };
    expect(making(build(one, { spec, captured: four }), 'VirtualMachine')).toEqual(['b']);
    const two = { claims: all, machines: [starting('a'), starting('b')] };
    expect(making(build(two, { spec, captured: four }), 'VirtualMachine')).toEqual([]);
    const running = new Map([['a', anInstance('a', { conditions: [] })]]);
    expect(making(build({ ...two, instances: running }, { spec, captured: four }), 'VirtualMachine')).toEqual(
      ['c'],
    );
  });

  const failed = aClonedMachine('a', {
    status: { conditions: [{ type: 'Failure', status: 'True', reason: 'FailedCreate', message: 'no' }] },
  });
  const withFailure = { claims: claims('Bound', 'a', 'b', 'c', 'd'), machines: [failed] };

  it('no more when one has failed, where onFailure is Stop', () => {
    expect(build(withFailure, { captured: four, ms: 31_000 })).toEqual([]);
  });

  it('all the same when one has failed, where onFailure is Continue, but for those that depend on it', () => {
    const captured = {
      ...four,
      applications: applications({ name: 'db' }, { name: 'web', dependsOn: ['db'] }),
      machines: [...four.machines, aMachine('web')],
    };
    const children = { ...withFailure, claims: [...withFailure.claims, aClaim('web-root')] };
    const steps = build(children, { spec: { onFailure: 'Continue' }, captured, ms: 31_000 });
    expect(making(steps, 'VirtualMachine')).toEqual(['b', 'c', 'd']);
  });
});

describe('before anything is made', () => {
  const ask = (sizes = {}) => {
    const captured = aCapture({ machines: [aMachine('db', { spec: aMachineSpec('db', {}, sizes) })] });
    const attempt = anAttempt({ captured, verdict: accepted });
    const observed = observedClone({ attempt, admission: undefined });
    return planClone(observed, { now: noon, binderImage: '' }).steps;
  };

  it('finding A6: a VM is tried, and its template as an instance, which finds what the VM is let through with', () => {
    expect(told(ask())).toEqual([
      'dry run of VirtualMachine staging/db',
      'dry run of VirtualMachineInstance staging/db',
    ]);
    const [machine, instance] = flatten(ask()).map((step) => step.step === 'dryRun' && step.object);
    const { template } = (machine as VirtualMachine).spec;
    expect(instance).toMatchObject({ spec: template.spec });
  });

  it('finding A6: a template of which an instance type says the size is not tried alone', () => {
    expect(told(ask({ instancetype: { name: 'large' } })).join()).not.toContain('Instance ');
  });
});

describe('a VM with runStrategy Manual', () => {
  const manual = (more: Parameters<typeof aClonedMachine>[1] = {}) => ({
    ...upAndRunning('db'),
    instances: new Map(),
    machines: [aClonedMachine('db', { spec: { runStrategy: 'Manual', template: {} }, status: {}, ...more })],
  });
  const alone = { captured: aCapture() };

  it('finding B §13.6: gets one start, recorded on it', () => {
    const steps = build(manual(), alone);
    expect(told(steps)).toEqual(['start VirtualMachine staging/db', 'label VirtualMachine staging/db']);
    expect(steps).toMatchObject([
      { steps: [{}, { patch: { annotations: { [annotations.started]: 'true' } } }] },
    ]);
  });

  it('finding B §8 stop/restart: gets no second one, also where the record of the first was lost', () => {
    const recorded = { metadata: { name: 'db', annotations: { [annotations.started]: 'true' } } };
    expect(build(manual(recorded), alone)).toEqual([]);
    expect(told(build(manual({ status: { created: true } }), alone))).toEqual([
      'label VirtualMachine staging/db',
    ]);
  });

  it('gets none where it was halted', () => {
    expect(
      flatten(build(manual(), { captured: aCapture({ machines: [aMachine('db', { ran: false })] }) })),
    ).not.toContainEqual(expect.objectContaining({ step: 'start' }));
  });
});
