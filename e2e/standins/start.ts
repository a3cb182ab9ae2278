import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './faults.ts';
import type { GuestSystem } from './guest/journal.ts';
import type { Words } from './kubevirt/domain/interview.ts';
import type { Message, Request } from './messages.ts';
import type { DelayChanges, PaceName } from './pace.ts';

/** Stand-ins for KubeVirt, CDI, the snapshot controller and CSI drivers, at work on one API server. */
export interface StandIns extends AsyncDisposable {
  /** Makes something fail or take longer from now on. */
  inject(fault: Fault): Promise<void>;
  /** Takes back the faults of a name, or all. */
  clear(name?: string): Promise<void>;
  /** Writes an installed system onto the disk of a claim that is bound and empty: it comes along with every copy. */
  install(namespace: string, claim: string, system: GuestSystem): Promise<void>;
  /** What the running guest of a VM says of itself; `{ error }` where it does not answer. */
  ask(namespace: string, name: string): Promise<Words>;
  /** Ends the process and waits until it has ended. */
  stop(): Promise<void>;
  /** Where volumes and snapshots lie. */
  readonly directory: string;
}

export interface StandInOptions {
  /** Path of a cluster-admin kubeconfig. */
  readonly kubeconfig: string;
  readonly directory: string;
  readonly pace: PaceName;
  readonly delays?: DelayChanges;
  /** Whether a guest installs itself on a disk on which nothing is (default); else there is nothing to boot. */
  readonly blankDisksBoot?: boolean;
}

/** Starts the stand-ins in a process of their own; resolves when all of them watch. */
export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  mkdirSync(options.directory, { recursive: true });
  const log = join(options.directory, 'stand-ins.log');
  const child = forkProgram(options, log);
  const requests = new Requests(child);
  await ready(child, log);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    if (child.connected) child.disconnect();
    await ended;
  };
  return {
    directory: options.directory,
    inject: async (fault) => void (await requests.send({ kind: 'inject', fault })),
    clear: async (name) => void (await requests.send({ kind: 'clear', name })),
    install: async (namespace, claim, system) =>
      void (await requests.send({ kind: 'install', namespace, claim, system })),
    ask: async (namespace, name) => (await requests.send({ kind: 'ask', namespace, name }))!,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function forkProgram(options: StandInOptions, log: string): ChildProcess {
  const { kubeconfig, directory, pace, delays = {}, blankDisksBoot = true } = options;
  const output = openSync(log, 'a');
  const args = ['--kubeconfig', kubeconfig, '--data', directory, '--pace', pace];
  for (const [name, milliseconds] of Object.entries(delays)) args.push('--delay', `${name}=${milliseconds}`);
  if (!blankDisksBoot) args.push('--blank-disks-idle');
  const program = new URL('./main.ts', import.meta.url).pathname;
  try {
    return fork(program, args, { execArgv: [], stdio: ['ignore', output, output, 'ipc'] });
  } finally {
    closeSync(output);
  }
}

async function ready(child: ChildProcess, log: string): Promise<void> {
  const [message] = await Promise.race([
    once(child, 'message') as Promise<[Message]>,
    once(child, 'exit').then(([code]): [Message] => [{ kind: 'failed', message: `ended with ${code}` }]),
  ]);
  if (message.kind === 'ready') return;
  const tail = readFileSync(log, 'utf8').split('\n').slice(-20).join('\n');
  throw new Error(`the stand-ins did not start: ${JSON.stringify(message)}\n${tail}`);
}

type Asked<T> = T extends unknown ? Omit<T, 'id'> : never;

interface Answer {
  readonly error?: string;
  readonly words?: Words;
}

/** Numbers requests to the process and waits for each one's answer. */
class Requests {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: Message) => {
      if (message.kind === 'answer') this.#settle(message.id, message);
    });
    child.once('exit', () => {
      for (const id of this.#waiting.keys()) this.#settle(id, { error: 'the stand-ins have ended' });
    });
  }

  send(request: Asked<Request>): Promise<Words | undefined> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ error, words }) =>
        error === undefined ? resolve(words) : reject(new Error(error)),
      );
      this.#child.send({ id, ...request }, (error) => error && this.#settle(id, { error: error.message }));
    });
  }

  #settle(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
