import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { modulesDirectory, type Pins } from './pins.ts';
import type { ProgramName, Progress } from './program-names.ts';
import { Supervisor } from './supervisor.ts';

interface Recipe {
  readonly module: string;
  readonly package: string;
  /** On two cores, with nothing compiled before. */
  readonly minutes: number;
}

const recipes: Readonly<Record<ProgramName, Recipe>> = {
  etcd: { module: 'etcd', package: '.', minutes: 1 },
  'kube-apiserver': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver', minutes: 5 },
  'kube-controller-manager': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    minutes: 1,
  },
};

const sayEveryMs = 20_000;

/** Builds a program from the pinned Go modules into `directory`, where it appears only when it is whole. */
export async function buildProgram(
  name: ProgramName,
  directory: string,
  pins: Pins,
  progress: Progress,
): Promise<void> {
  await needGo(name, pins);
  await mkdir(directory, { recursive: true });
  const scratch = await mkdtemp(join(directory, `${name}.part-`));
  await using supervisor = new Supervisor();
  supervisor.removeAtEnd(scratch);
  const part = join(scratch, name);
  await withElapsed(whatIsBuilt(name, pins), progress, () => build(supervisor, name, part, pins));
  await rename(part, join(directory, name));
}

async function build(supervisor: Supervisor, name: ProgramName, output: string, pins: Pins): Promise<void> {
  const recipe = recipes[name];
  const log = `${output}.log`;
  const { ended } = supervisor.run({
    name: `go build ${name}`,
    command: 'go',
    args: [
      'build',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags',
      linkFlags(pins),
      '-o',
      output,
      recipe.package,
    ],
    cwd: join(modulesDirectory, recipe.module),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
    log,
  });
  const ending = await ended;
  if (!ending.ok) throw new Error(explain(name, ending.how, await readFile(log, 'utf8').catch(() => '')));
}

// Without a version the programs call themselves v0.0.0-master, and clients' version checks go wrong.
function linkFlags({ kubernetes }: Pins): string {
  const [major, minor] = kubernetes.slice(1).split('.');
  const values = { gitVersion: kubernetes, gitMajor: major, gitMinor: minor };
  const set = Object.entries(values).map(
    ([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`,
  );
  return ['-s', '-w', ...set].join(' ');
}

async function needGo(name: ProgramName, pins: Pins): Promise<void> {
  const answer = await promisify(execFile)('go', ['env', 'GOVERSION', 'GOTOOLCHAIN']).catch(() => undefined);
  const instead =
    'or set KUBEBUILDER_ASSETS to a directory that has etcd, kube-apiserver and kube-controller-manager';
  if (answer === undefined) {
    throw new Error(
      `${name} has to be built, and there is no go on PATH: install Go ${pins.go} or later, ${instead}`,
    );
  }
  const [version = '', toolchain = ''] = answer.stdout.split('\n');
  // With another setting Go fetches the version that go.mod asks for by itself.
  if (toolchain === 'local' && isOlder(version.replace('go', ''), pins.go)) {
    throw new Error(
      `${name} has to be built, and ${version} is too old: install Go ${pins.go} or later, ${instead}`,
    );
  }
}

function isOlder(version: string, least: string): boolean {
  return version.localeCompare(least, 'en', { numeric: true }) < 0;
}

function whatIsBuilt(name: ProgramName, pins: Pins): string {
  const version = name === 'etcd' ? pins.etcd : pins.kubernetes;
  return `building ${name} ${version} from Go modules (once, about ${recipes[name].minutes} min on two cores)`;
}

async function withElapsed(what: string, progress: Progress, work: () => Promise<void>): Promise<void> {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  progress(what);
  const timer = setInterval(() => progress(`${what}: ${seconds()} s`), sayEveryMs);
  try {
    await work();
    progress(`${what}: done after ${seconds()} s`);
  } finally {
    clearInterval(timer);
  }
}

const causes: readonly (readonly [RegExp, string])[] = [
  [/no space left on device/, 'the disk is full: Go needs some 4 GB for its build cache and modules'],
  [
    /dial tcp|no such host|i\/o timeout|connection refused|proxyconnect/,
    'the Go module proxy cannot be reached',
  ],
  [/requires go >= /, 'this version of Go is too old'],
];

function explain(name: string, how: string, log: string): string {
  const cause = causes.find(([pattern]) => pattern.test(log))?.[1] ?? `go build ended with ${how}`;
  const tail = log.trim().split('\n').slice(-5).join('\n');
  return `${name} was not built: ${cause}\n${tail}`;
}
