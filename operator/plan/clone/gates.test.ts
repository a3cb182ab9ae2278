import { describe, expect, it } from 'vitest';
import type { VirtualMachine, VirtualMachineInstance } from '../../cluster/kinds.generated.ts';
import {
  aCapture,
  aClaim,
  aClonedMachine,
  aDesire,
  aMachine,
  anInstance,
  applications,
  at,
  noon,
} from '../../testing/index.ts';
import { type LiveClone, progressOf } from './gates.ts';

type Condition = NonNullable<NonNullable<VirtualMachine['status']>['conditions']>[number];

const desiredWith = (readiness: object, ran = true) => {
  const captured = aCapture({
    applications: applications({ name: 'db', readiness: readiness as never }),
    machines: [aMachine('db', { ran })],
  });
  return aDesire(captured).machines[0]!;
};
const desired = desiredWith({});
const bound = [aClaim('db-root')];
type Look = Partial<LiveClone> & { readonly claims?: readonly (ReturnType<typeof aClaim> | undefined)[] };
const look = ({ claims = bound, ...live }: Look, ms = 1_000, of = desired) =>
  progressOf(of, { disks: claims.map((claim) => ({ claim })), ...live }, noon + ms);

const condition = (type: string, status: string, since = 0): Condition => ({
  type,
  status,
  reason: 'FailedCreate',
  message: 'it was refused',
  lastTransitionTime: at(since),
});
const shown = (printableStatus: string | undefined, ...conditions: Condition[]) =>
  aClonedMachine('db', { status: { printableStatus, conditions } });
const phase = (name: string, ...conditions: Condition[]): VirtualMachineInstance =>
  anInstance('db', { phase: name, conditions });

describe('a VM of the clone', () => {
  it('waits for its disks, then for its turn, before it is made', () => {
    expect(look({ claims: [undefined] }).state).toBe('Disks');
    expect(look({ claims: [aClaim('db-root', 'Pending')] }).state).toBe('Disks');
    expect(look({})).toMatchObject({ state: 'Waiting', created: false });
  });

  it('is starting until its guest runs, then at its gate, then up', () => {
    expect(look({ machine: shown('Starting') })).toMatchObject({ state: 'Starting', running: false });
    expect(look({ machine: shown('Running'), instance: phase('Running') })).toMatchObject({
      state: 'Gate',
      running: true,
    });
    expect(look({ machine: aClonedMachine(), instance: anInstance() })).toMatchObject({
      state: 'Up',
      message: '',
    });
  });

  it('that was halted is up once its disks are bound, and is never waited for', () => {
    const halted = desiredWith({}, false);
    expect(look({ machine: shown('Stopped'), claims: [aClaim('db-root', 'Pending')] }, 0, halted).state).toBe(
      'Disks',
    );
    expect(look({ machine: shown('Stopped') }, 3_600_000, halted)).toMatchObject({
      state: 'Up',
      passed: new Set(['db']),
    });
  });

  it('whose instance is on its way out has passed nothing', () => {
    const instance = anInstance();
    instance.metadata.deletionTimestamp = at(0);
    expect(look({ machine: aClonedMachine(), instance }).passed.size).toBe(0);
  });
});

describe('a gate', () => {
  const agent = (status: string) => phase('Running', condition('AgentConnected', status));
  const ready = anInstance();

  it.each([
    ['Running', { type: 'Running' }, phase('Scheduled'), phase('Running')],
    ['AgentConnected', { type: 'AgentConnected' }, agent('False'), agent('True')],
    ['Ready', { type: 'Ready' }, phase('Running'), ready],
    ['TCPSocket', { type: 'TCPSocket', tcpSocket: { port: 5432 } }, phase('Running'), ready],
    ['HTTPGet', { type: 'HTTPGet', httpGet: { port: 80 } }, phase('Running'), ready],
    ['Exec', { type: 'Exec', exec: { command: ['true'] } }, phase('Running'), ready],
  ])('of type %s passes when its own sign is there, and not before', (_, readiness, before, after) => {
    const of = desiredWith(readiness);
    expect(look({ machine: aClonedMachine(), instance: before }, 0, of).passed.size).toBe(0);
    expect(look({ machine: aClonedMachine(), instance: after }, 0, of).passed).toEqual(new Set(['db']));
  });

  it('finding C §8: of type Ready wants the VM and its instance to agree', () => {
    const machine = aClonedMachine('db', { status: { ready: false } });
    expect(look({ machine, instance: ready }).state).toBe('Gate');
  });
});

describe('errors on the good path never fail a VM', () => {
  const waitingForClaim = ['Stopped', 'Starting', 'ErrorPvcNotFound', 'ErrorUnschedulable', 'Starting'];
  const tooBig = ['Stopped', 'Starting', 'ErrorUnschedulable'];
  const consumer = ['Stopped', 'WaitingForVolumeBinding', 'Provisioning', 'Starting'];

  it.each([
    ['a claim that comes late', waitingForClaim],
    ['a node that comes late', tooBig],
    ['a claim that waits for its first consumer', consumer],
  ])('finding A8: %s', (_, sequence) => {
    const states = [undefined, ...sequence].map(
      (status, step) => look({ machine: shown(status), instance: phase('Scheduling') }, step * 100_000).state,
    );
    expect(new Set(states)).toEqual(new Set(['Starting']));
  });

  it('finding A8: a condition that passes within 30 s, however old the VM is', () => {
    const machine = shown('Starting', condition('Failure', 'True', 300_000));
    expect(look({ machine }, 329_000).state).toBe('Starting');
    const instance = phase('Scheduled', condition('Synchronized', 'False', 300_000));
    expect(look({ machine: shown('Starting'), instance }, 329_000).state).toBe('Starting');
  });

  it('a condition that is not in its bad state', () => {
    const machine = shown('Starting', condition('Failure', 'False'));
    const instance = phase('Scheduled', condition('Synchronized', 'True'));
    expect(look({ machine, instance }, 300_000).state).toBe('Starting');
  });

  it('finding A8: disks that are not bound, however long that takes', () => {
    const claims = [aClaim('db-root', 'Pending')];
    expect(look({ machine: shown('ErrorUnschedulable'), claims }, 86_400_000).state).toBe('Disks');
  });
});

describe('a VM fails', () => {
  it('finding A7: when Failure lasts, also where it is shown as Stopped', () => {
    const machine = shown('Stopped', condition('Failure', 'True'));
    expect(look({ machine }, 31_000)).toMatchObject({
      state: 'Failed',
      message: 'FailedCreate: it was refused',
    });
  });

  it('finding A7: when Synchronized=False lasts, also where it is shown as Starting', () => {
    const instance = phase('Scheduled', condition('Synchronized', 'False'));
    expect(look({ machine: shown('Starting'), instance }, 31_000).state).toBe('Failed');
  });

  it('when it does not pass its gate within readiness.timeout', () => {
    const of = desiredWith({ type: 'TCPSocket', tcpSocket: { port: 5432 }, timeout: '1m' });
    const live = { machine: shown('Running'), instance: phase('Running') };
    expect(look(live, 60_000, of)).toMatchObject({ state: 'Gate', message: 'waiting for tcp 5432' });
    expect(look(live, 60_001, of)).toMatchObject({
      state: 'Failed',
      message: expect.stringContaining('(tcp 5432) within 60 s'),
    });
  });

  it('not for the time that its disks took to be bound', () => {
    const live = { machine: shown('Starting'), boundAt: noon + 3_600_000 };
    expect(look(live, 3_601_000).state).toBe('Starting');
    expect(look(live, 4_200_001).state).toBe('Failed');
  });

  it('until it passes after all', () => {
    const machine = aClonedMachine('db', {
      status: { ready: true, conditions: [condition('Failure', 'True')] },
    });
    expect(look({ machine, instance: anInstance() }, 3_600_000).state).toBe('Up');
  });

  it('no earlier than the time at which it says to look again', () => {
    const troubled = { machine: shown('Starting', condition('Failure', 'True', 10_000)) };
    for (const live of [troubled, { machine: shown('Starting') }]) {
      const { deadline } = look(live, 11_000);
      expect(look(live, deadline! - noon - 1).state).not.toBe('Failed');
      expect(look(live, deadline! - noon).state).toBe('Failed');
    }
  });
});
