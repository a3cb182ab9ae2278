/** The operator as a process of its own, as its Deployment runs it. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { type Ending, type RunningProgram, Supervisor } from '../control-plane/supervisor.ts';

export interface OperatorProcess extends AsyncDisposable {
  /** Port of /metrics, /healthz and /readyz on 127.0.0.1. */
  readonly port: number;
  /** Path of its log, one JSON object a line. */
  readonly log: string;
  /** Resolves when it has ended, in whatever way. Never rejects. */
  readonly ended: Promise<Ending>;
  /** Kills it, as a node that dies would, and waits until it has ended. */
  stop(): Promise<void>;
}

export interface OperatorProgram {
  readonly file: string;
  /** As in the environment variable NODE_OPTIONS. */
  readonly nodeOptions?: string;
}

export interface OperatorOptions {
  /** Whose rights it has. */
  readonly kubeconfig: string;
  /** Path of its log, which is appended to. */
  readonly log: string;
  readonly logLevel?: string;
  /** What is run; default: the sources. */
  readonly program?: OperatorProgram;
  readonly signal?: AbortSignal;
}

const sources: OperatorProgram = {
  file: fileURLToPath(new URL('../../operator/main.ts', import.meta.url)),
};
const atMostMs = 30_000;

/** Resolves when its caches are filled. It ends with the process that started it. */
export async function startOperator(options: OperatorOptions): Promise<OperatorProcess> {
  const supervisor = new Supervisor();
  const stop = () => supervisor.stop();
  try {
    const program = supervisor.run({
      name: 'operator',
      command: process.execPath,
      args: argumentsOf(options),
      log: options.log,
      env: { ...process.env, NODE_OPTIONS: (options.program ?? sources).nodeOptions },
    });
    const port = await untilReady(program, options.signal);
    return { port, log: options.log, ended: program.ended, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function argumentsOf({
  kubeconfig,
  logLevel = 'debug',
  program = sources,
}: OperatorOptions): readonly string[] {
  const cluster = ['--kubeconfig', kubeconfig];
  return [
    program.file,
    'operator',
    ...cluster,
    '--port',
    '0',
    '--host',
    '127.0.0.1',
    '--log-level',
    logLevel,
  ];
}

async function untilReady(program: RunningProgram, signal: AbortSignal | undefined): Promise<number> {
  const deadline = Date.now() + atMostMs;
  let ended: string | undefined;
  void program.ended.then(({ how }) => {
    ended = how;
  });
  for (;;) {
    const port = await portIn(program.log);
    if (port !== undefined && (await isReady(port))) return port;
    if (ended)
      throw new Error(`the operator ended (${ended}) before it was ready:\n${await tail(program.log)}`);
    if (Date.now() > deadline) throw new Error(`the operator is not ready:\n${await tail(program.log)}`);
    await sleep(50, undefined, { signal });
  }
}

/** The last one, where several operators have written to the log. */
async function portIn(log: string): Promise<number | undefined> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const port = [...text.matchAll(/"port":(\d+)/g)].at(-1)?.[1];
  return port === undefined ? undefined : Number(port);
}

async function isReady(port: number): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/readyz`);
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

/** The last lines of a log. */
export async function tail(log: string, lines = 12): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
