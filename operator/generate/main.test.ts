import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'envclone-generate-'));
const stale = join(copy, 'crds/envclone.io_environments.yaml');

beforeAll(() => {
  const folders = [
    'operator/generate',
    'operator/schema',
    'operator/controllers',
    'operator/cluster',
    'crds',
    'charts',
  ];
  for (const folder of [...folders, 'e2e/crds', 'package.json'])
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true }));

const generate = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [join(copy, 'operator/generate/main.ts'), ...args]);

describe('main.ts', { timeout: 60_000 }, () => {
  it('finds nothing stale after it has written', async () => {
    await generate();
    expect((await generate('--check')).stdout).toContain('up to date');
  });

  it('with --check fails on a stale file, names it and how to mend it, and leaves it as it is', async () => {
    appendFileSync(stale, '# edited by hand\n');
    await expect(generate('--check')).rejects.toMatchObject({
      code: 1,
      stderr: 'crds/envclone.io_environments.yaml is stale: `npm run generate` writes it anew\n',
    });
    expect(readFileSync(stale, 'utf8')).toContain('# edited by hand');
  });

  it('also works when a kind is missing from the registry that its own imports read', async () => {
    const registry = join(copy, 'operator/cluster/kinds.generated.ts');
    const complete = readFileSync(registry, 'utf8');
    writeFileSync(registry, complete.replace('export const pods:', 'export const gone:'));
    await expect(generate('--check')).rejects.toMatchObject({
      stderr: 'operator/cluster/kinds.generated.ts is stale: `npm run generate` writes it anew\n',
    });
    await generate();
    expect(readFileSync(registry, 'utf8')).toBe(complete);
  });

  it('writes a stale file anew', async () => {
    appendFileSync(stale, '# edited by hand\n');
    expect((await generate()).stdout).toBe('wrote crds/envclone.io_environments.yaml\n');
    expect(readFileSync(stale, 'utf8')).not.toContain('# edited by hand');
  });
});
