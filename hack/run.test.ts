import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./run.mjs', import.meta.url));

// The demo of a project that has nothing else: it says what it was given and ends as it is told to.
const demo = `
process.on('SIGTERM', () => process.exit(5));
console.log(JSON.stringify(process.argv.slice(2)));
if (process.argv[3] === 'wait') setTimeout(() => {}, 60_000);
else process.exitCode = Number(process.argv[3] ?? 0);
`;

// In place of npm: an installation of nothing but Node, as old as this moment.
const npm = (node: string) => `#!/bin/sh
echo "npm $*" >> "$LOG"
mkdir -p node_modules/.bin && ln -sf "${node}" node_modules/.bin/node
touch node_modules/.package-lock.json
exit \${NPM_EXIT:-0}
`;

describe('hack/run.mjs', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'envclone-run-'));
    await mkdir(join(root, 'hack'));
    await mkdir(join(root, 'operator'));
    await mkdir(join(root, 'bin'));
    await copyFile(program, join(root, 'hack/run.mjs'));
    await writeFile(join(root, 'operator/main.ts'), demo);
    await writeFile(join(root, 'package-lock.json'), '{}');
    await writeFile(join(root, 'bin/npm'), npm(process.execPath));
    await chmod(join(root, 'bin/npm'), 0o755);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('installs the dependencies where there are none, then runs the program with its arguments', async () => {
    const { code, output, complaint } = await run('demo', '0', '--fast');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual(['demo', '0', '--fast']);
    expect(complaint).toBe('installing dependencies (once, about half a minute)\n');
  });

  it('installs nothing where the dependencies are as new as the lock file', async () => {
    await installed();
    expect((await run('demo')).complaint).toBe('');
  });

  it('installs anew where the lock file is newer', async () => {
    await installed();
    const later = new Date(Date.now() + 10_000);
    await utimes(join(root, 'package-lock.json'), later, later);
    expect((await run('demo')).complaint).toContain('installing dependencies');
  });

  it('runs nothing when the installation fails', async () => {
    const { code, output, complaint } = await run('demo', { NPM_EXIT: '1' });
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(complaint).toContain('npm ci failed');
  });

  it('ends with the exit code of the program', async () => {
    await installed();
    expect((await run('demo', '3')).code).toBe(3);
  });

  it('passes a signal on and ends as the program does', async () => {
    await installed();
    const child = start('demo', 'wait');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(5);
  });

  it('says what it can run', async () => {
    const { code, complaint } = await run('nothing');
    expect(code).toBe(1);
    expect(complaint).toContain('demo|test|bench|replay|generate');
  });

  async function installed(): Promise<void> {
    await mkdir(join(root, 'node_modules/.bin'), { recursive: true });
    await symlink(process.execPath, join(root, 'node_modules/.bin/node'));
    await writeFile(join(root, 'node_modules/.package-lock.json'), '{}');
  }

  function start(name: string, argument?: string | Record<string, string>, ...rest: string[]) {
    const [more, env] = typeof argument === 'object' ? [[], argument] : [[argument ?? '0', ...rest], {}];
    return spawn(process.execPath, [join(root, 'hack/run.mjs'), name, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, LOG: join(root, 'log'), ...env },
    });
  }

  async function run(name: string, argument?: string | Record<string, string>, ...rest: string[]) {
    const child = start(name, argument, ...rest);
    const exit = once(child, 'exit');
    const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: (await exit)[0] as number, output, complaint };
  }
});
