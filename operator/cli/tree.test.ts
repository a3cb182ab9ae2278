import { expect, test } from 'vitest';
import { viewClone } from './clone-view.ts';
import { textOf } from './lines.ts';
import { aCapture, at, type FactsOptions, facts } from './testing/facts.ts';
import { renderTree } from './tree.ts';

const captured = aCapture(
  { name: 'db' },
  { name: 'queue' },
  { name: 'api', after: ['db', 'queue'] },
  { name: 'web', after: ['api'] },
);

function drawn(options: FactsOptions, seconds: number, size = { columns: 100 }): string {
  return renderTree(viewClone(facts(options), at(seconds)), size)
    .map(textOf)
    .join('\n');
}

test('a growing clone is drawn tier by tier', () => {
  const status = {
    phase: 'Starting',
    snapshot: { namespace: 'shop-prod', name: 'shop-1a2b3c4d' },
    pointInTime: {
      requested: '2026-11-21T12:00:00Z',
      achieved: '2026-11-21T12:00:01Z',
      skew: '12ms',
      consistency: 'BestEffort',
    },
  } as const;
  const made = {
    db: { stage: 'Ready', created: 2, ready: 5 },
    queue: { stage: 'Running', created: 2 },
    api: { stage: 'Bound' },
  } as const;
  expect(drawn({ captured, status, made }, 84)).toBe(
    `
shop-copy/copy  Starting  1 of 4 VMs up · 3 of 4 disks · 1m24s
  of shop-prod/shop as of 2026-11-21T12:00:01Z · skew 12ms · BestEffort · captured as shop-prod/shop-1a2b3c4d
tier 0
├─ ● db     Up       tcp 5432  64/64 MiB     3s
└─ ◑ queue  Gate     tcp 5432  64/64 MiB  1m22s
tier 1
└─ · api    Waiting  tcp 5432  64/64 MiB         after queue
tier 2
└─ ◌ web    Disks    tcp 5432   0/64 MiB
`.trim(),
  );
});

test('why a VM failed stands below it, wrapped to the terminal', () => {
  const made = { db: { stage: 'Running', created: 0 } } as const;
  const lines = drawn({ captured: aCapture({ name: 'db' }), made }, 700, { columns: 60 }).split('\n');
  expect(lines.slice(-4)).toEqual([
    'tier 0',
    '└─ ✗ db  Failed  tcp 5432  64/64 MiB  11m40s',
    '     did not pass its gate (tcp 5432) within 600 s: see the',
    '     events of the VM, or raise readiness.timeout',
  ]);
});

test('blockers and warnings stand above the tree', () => {
  const status = {
    phase: 'Blocked',
    blockers: [{ reason: 'AlreadyExists', message: 'VirtualMachine shop-copy/db exists already' }],
    warnings: [{ reason: 'InstanceIDChanges', message: 'VM web has its data on a config drive' }],
  } as const;
  expect(drawn({ status: structuredClone(status) as never }, 3)).toBe(
    `
shop-copy/copy  Blocked  3s
  of shop-prod/shop
  ✗ AlreadyExists: VirtualMachine shop-copy/db exists already
  ! InstanceIDChanges: VM web has its data on a config drive
`.trim(),
  );
});

test('a message from the cluster cannot move the cursor', () => {
  const blockers = [{ reason: 'Bad', message: 'evil\x1b[2Jname' }];
  expect(drawn({ status: { phase: 'Blocked', blockers } }, 3)).not.toContain('\x1b');
});

test('VMs that can only be counted are counted', () => {
  const status = { virtualMachines: { total: 3, created: 0, running: 0, up: 0, failed: 0 } };
  expect(drawn({ status }, 1)).toContain('and 3 VMs that are not made yet');
});

test('a tree that is taller than the terminal keeps what goes on, and counts the others', () => {
  const names = Array.from({ length: 30 }, (_, place) => `vm-${String(place).padStart(2, '0')}`);
  const made = Object.fromEntries([
    ['last', { stage: 'Bound' } as const],
    ...names.map((name, place) => [name, { stage: place === 17 ? 'Running' : 'Ready' } as const]),
  ]);
  const options = {
    captured: aCapture(...names.map((name) => ({ name })), { name: 'last', after: names }),
    made,
    status: { phase: 'Starting' as const },
  };
  const lines = renderTree(viewClone(facts(options), at(20)), { columns: 100, rows: 7 }).map(textOf);
  expect(lines.length).toBeLessThanOrEqual(7);
  expect(lines.slice(-4)).toEqual([
    'tier 0',
    '├─ ◑ vm-17  Gate  tcp 5432  64/64 MiB  20s',
    '└─ 29 more: 29 Up',
    'tier 1  1 VM: 1 Waiting',
  ]);
});
