/**
 * A process of its own that runs programs for another one and outlives it by a moment: whatever way that
 * one ends, SIGKILL included, the channel between them closes, and the programs and their directories go.
 *
 *     tests or demo ──IPC──▶ supervisor ──▶ etcd, kube-apiserver, …   (a process group each)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Order, ProgramToRun, Report } from './supervisor-messages.ts';

const running = new Map<ChildProcess, Promise<void>>();
const directories: string[] = [];

process.on('message', (order: Order) => {
  if (order.type === 'remove') directories.push(order.directory);
  else run(order.id, order.program);
});
process.on('disconnect', () => void end());
// It may be gone already: then no event comes.
if (!process.connected) void end();

function run(id: number, program: ProgramToRun): void {
  const log = openSync(program.log, 'a');
  const child = spawn(program.command, program.args, {
    cwd: program.cwd,
    env: { ...program.env },
    stdio: ['ignore', log, log],
    // A process group of its own can be killed with all that the program started.
    detached: true,
  });
  if (child.pid !== undefined) report({ type: 'started', id, pid: child.pid });
  running.set(child, ended(id, child));
}

function ended(id: number, child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const finish = (how: string, ok: boolean) => {
      running.delete(child);
      report({ type: 'ended', id, how, ok });
      resolve();
    };
    child.once('error', (error) => finish(error.message, false));
    child.once('exit', (code, signal) => finish(signal ? `signal ${signal}` : `code ${code}`, code === 0));
  });
}

function report(message: Report): void {
  // The other side may have gone in this very moment, which `disconnect` tells.
  if (process.connected) process.send?.(message, () => {});
}

// Nothing that they hold is needed any more: SIGKILL, since an API server takes a minute to end politely.
async function end(): Promise<void> {
  for (const child of running.keys()) killGroup(child.pid);
  await Promise.all(running.values());
  for (const directory of directories) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended before, and its exit is on the way.
  }
}
