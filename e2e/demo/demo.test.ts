import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { alive, DemoProcess } from './demo-process.ts';

const timeout = 240_000;

test('two demos at once both clone the shop, find every byte equal, and leave nothing behind', {
  timeout,
}, async () => {
  await using one = await DemoProcess.start();
  await using other = await DemoProcess.start();
  const demos = [one, other];
  const families = await Promise.all(
    demos.map(async (demo) => {
      await demo.says('Starting: 0 of 4');
      return demo.family();
    }),
  );
  for (const [index, demo] of demos.entries()) {
    const family = families[index]!;
    expect(family.length).toBeGreaterThan(5);
    expect(await demo.ended, demo.output).toBe(0);
    expect(demo.output.match(/compared {2}equal/g)).toHaveLength(5);
    expect(demo.output).toContain('of one instant');
    expect(alive(family)).toEqual([]);
    expect(await demo.leftFiles()).toEqual([]);
  }
});

describe('an interrupted demo leaves no process and no file', () => {
  test.for([
    ['while the control plane starts', undefined],
    ['while the stand-ins start', '✔ control plane'],
    ['while the operator starts', '✔ stand-ins'],
    ['while the clone grows', 'Starting: 0 of 4'],
  ] as const)('%s', { timeout }, async ([, moment]) => {
    await using demo = await DemoProcess.start();
    if (moment) await demo.says(moment);
    else await sleep(2000);
    const family = demo.family();
    demo.kill('SIGINT');
    expect(await demo.ended, demo.output).toBe(130);
    expect(alive(family)).toEqual([]);
    expect(await demo.leftFiles()).toEqual([]);
  });
});

test('a demo that is killed leaves no process and no file either, a moment later', { timeout }, async () => {
  await using demo = await DemoProcess.start();
  await demo.says('Starting: 0 of 4');
  const family = demo.family();
  demo.kill('SIGKILL');
  await demo.ended;
  await expect.poll(() => alive(family), { timeout: 10_000 }).toEqual([]);
  expect(await demo.leftFiles()).toEqual([]);
});
