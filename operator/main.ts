#!/usr/bin/env node
/** The entry: `envclone operator`, `envclone status`, `envclone demo`. The only place where parts are put together. */
import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { registerStatus } from './cli/status.ts';
import { runOperator } from './operator.ts';

const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort());

const program = new Command('envclone')
  .description(
    'Clones whole environments of KubeVirt virtual machines, in dependency order, as they were at one instant.',
  )
  .showHelpAfterError();

program
  .command('operator')
  .description('run the operator')
  .option(
    '--kubeconfig <file>',
    'the cluster; default: KUBECONFIG, ~/.kube/config, the service account of the pod',
  )
  .option(
    '--binder-image <image>',
    'image of the pods that have claims bound; never run, only scheduled',
    'registry.k8s.io/pause:3.10',
  )
  .option('--log-level <level>', 'fatal, error, warn, info, debug or trace', 'info')
  .option('--port <port>', 'of /metrics, /healthz and /readyz; 0 takes a free one', parsePort, 8080)
  .option('--host <address>', 'where these listen', '0.0.0.0')
  .action((options) => runOperator(options, ended.signal));

registerStatus(program, ended.signal);

program
  .command('demo')
  .description('clone a sample environment on a cluster of its own on this machine')
  .option('--keep', 'go on running at the end, until interrupted', false)
  .action(async (options: { keep: boolean }) => {
    process.exitCode = await demonstrate(options);
  });

program.parseAsync().catch((error: unknown) => {
  console.error(`envclone: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});

/** The demo is not part of the image: it builds a control plane, and stands in for KubeVirt and its storage. */
async function demonstrate(options: { keep: boolean }): Promise<number> {
  const demo = new URL('../e2e/demo/demo.ts', import.meta.url);
  if (!existsSync(demo)) throw new Error('the demo runs from a checkout of the sources: npm run demo');
  const { runDemo } = await import(demo.href);
  return runDemo(options, ended.signal);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return port;
}
