/** Every recording of the real systems, replayed on the stand-ins and compared whole. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describe as told } from './compare/difference.ts';
import { standInTestbeds } from './play/testbed.ts';
import { replay, scenarioNames } from './run.ts';

const scenarios = await scenarioNames();
const stopping = new AbortController();
const testbeds = standInTestbeds(console.log);

beforeAll(async () => {
  await Promise.all([testbeds.of('fast'), testbeds.of('recorded')]);
}, 180_000);

afterAll(async () => {
  stopping.abort();
  await testbeds[Symbol.asyncDispose]();
}, 60_000);

describe.concurrent('the stand-ins do what the real systems did in', () => {
  it.for(scenarios)('%s', { timeout: 300_000 }, async (scenario) => {
    const { differences, unused, requests, objects } = await replay(scenario, {
      testbeds,
      signal: stopping.signal,
    });
    expect(differences.map(told)).toEqual([]);
    expect(unused, 'allowed differences that no longer occur').toEqual([]);
    expect(requests).toBeGreaterThan(0);
    expect(objects).toBeGreaterThan(0);
  });
});
