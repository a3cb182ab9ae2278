/** `envclone status`: a clone as a tree of its VMs, now or while it grows. */
import { type Command, Option } from 'commander';
import { type ClusterClient, connect } from '../cluster/index.ts';
import { environmentClones } from '../cluster/kinds.generated.ts';
import type { EnvironmentCloneObject } from '../schema/index.ts';
import type { CloneView } from './clone-view.ts';
import { type Display, displayOn, paint, sizeOf } from './display.ts';
import { followClone, readClone } from './follow-clone.ts';
import { currentNamespace } from './namespace.ts';
import { renderTree } from './tree.ts';

interface StatusOptions {
  readonly namespace?: string;
  readonly watch: boolean;
  readonly kubeconfig?: string;
  readonly output: 'tree' | 'json';
}

/** A message for the person who typed the command; no stack, exit code 1. */
class UsageError extends Error {}

const interrupted = 130;

export function registerStatus(program: Command, signal: AbortSignal): void {
  program
    .command('status')
    .description('show how far an EnvironmentClone is, VM by VM in the order in which they start')
    .argument('[name]', 'the EnvironmentClone; may be left out where the namespace has one')
    .option('-n, --namespace <namespace>', 'its namespace; default: that of the current context')
    .option('-w, --watch', 'follow it until it is completed (exit code 0) or gone (1)', false)
    .option('--kubeconfig <file>', 'the cluster; default: KUBECONFIG, ~/.kube/config')
    .addOption(new Option('-o, --output <format>').choices(['tree', 'json']).default('tree'))
    .action(async (name: string | undefined, options: StatusOptions) => {
      process.exitCode = await showStatus(name, options, signal);
    });
}

async function showStatus(
  name: string | undefined,
  options: StatusOptions,
  signal: AbortSignal,
): Promise<number> {
  const stopped = AbortSignal.any([signal, readerLeft(process.stdout)]);
  const { kubeconfig } = options;
  await using client = connect({
    kubeconfig,
    fieldManager: 'envclone-cli',
    userAgent: 'envclone-cli',
    signal: stopped,
  });
  try {
    const namespace = options.namespace ?? (await currentNamespace(kubeconfig));
    const clone = await findClone(client, namespace, name);
    return await (options.watch
      ? watch(client, clone, options, stopped)
      : once(client, clone, options, stopped));
  } catch (error) {
    if (signal.aborted) return interrupted;
    if (stopped.aborted) return 0;
    throw error;
  }
}

/** `envclone status | head` ends when its reader has seen enough. */
function readerLeft(stream: NodeJS.WriteStream): AbortSignal {
  const left = new AbortController();
  stream.on('error', () => left.abort());
  return left.signal;
}

async function findClone(
  client: ClusterClient,
  namespace: string,
  name: string | undefined,
): Promise<EnvironmentCloneObject> {
  const clone = name ? await client.get(environmentClones, { namespace, name }) : undefined;
  if (clone) return clone;
  const { items } = await client.list(environmentClones, { namespace });
  if (!name && items.length === 1) return items[0]!;
  const names = items.map(({ metadata }) => metadata.name).join(', ');
  const there = names ? `there are: ${names}` : 'there is none; choose another namespace with -n';
  throw new UsageError(
    name
      ? `namespace ${namespace} has no EnvironmentClone "${name}"; ${there}`
      : `which EnvironmentClone of namespace ${namespace}? ${there}`,
  );
}

async function once(
  client: ClusterClient,
  clone: EnvironmentCloneObject,
  { output }: StatusOptions,
  signal: AbortSignal,
): Promise<number> {
  const view = await readClone(client, clone, signal);
  if (!view) throw new UsageError(`EnvironmentClone ${clone.metadata.name} has just gone`);
  const { stdout } = process;
  if (output === 'json') stdout.write(`${JSON.stringify(view, undefined, 2)}\n`);
  else {
    const columns = stdout.isTTY ? sizeOf(stdout)[0] : Number.POSITIVE_INFINITY;
    for (const line of renderTree(view, { columns })) stdout.write(`${paint(line, stdout)}\n`);
  }
  return 0;
}

async function watch(
  client: ClusterClient,
  clone: EnvironmentCloneObject,
  { output }: StatusOptions,
  signal: AbortSignal,
): Promise<number> {
  const display = output === 'json' ? new JsonDisplay() : displayOn(process.stdout);
  const end = await followClone(client, clone, display, signal);
  if (end.ending === 'Gone') {
    console.error(`EnvironmentClone ${clone.metadata.namespace}/${clone.metadata.name} is gone`);
    return 1;
  }
  return end.view.phase === 'Cancelled' ? 1 : 0;
}

/** One view a line, for programs. */
class JsonDisplay implements Display {
  readonly live = false;

  show(view: CloneView): void {
    process.stdout.write(`${JSON.stringify(view)}\n`);
  }

  end(): void {}
}
