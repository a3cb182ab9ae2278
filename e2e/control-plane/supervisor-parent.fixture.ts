/** A process that runs a program by a supervisor, until it is killed. */
import { Supervisor } from './supervisor.ts';

const { LOG, STATE, SCRIPT } = process.env as Record<string, string>;
const supervisor = new Supervisor();
supervisor.removeAtEnd(STATE!);
supervisor.run({ name: 'shell', command: '/bin/sh', args: ['-c', SCRIPT!], log: LOG! });
