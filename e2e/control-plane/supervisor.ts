import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Order, ProgramToRun, Report } from './supervisor-messages.ts';

export type { ProgramToRun } from './supervisor-messages.ts';

/** How a program ended: `how` is its exit code or signal in words. */
export interface Ending {
  readonly ok: boolean;
  readonly how: string;
}

export interface RunningProgram {
  readonly name: string;
  readonly log: string;
  /** Resolves when the program has ended, in whatever way. Never rejects. */
  readonly ended: Promise<Ending>;
}

/**
 * Runs programs that end with this process, also when it is killed with SIGKILL: a process of its own is
 * their parent. Should that one be killed instead, this one kills them.
 */
export class Supervisor implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #endings = new Map<number, (ending: Ending) => void>();
  readonly #pids = new Map<number, number>();
  readonly #directories: string[] = [];
  #runs = 0;

  constructor() {
    this.#process = fork(fileURLToPath(new URL('./supervisor-process.ts', import.meta.url)), {
      // Own session: an interrupt typed at the terminal must not reach it before it reaches us.
      detached: true,
      execArgv: [],
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process.on('message', (report: Report) => this.#hear(report));
    this.#gone = once(this.#process, 'exit').then(() => this.#cleanUp());
  }

  /** Of the process that is the programs' parent. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Starts a program. That it cannot be started is an ending like another. */
  run(program: ProgramToRun): RunningProgram {
    const id = ++this.#runs;
    const { promise: ended, resolve } = Promise.withResolvers<Ending>();
    this.#endings.set(id, resolve);
    this.#send({ type: 'run', id, program });
    return { name: program.name, log: program.log, ended };
  }

  /** Has a directory removed after every program has ended. */
  removeAtEnd(directory: string): void {
    this.#directories.push(directory);
    this.#send({ type: 'remove', directory });
  }

  /** Ends every program and resolves when they and the directories are gone. Safe to call twice. */
  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#gone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #send(order: Order): void {
    // Where it has gone, `#cleanUp` tells of it.
    if (this.#process.connected) this.#process.send(order, () => {});
  }

  #hear(report: Report): void {
    if (report.type === 'started') this.#pids.set(report.id, report.pid);
    else this.#end(report.id, { ok: report.ok, how: report.how });
  }

  #end(id: number, ending: Ending): void {
    this.#pids.delete(id);
    this.#endings.get(id)?.(ending);
    this.#endings.delete(id);
  }

  async #cleanUp(): Promise<void> {
    for (const pid of this.#pids.values()) killGroup(pid);
    for (const id of this.#endings.keys()) this.#end(id, { ok: false, how: 'its supervisor ended' });
    for (const directory of this.#directories) {
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone, as it is after every ordinary end.
  }
}
