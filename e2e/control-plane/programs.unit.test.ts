import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProgramName, programNames } from './program-names.ts';
import { findPrograms, type Places, type Source } from './programs.ts';

const pins = { kubernetes: 'v1.36.3', etcd: 'v3.7.3', go: '1.26.0', key: 'key' };

describe('the programs of a control plane', () => {
  let directory: string;
  let asked: string[];
  let said: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envclone-programs-'));
    asked = [];
    said = [];
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const cached = () => join(directory, 'control-plane', 'key');
  const find = (places: Partial<Places> = {}) =>
    findPrograms((line) => said.push(line), {
      cache: directory,
      pins,
      sources: [source('archive', ['etcd', 'kube-apiserver']), source('build', programNames)],
      ...places,
    });

  /** A source that has some programs, and notes for what it was asked. */
  function source(name: string, has: readonly ProgramName[]): Source {
    return async (missing, target) => {
      asked.push(`${name}: ${missing.join(' ')}`);
      for (const program of missing.filter((program) => has.includes(program))) {
        await writeProgram(target, program, 'v9.9.9');
      }
    };
  }

  it('are taken from KUBEBUILDER_ASSETS before anything else', async () => {
    const assets = await writeAssets({ etcd: '3.6.0' });
    await writeAll(cached());
    expect((await find({ assets })).etcd).toBe(join(assets, 'etcd'));
    expect(asked).toEqual([]);
  });

  it('are not taken from KUBEBUILDER_ASSETS where etcd is too old, and the reason is said', async () => {
    const assets = await writeAssets({ etcd: '3.5.21' });
    await writeAll(cached());
    expect((await find({ assets })).etcd).toBe(join(cached(), 'etcd'));
    expect(said).toEqual(['not using KUBEBUILDER_ASSETS: its etcd is 3.5, older than 3.6']);
  });

  it('are not taken from KUBEBUILDER_ASSETS where it has no kube-controller-manager', async () => {
    const assets = await writeAssets({});
    await rm(join(assets, 'kube-controller-manager'));
    await writeAll(cached());
    expect((await find({ assets })).etcd).toBe(join(cached(), 'etcd'));
    expect(said[0]).toContain('has no kube-controller-manager that runs');
  });

  it('are taken from the cache without asking a source', async () => {
    await writeAll(cached());
    expect((await find())['kube-apiserver']).toBe(join(cached(), 'kube-apiserver'));
    expect(asked).toEqual([]);
  });

  it('are downloaded, and built where the download lacks them', async () => {
    await find();
    expect(asked).toEqual([
      'archive: etcd kube-apiserver kube-controller-manager',
      'build: kube-controller-manager',
    ]);
  });

  it('are fetched once when two ask at the same time', async () => {
    const [first, second] = await Promise.all([find(), find()]);
    expect(first).toEqual(second);
    expect(asked).toHaveLength(2);
    expect(said).toEqual(['waiting for another process that is getting the control plane’s programs']);
  });

  it('are fetched anew when what they are pinned to has changed', async () => {
    await writeAll(cached());
    await find({ pins: { ...pins, key: 'other' } });
    expect(asked).toHaveLength(2);
  });

  it('that no source has are named', async () => {
    await expect(find({ sources: [source('archive', ['etcd'])] })).rejects.toThrow(
      'found no way to get kube-apiserver, kube-controller-manager',
    );
    expect(await readdir(cached())).toEqual(['etcd']);
  });

  async function writeAssets(versions: Partial<Record<ProgramName, string>>): Promise<string> {
    const assets = join(directory, 'assets');
    for (const name of programNames) await writeProgram(assets, name, versions[name] ?? '3.7.0');
    return assets;
  }

  async function writeAll(target: string): Promise<void> {
    for (const name of programNames) await writeProgram(target, name, '3.7.0');
  }
});

async function writeProgram(directory: string, name: string, version: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, name), `#!/bin/sh\necho "${name} Version: ${version}"\n`);
  await chmod(join(directory, name), 0o755);
}
