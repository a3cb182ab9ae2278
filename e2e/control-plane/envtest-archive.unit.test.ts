import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseArchive, unpack } from './envtest-archive.ts';

const index = `
releases:
  v1.35.9:
    envtest-v1.35.9-linux-amd64.tar.gz: { hash: a, selfLink: https://example.test/35 }
  v1.36.2:
    envtest-v1.36.2-linux-amd64.tar.gz: { hash: b, selfLink: https://example.test/2 }
    envtest-v1.36.2-linux-arm64.tar.gz: { hash: c, selfLink: https://example.test/arm }
  v1.36.10:
    envtest-v1.36.10-linux-amd64.tar.gz: { hash: d, selfLink: https://example.test/10 }
  v1.36.11-rc.0:
    envtest-v1.36.11-rc.0-linux-amd64.tar.gz: { hash: e, selfLink: https://example.test/rc }
`;

describe('the envtest archive that is chosen', () => {
  it('is the newest patch of the pinned minor version', () => {
    const archive = chooseArchive(index, 'v1.36.3', 'linux', 'x64');
    expect(archive).toEqual({ version: 'v1.36.10', url: 'https://example.test/10', sha512: 'd' });
  });

  it('is one for this kind of machine', () => {
    expect(chooseArchive(index, 'v1.36.3', 'linux', 'arm64')?.url).toBe('https://example.test/arm');
  });

  it('is none where none was published', () => {
    expect(chooseArchive(index, 'v1.37.0', 'linux', 'x64')).toBeUndefined();
    expect(chooseArchive('', 'v1.36.3', 'linux', 'x64')).toBeUndefined();
  });
});

describe('unpacking an envtest archive', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envclone-archive-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('takes what is wanted and leaves nothing else behind', async () => {
    const target = join(directory, 'target');
    await mkdir(target);
    await unpack(
      await archiveOf(['etcd', 'kube-apiserver', 'kubectl']),
      ['etcd', 'kube-controller-manager'],
      target,
    );
    expect(await readdir(target)).toEqual(['etcd']);
    expect(await readFile(join(target, 'etcd'), 'utf8')).toBe('etcd');
  });

  // Laid out as the published ones are.
  async function archiveOf(names: readonly string[]): Promise<Buffer> {
    const folder = join(directory, 'controller-tools', 'envtest');
    await mkdir(folder, { recursive: true });
    for (const name of names) await writeFile(join(folder, name), name);
    const file = join(directory, 'a.tar.gz');
    await promisify(execFile)('tar', ['-czf', file, '-C', directory, 'controller-tools']);
    return readFile(file);
  }
});
