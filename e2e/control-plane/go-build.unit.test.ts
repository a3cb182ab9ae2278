import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildProgram } from './go-build.ts';

const pins = { kubernetes: 'v1.36.3', etcd: 'v3.7.3', go: '1.26.0', key: 'key' };

// A `go` that answers for its version and builds as the test says.
const go = (version: string, build: string) => `#!/bin/sh
if [ "$1" = env ]; then printf '${version}\\nlocal\\n'; exit 0; fi
while [ "$1" != -o ]; do shift; done
output=$2
${build}
`;

describe('building a program from Go modules', { timeout: 20_000 }, () => {
  let directory: string;
  let cache: string;
  let said: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envclone-go-'));
    cache = join(directory, 'cache');
    said = [];
    vi.stubEnv('PATH', `${directory}:/usr/bin:/bin`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true, force: true });
  });

  const build = () => buildProgram('etcd', cache, pins, (line) => said.push(line));

  async function goThat(script: string, version = 'go1.26.8'): Promise<void> {
    await writeFile(join(directory, 'go'), go(version, script));
    await chmod(join(directory, 'go'), 0o755);
  }

  it('leaves the program and nothing else, and says what it did', async () => {
    await goThat('echo built > "$output"');
    await build();
    expect(await readdir(cache)).toEqual(['etcd']);
    expect(await readFile(join(cache, 'etcd'), 'utf8')).toBe('built\n');
    expect(said).toEqual([
      'building etcd v3.7.3 from Go modules (once, about 1 min on two cores)',
      expect.stringMatching(/: done after \d+ s$/),
    ]);
  });

  it('leaves nothing when it fails', async () => {
    await goThat('echo half > "$output"; exit 1');
    await expect(build()).rejects.toThrow('etcd was not built: go build ended with code 1');
    expect(await readdir(cache)).toEqual([]);
  });

  it.each([
    ['write /tmp/x: no space left on device', 'the disk is full'],
    ['dial tcp: lookup proxy: no such host', 'the Go module proxy cannot be reached'],
  ])('explains %o', async (line, cause) => {
    await goThat(`echo "go: ${line}" >&2; exit 1`);
    await expect(build()).rejects.toThrow(cause);
    await expect(build()).rejects.toThrow(line);
  });

  it('asks for Go where there is none', async () => {
    vi.stubEnv('PATH', directory);
    await expect(build()).rejects.toThrow('there is no go on PATH: install Go 1.26.0 or later');
  });

  it('asks for a newer Go where it is too old', async () => {
    await goThat('', 'go1.9.7');
    await expect(build()).rejects.toThrow('go1.9.7 is too old: install Go 1.26.0 or later');
  });
});
