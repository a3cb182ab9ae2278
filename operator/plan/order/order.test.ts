import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeOrderProblem, type OrderInput, orderMachines } from './order.ts';

const application = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });
const machine = (name: string, ...applications: string[]) => ({ name, applications });

function tiersOf(input: Partial<OrderInput>) {
  const result = orderMachines({ applications: [], machines: [], coLocated: 'Reject', ...input });
  if ('problem' in result) throw new Error(describeOrderProblem(result));
  return result.order.tiers;
}

function problemOf(input: Partial<OrderInput>) {
  const result = orderMachines({ applications: [], machines: [], coLocated: 'Reject', ...input });
  return 'problem' in result ? describeOrderProblem(result) : undefined;
}

describe('the start order', () => {
  it('puts every VM behind the VMs of the applications that its own depend on', () => {
    const applications = [
      application('web', 'api'),
      application('api', 'db', 'queue'),
      application('db'),
      application('queue'),
    ];
    const machines = [
      machine('w1', 'web'),
      machine('w2', 'web'),
      machine('a', 'api'),
      machine('d', 'db'),
      machine('q', 'queue'),
    ];
    expect(tiersOf({ applications, machines })).toEqual([['d', 'q'], ['a'], ['w1', 'w2']]);
  });

  it('is empty for an Environment without VMs', () => {
    expect(tiersOf({ applications: [application('web')] })).toEqual([]);
  });

  it('does not let a VM wait for itself when it runs an application and what that depends on', () => {
    const applications = [application('api', 'db'), application('db')];
    expect(
      tiersOf({ applications, machines: [machine('both', 'api', 'db'), machine('more', 'db')] }),
    ).toEqual([['more'], ['both']]);
  });

  it('passes over applications that no VM runs, without losing what they depend on', () => {
    const applications = [application('web', 'api'), application('api', 'db'), application('db')];
    expect(tiersOf({ applications, machines: [machine('w', 'web'), machine('d', 'db')] })).toEqual([
      ['d', 'w'],
    ]);
  });

  it('names the dependency that does not exist', () => {
    expect(problemOf({ applications: [application('web', 'apii')] })).toContain('"web" depends on "apii"');
  });

  it('prints a circle of applications, also one of a single application', () => {
    expect(problemOf({ applications: [application('web', 'api'), application('api', 'web')] })).toContain(
      'web → api → web',
    );
    expect(problemOf({ applications: [application('web', 'web')] })).toContain('web → web');
  });

  it('tells a circle of VMs from a circle of applications', () => {
    const applications = [application('a', 'b'), application('b', 'c'), application('c')];
    const machines = [machine('one', 'a', 'c'), machine('two', 'b')];
    expect(problemOf({ applications, machines })).toContain('one (a, c) → two (b) → one (a, c)');
  });

  it('starts VMs together where that is asked for, behind all that any of them waits for', () => {
    const applications = [
      application('a', 'b'),
      application('b', 'c'),
      application('c', 'd'),
      application('d'),
      application('e', 'b'),
    ];
    const machines = [
      machine('one', 'a', 'c'),
      machine('two', 'b'),
      machine('base', 'd'),
      machine('top', 'e'),
    ];
    expect(tiersOf({ applications, machines, coLocated: 'StartTogether' })).toEqual([
      ['base'],
      ['one', 'two'],
      ['top'],
    ]);
  });

  it('finds VMs that all run an application and what it depends on to wait for each other', () => {
    const applications = [application('api', 'db'), application('db')];
    expect(
      problemOf({ applications, machines: [machine('x', 'api', 'db'), machine('y', 'api', 'db')] }),
    ).toContain('x (api, db) → y (api, db)');
  });

  it('equals the definition, edge by edge, on random Environments', () => {
    fc.assert(
      fc.property(randomEnvironment(), (input) => {
        const edges = waitsByDefinition(input);
        const cyclic = hasCycle(edges);
        const result = orderMachines({ ...input, coLocated: 'Reject' });
        expect('problem' in result).toBe(cyclic);
        if ('problem' in result) return;
        for (const [from, targets] of edges) {
          const expected =
            Math.max(-1, ...[...targets].map((target) => result.order.tierOf.get(target)!)) + 1;
          expect(result.order.tierOf.get(from)).toBe(expected);
        }
      }),
      { numRuns: 300, seed: 20261121 },
    );
  });
});

/** Up to 8 applications whose dependencies go downwards (no circle of applications) on up to 8 VMs. */
function randomEnvironment() {
  return fc
    .record({
      dependencies: fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 }),
      placements: fc.array(fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 2 }), {
        minLength: 1,
        maxLength: 8,
      }),
    })
    .map(({ dependencies, placements }) => ({
      applications: dependencies.map((targets, index) => ({
        name: `a${index}`,
        dependsOn: [...new Set(targets.filter((target) => target < index).map((target) => `a${target}`))],
      })),
      machines: placements.map((numbers, index) => ({
        name: `m${index}`,
        applications: numbers.filter((number) => number < dependencies.length).map((number) => `a${number}`),
      })),
    }));
}

type Environment = Omit<OrderInput, 'coLocated'>;

/** The definition: A waits for B if an application on A depends on one on B, and A is not B. */
function waitsByDefinition({ applications, machines }: Environment): Map<string, Set<string>> {
  const dependsOn = new Map(applications.map(({ name, dependsOn }) => [name, new Set(dependsOn)]));
  return new Map(
    machines.map((from) => [
      from.name,
      new Set(
        machines
          .filter(
            (to) =>
              to.name !== from.name &&
              from.applications.some((a) => to.applications.some((b) => dependsOn.get(a)!.has(b))),
          )
          .map((to) => to.name),
      ),
    ]),
  );
}

function hasCycle(edges: Map<string, Set<string>>): boolean {
  const left = new Map([...edges].map(([name, targets]) => [name, new Set(targets)]));
  for (;;) {
    const free = [...left].filter(([, targets]) => targets.size === 0).map(([name]) => name);
    if (free.length === 0) return left.size > 0;
    for (const name of free) left.delete(name);
    for (const targets of left.values()) for (const name of free) targets.delete(name);
  }
}
