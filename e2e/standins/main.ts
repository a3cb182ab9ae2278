import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Words } from './kubevirt/domain/interview.ts';
import type { Message, Request } from './messages.ts';
import { delayChangesOf, type PaceName, paceOf } from './pace.ts';
import { StandInsProgram } from './program.ts';

/**
 * The program of all stand-ins: `main.ts --kubeconfig FILE --data DIR --pace fast|recorded [--delay NAME=MS…]
 * [--blank-disks-idle]`. It says when it is ready, takes requests from its parent, and ends with it.
 */
async function main(): Promise<void> {
  const options = {
    kubeconfig: { type: 'string' },
    data: { type: 'string' },
    pace: { type: 'string' },
    delay: { type: 'string', multiple: true },
    'blank-disks-idle': { type: 'boolean' },
  } as const;
  const { kubeconfig, data, pace = 'fast', delay = [], ...others } = parseArgs({ options }).values;
  if (kubeconfig === undefined || data === undefined) throw new Error('--kubeconfig and --data are needed');
  if (pace !== 'fast' && pace !== 'recorded') throw new Error('--pace is fast or recorded');
  const program = new StandInsProgram({
    kubeconfig,
    directory: data,
    pace: paceOf(pace satisfies PaceName, delayChangesOf(delay)),
    blankDisksBoot: !others['blank-disks-idle'],
  });
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
  const answered = { kind: 'answer', id: request.id } as const;
  const sent = () => {
    if (request.kind === 'stop') process.exit();
  };
  try {
    tell({ ...answered, words: await carryOut(program, request) }, sent);
  } catch (cause) {
    tell({ ...answered, error: (cause as Error).message }, sent);
  }
}

async function carryOut(program: StandInsProgram, request: Request): Promise<Words | undefined> {
  switch (request.kind) {
    case 'inject':
      await program.inject(request.fault);
      return undefined;
    case 'clear':
      await program.clear(request.name);
      return undefined;
    case 'install':
      await program.install(request.namespace, request.claim, request.system);
      return undefined;
    case 'ask':
      return program.ask(request.namespace, request.name);
    case 'stop':
      return undefined;
  }
}

function tell(message: Message, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
  else sent();
}

main().catch((error: Error) => {
  console.error(error);
  tell({ kind: 'failed', message: error.message }, () => process.exit(1));
});
