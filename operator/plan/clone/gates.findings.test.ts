import { describe, expect, it } from 'vitest';
import {
  aCapture,
  aClaim,
  aClonedMachine,
  aDesire,
  anInstance,
  applications,
  at,
  noon,
} from '../../testing/index.ts';
import { progressOf } from './gates.ts';

const desiredWith = (type: string) =>
  aDesire(aCapture({ applications: applications({ name: 'db', readiness: { type } as never }) }))
    .machines[0]!;
const condition = (type: string, status: string) => ({ type, status, lastTransitionTime: at(0) });
const shown = (printableStatus: string) => aClonedMachine('db', { status: { printableStatus } });
const phase = (name: string, ...conditions: ReturnType<typeof condition>[]) =>
  anInstance('db', { phase: name, conditions });

type Live = Partial<Parameters<typeof progressOf>[1]>;
const look = (live: Live, ms: number, of = desiredWith('Ready')) =>
  progressOf(of, { disks: [{ claim: aClaim('db-root') }], ...live }, noon + ms);

describe('never fails a VM:', () => {
  it('finding A8: a condition from before its disks were there, for as long again', () => {
    const instance = phase('Pending', condition('Synchronized', 'False'));
    const live = { machine: shown('ErrorPvcNotFound'), instance, boundAt: noon + 300_000 };
    expect(look(live, 329_999).state).toBe('Starting');
    expect(look(live, 331_000).state).toBe('Failed');
  });

  it.each(['Failed', 'Succeeded'])(
    'finding B §8 phases, D Guest powers off: an instance that ended %s: a guest may be told to, or be started again',
    (ended) => {
      expect(look({ machine: shown('Stopped'), instance: phase(ended) }, 300_000).state).toBe('Starting');
    },
  );

  it('finding B §8 pause: a VM that is paused: it is running and not ready', () => {
    const instance = phase('Running', condition('Paused', 'True'), condition('Ready', 'False'));
    expect(look({ machine: shown('Paused'), instance }, 300_000)).toMatchObject({ state: 'Gate' });
  });

  it('finding B §8 ladder: an agent whose version is not supported for a moment', () => {
    const of = desiredWith('AgentConnected');
    const flickers = condition('AgentVersionNotSupported', 'True');
    const instance = phase('Running', flickers, condition('AgentConnected', 'True'));
    expect(look({ machine: shown('Running'), instance }, 300_000, of).state).toBe('Up');
  });
});
