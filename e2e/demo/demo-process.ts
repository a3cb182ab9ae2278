/** The demo as a person runs it, with all that it starts in sight. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../operator/main.ts', import.meta.url));

export class DemoProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Stands for the machine's own, so that what is left in it is the demo's. */
  readonly #temporary: string;
  readonly #ended: Promise<number | NodeJS.Signals>;
  #output = '';

  private constructor(temporary: string) {
    this.#temporary = temporary;
    this.#child = spawn(process.execPath, [main, 'demo'], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(code ?? signal!));
    });
  }

  static async start(): Promise<DemoProcess> {
    return new DemoProcess(await mkdtemp(join(tmpdir(), 'demo-')));
  }

  /** What it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Its exit code, or the signal that ended it. */
  get ended(): Promise<number | NodeJS.Signals> {
    return this.#ended;
  }

  /** Resolves when it has printed this. */
  async says(text: string): Promise<void> {
    for (;;) {
      if (this.#output.includes(text)) return;
      if (this.#child.exitCode !== null) throw new Error(`it ended without "${text}":\n${this.#output}`);
      await sleep(20);
    }
  }

  /** It and every process under it, as `pid start-time`: a pid alone may be another process by then. */
  family(): readonly string[] {
    const all = processes();
    const family = new Set([this.#child.pid!]);
    // Children have not always greater pids than their parents, so until nothing is added.
    for (let size = 0; size !== family.size; ) {
      size = family.size;
      for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
    }
    return all.filter(({ pid }) => family.has(pid)).map(({ id }) => id);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Names of what it has left in its temporary directory. */
  leftFiles(): Promise<readonly string[]> {
    return readdir(this.#temporary);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    await rm(this.#temporary, { recursive: true, force: true });
  }
}

/** Those of a family that still live. */
export function alive(family: readonly string[]): readonly string[] {
  const now = new Set(processes().map(({ id }) => id));
  return family.filter((id) => now.has(id));
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly id: string;
}

function processes(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name of the program may hold spaces and brackets; the fields follow the last one.
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        const isZombie = fields[0] === 'Z';
        return isZombie
          ? []
          : [{ pid: Number(name), parent: Number(fields[1]), id: `${name} ${fields[19]}` }];
      } catch {
        return [];
      }
    });
}
