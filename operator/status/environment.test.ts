import { describe, expect, it } from 'vitest';
import type { PlacedNow } from '../observe/environment.ts';
import { orderMachines } from '../plan/order/order.ts';
import { Environment } from '../schema/environment.ts';
import { anEnvironment, applications, aSnapshot, at, noon } from '../testing/index.ts';
import { summarizeEnvironment } from './environment.ts';

const shop = anEnvironment({
  applications: applications({ name: 'web', dependsOn: ['db'] }, { name: 'db' }),
});
const placed = (name: string, application: string, running = true): PlacedNow => ({
  name,
  applications: [application],
  running,
});
const running = [placed('web-1', 'web'), placed('db-1', 'db'), placed('db-2', 'db', false)];

function summarize(machines: readonly PlacedNow[] = running, environment = shop) {
  const result = orderMachines({ ...environment.spec, machines });
  const pointInTime = { requested: at(0), achieved: at(0) };
  const lastCapture = aSnapshot({ status: { phase: 'Complete', pointInTime } });
  return summarizeEnvironment({ environment, machines, lastCapture }, result, noon);
}

const conditionOf = (status: ReturnType<typeof summarize>, type: string) =>
  status.conditions?.find((condition) => condition.type === type);

describe('the status of an Environment', () => {
  it('says where its applications run, in which order, and when it was captured last', () => {
    const status = summarize();
    expect(status).toMatchObject({
      virtualMachines: 3,
      tierCount: 2,
      order: 'db-1, db-2 → web-1',
      placements: [
        { application: 'web', virtualMachines: 1, running: 1, tier: 1 },
        { application: 'db', virtualMachines: 2, running: 1, tier: 0 },
      ],
      lastCapture: { snapshot: 'nightly', time: at(0) },
    });
    expect(Environment.status.parse(status)).toEqual(status);
  });

  it.each([
    ['NoVirtualMachine', 'web', running.slice(1)],
    ['NotRunning', 'db', [running[0]!, running[2]!]],
  ])('is not ready for %s, and names the application', (reason, application, machines) => {
    expect(conditionOf(summarize(machines), 'Ready')).toMatchObject({
      status: 'False',
      reason,
      message: expect.stringContaining(application),
    });
  });

  it('is not ready for a circle, and prints it', () => {
    const circle = anEnvironment({
      applications: applications({ name: 'web', dependsOn: ['db'] }, { name: 'db', dependsOn: ['web'] }),
    });
    expect(conditionOf(summarize(running, circle), 'Ready')).toMatchObject({
      reason: 'ApplicationCycle',
      message: expect.stringContaining('web → db → web'),
    });
  });

  it('stays small at 1,000 VMs', () => {
    const machines = Array.from({ length: 1_000 }, (_, index) =>
      placed(`vm-${index}`, index % 2 ? 'web' : 'db'),
    );
    expect(JSON.stringify(summarize(machines)).length).toBeLessThan(4_096);
  });
});
