import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Message, Request } from './messages.ts';
import { type PaceName, paceOf } from './pace.ts';
import { StandInsProgram } from './program.ts';

/**
 * The program of all stand-ins: `main.ts --kubeconfig FILE --data DIR --pace fast|recorded`. It says when it is
 * ready, takes requests from its parent, and ends with it.
 */
async function main(): Promise<void> {
  const options = {
    kubeconfig: { type: 'string' },
    data: { type: 'string' },
    pace: { type: 'string' },
  } as const;
  const { kubeconfig, data, pace = 'fast' } = parseArgs({ options }).values;
  if (kubeconfig === undefined || data === undefined) throw new Error('--kubeconfig and --data are needed');
  if (pace !== 'fast' && pace !== 'recorded') throw new Error('--pace is fast or recorded');
  const program = new StandInsProgram(kubeconfig, data, paceOf(pace satisfies PaceName));
  endWithParent(program);
  // A parent that ended while this program was being loaded is only noticed once events are delivered.
  await setImmediate();
  if (process.connected === false) process.exit();
  await program.start();
  tell({ kind: 'ready' });
  await program.run();
}

function endWithParent(program: StandInsProgram): void {
  process.on('disconnect', () => process.exit());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit());
  process.on('message', (request: Request) => void answer(program, request));
}

async function answer(program: StandInsProgram, request: Request): Promise<void> {
  let error: string | undefined;
  try {
    if (request.kind === 'inject') await program.inject(request.fault);
    if (request.kind === 'clear') await program.clear(request.name);
  } catch (cause) {
    error = (cause as Error).message;
  }
  tell({ kind: 'answer', id: request.id, error }, () => {
    if (request.kind === 'stop') process.exit();
  });
}

function tell(message: Message, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
  else sent();
}

main().catch((error: Error) => {
  console.error(error);
  tell({ kind: 'failed', message: error.message }, () => process.exit(1));
});
