import { describe, expect, test } from 'vitest';
import { viewClone } from './clone-view.ts';
import { aCapture, at, facts } from './testing/facts.ts';

const captured = aCapture({ name: 'db' }, { name: 'web', after: ['db'] });

function machine(view: ReturnType<typeof viewClone>, name: string) {
  return view.tiers.flatMap(({ machines }) => machines).find((each) => each.name === name);
}

describe('a clone whose capture may be read', () => {
  test('every VM stands in its tier, also those that are not made yet', () => {
    const view = viewClone(facts({ captured }), at(1));
    expect(view.tiers.map(({ machines }) => machines.map(({ name }) => name))).toEqual([['db'], ['web']]);
    expect(view.machines).toEqual({ total: 2, up: 0, failed: 0 });
  });

  test('a VM without its disks is in state Disks, and says how much is bound', () => {
    const db = machine(viewClone(facts({ captured }), at(1)), 'db');
    expect(db).toMatchObject({ state: 'Disks', disks: [{ claim: 'db-root', bytes: 2 ** 26, bound: false }] });
  });

  test('a VM whose turn has not come names the applications that it waits for', () => {
    const view = viewClone(facts({ captured, made: { web: { stage: 'Bound' } } }), at(1));
    expect(machine(view, 'web')).toMatchObject({ state: 'Waiting', message: 'after db' });
  });

  test('a running VM is at its gate, and its time runs from its own creation', () => {
    const view = viewClone(facts({ captured, made: { db: { stage: 'Running', created: 2 } } }), at(5));
    expect(machine(view, 'db')).toMatchObject({ state: 'Gate', gate: 'tcp 5432', elapsedMs: 3000 });
  });

  test('the time of a VM stops when it is up', () => {
    const made = { db: { stage: 'Ready', created: 1, ready: 4 } } as const;
    expect(machine(viewClone(facts({ captured, made }), at(60)), 'db')).toMatchObject({
      state: 'Up',
      elapsedMs: 3000,
    });
  });

  test('a VM that its user restarted after completion keeps the time of the clone', () => {
    const made = { db: { stage: 'Ready', created: 1, ready: 500 } } as const;
    const status = { phase: 'Completed', completedAt: new Date(at(10)).toISOString() } as const;
    expect(machine(viewClone(facts({ captured, made, status }), at(600)), 'db')?.elapsedMs).toBe(9000);
  });

  test('a VM that was halted when it was captured is Halted, and counts as up', () => {
    const halted = aCapture({ name: 'old', ran: false });
    const made = { old: { stage: 'Created', runStrategy: 'Halted' } } as const;
    const view = viewClone(facts({ captured: halted, made }), at(1));
    expect(machine(view, 'old')?.state).toBe('Halted');
    expect(view.machines.up).toBe(1);
  });

  test("KubeVirt's word for a start is only repeated when the start takes long", () => {
    const made = { db: { stage: 'Created' } } as const;
    expect(machine(viewClone(facts({ captured, made }), at(5)), 'db')?.message).toBe('');
    expect(machine(viewClone(facts({ captured, made }), at(15)), 'db')?.message).toBe('Starting');
  });
});

describe('a clone whose capture may not be read', () => {
  const status = {
    virtualMachines: { total: 4, created: 1, running: 1, up: 0, failed: 1 },
    disks: { total: 4, bound: 3, bytes: 400, boundBytes: 300 },
    unfinished: [
      { name: 'db', tier: 0, state: 'Failed', message: 'no node fits' },
      { name: 'web', tier: 1, state: 'Waiting' },
    ],
  } as const;

  test('VMs that exist are shown by their own objects', () => {
    const made = { api: { stage: 'Ready', tier: 1, created: 1, ready: 2 } } as const;
    const api = machine(viewClone(facts({ made }), at(9)), 'api');
    expect(api).toMatchObject({ tier: 1, state: 'Up', gate: 'tcp 5432', elapsedMs: 1000 });
    expect(api?.disks).toEqual([{ claim: 'api-root', bytes: 2 ** 26, bound: true }]);
  });

  test('what the status of the clone says of a VM counts more than what its objects show', () => {
    const view = viewClone(facts({ status: structured(status), made: { db: { stage: 'Running' } } }), at(1));
    expect(machine(view, 'db')).toMatchObject({ state: 'Failed', message: 'no node fits' });
  });

  test('VMs that are not made are named by the status, the others only counted', () => {
    const view = viewClone(facts({ status: structured(status) }), at(1));
    expect(machine(view, 'web')).toMatchObject({ tier: 1, state: 'Waiting' });
    expect(view).toMatchObject({ unnamed: 2, machines: { total: 4 }, disks: { total: 4, bound: 3 } });
  });
});

test('the time of a completed clone stands still', () => {
  const status = { phase: 'Completed', completedAt: new Date(at(10)).toISOString() } as const;
  expect(viewClone(facts({ status }), at(3600)).elapsedMs).toBe(10_000);
});

test('a clone that no operator has looked at for long asks whether there is one', () => {
  expect(viewClone(facts({}), at(1)).message).not.toContain('running');
  expect(viewClone(facts({}), at(30)).message).toContain('is it running?');
});

function structured<T>(value: T) {
  return structuredClone(value) as never;
}
