import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runVitest } from './run-vitest.ts';

// Real runs of vitest on small files: what is counted is what it reports, whatever version it is.
describe('the counts of a test run', { timeout: 60_000 }, () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envclone-counts-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function countsOf(...files: string[]): Promise<object> {
    for (const [index, body] of files.entries()) {
      await writeFile(join(directory, `${index}.test.mjs`), body);
    }
    return runVitest(directory, ['--globals', '--passWithNoTests'], 'ignore');
  }

  it('are the tests that passed, failed and were skipped', async () => {
    const body = `
      test('a', () => {});
      test('b', () => {});
      test('c', () => { expect(1).toBe(2); });
      test.skip('d', () => {});
      test.todo('e');`;
    expect(await countsOf(body)).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('have a failure for each file that cannot be loaded', async () => {
    const broken = `throw new Error('no');`;
    expect(await countsOf(`test('a', () => {});`, broken, broken)).toEqual({
      passed: 1,
      failed: 2,
      skipped: 0,
    });
  });

  it('have a failure for each rejection that nobody caught', async () => {
    const body = `test('a', async () => {
      void Promise.reject(new Error('one'));
      void Promise.reject(new Error('two'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    });`;
    expect(await countsOf(body)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('have a failure for each suite whose hook fails', async () => {
    const suite = (name: string) => `
      describe('${name}', () => {
        beforeAll(() => { throw new Error('no'); });
        test('never begins', () => {});
      });`;
    const body = `test('a', () => {}); ${suite('b')} ${suite('c')}`;
    expect(await countsOf(body)).toMatchObject({ passed: 1, failed: 2 });
  });

  it('are a failure where there are no tests', async () => {
    expect(await countsOf()).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
