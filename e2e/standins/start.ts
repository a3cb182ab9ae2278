import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './faults.ts';
import type { Message, Request } from './messages.ts';
import type { PaceName } from './pace.ts';

/** Stand-ins for KubeVirt, CDI, the snapshot controller and CSI drivers, at work on one API server. */
export interface StandIns extends AsyncDisposable {
  /** Makes something fail or take longer from now on. */
  inject(fault: Fault): Promise<void>;
  /** Takes back the faults of a name, or all. */
  clear(name?: string): Promise<void>;
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
    inject: (fault) => requests.send({ kind: 'inject', fault }),
    clear: (name) => requests.send({ kind: 'clear', name }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function forkProgram({ kubeconfig, directory, pace }: StandInOptions, log: string): ChildProcess {
  const output = openSync(log, 'a');
  const args = ['--kubeconfig', kubeconfig, '--data', directory, '--pace', pace];
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

/** Numbers requests to the process and waits for each one's answer. */
class Requests {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (error: string | undefined) => void>();
  #last = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: Message) => {
      if (message.kind === 'answer') this.#settle(message.id, message.error);
    });
    child.once('exit', () => {
      for (const id of this.#waiting.keys()) this.#settle(id, 'the stand-ins have ended');
    });
  }

  send(request: Asked<Request>): Promise<void> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (error) => (error === undefined ? resolve() : reject(new Error(error))));
      this.#child.send({ id, ...request }, (error) => error && this.#settle(id, error.message));
    });
  }

  #settle(id: number, error: string | undefined): void {
    this.#waiting.get(id)?.(error);
    this.#waiting.delete(id);
  }
}
