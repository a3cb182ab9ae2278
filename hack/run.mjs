/**
 * Runs a program of this repository on a machine that has Node 20 or later and nothing installed:
 * `node hack/run.mjs demo|test|bench|replay|generate|bundle|cli …`. Plain JavaScript without dependencies, since it
 * is what installs them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = 24;

/** What each name runs: a TypeScript file and the arguments before the caller's. */
const entries = {
  demo: ['operator/main.ts', 'demo'],
  test: ['hack/test.ts'],
  bench: ['e2e/bench/main.ts'],
  replay: ['e2e/replay/main.ts'],
  generate: ['operator/generate/main.ts'],
  bundle: ['hack/bundle.ts'],
  cli: ['operator/main.ts'],
};

main(process.argv.slice(2));

function main([name, ...args]) {
  const entry = entries[name];
  if (!entry) fail(`usage: node hack/run.mjs ${Object.keys(entries).join('|')} [arguments]`);
  if (!isInstalled()) install();
  const [file, ...first] = entry;
  run(findNode(), [join(root, file), ...first, ...args]);
}

// npm writes this file last, so a broken installation counts as none.
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  return (
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  );
}

function install() {
  console.error('installing dependencies (once, about half a minute)');
  const { status, error } = spawnSync('npm', ['ci', '--no-progress', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error) fail(`npm ci cannot be run: ${error.message}`);
  if (status !== 0) fail('npm ci failed: what it said is above');
}

function findNode() {
  const bundled = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(bundled)) return bundled;
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) return process.execPath;
  return fail(
    `needs Node ${oldestNode} or later here, this is ${process.versions.node}: install a newer one`,
  );
}

function run(node, args) {
  const bin = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(node, args, { stdio: 'inherit', env });
  // A terminal sends an interrupt to both of us: it is not passed on twice.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${node} cannot be run: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
