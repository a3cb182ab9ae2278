import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { currentNamespace } from './namespace.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'envclone-cli-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function config(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

test("the namespace is that of the kubeconfig's current context", async () => {
  const path = await config(
    'one',
    'current-context: b\ncontexts: [{name: a}, {name: b, context: {namespace: dev}}]',
  );
  expect(await currentNamespace(path, {})).toBe('dev');
});

test('several files of KUBECONFIG are one: the first current context, wherever it is described', async () => {
  const first = await config('first', 'current-context: b');
  const second = await config(
    'second',
    'current-context: a\ncontexts: [{name: b, context: {namespace: dev}}]',
  );
  expect(await currentNamespace(undefined, { KUBECONFIG: [first, second].join(delimiter) })).toBe('dev');
});

test('without a namespace in it, and without a file, it is "default"', async () => {
  expect(await currentNamespace(await config('none', 'current-context: a\ncontexts: [{name: a}]'), {})).toBe(
    'default',
  );
  expect(await currentNamespace(join(directory, 'missing'), {})).toBe('default');
});
