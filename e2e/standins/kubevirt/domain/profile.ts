import type { GuestSystem } from '../../guest/journal.ts';
import type { Pace } from '../../pace.ts';
import type { VirtualMachineInstance } from '../types.ts';

/**
 * How a guest behaves: as the system on its boot disk does, and as fast as the pace says, unless annotations of the
 * VM's template say otherwise.
 */
export interface GuestProfile {
  /** From start to agent and application, in milliseconds. */
  readonly bootMs: number;
  /** From start until what a readinessProbe asks for answers, in milliseconds. */
  readonly servesMs: number;
  /** The port on which it answers; `undefined`: on every one. */
  readonly port?: number;
  readonly hasAgent: boolean;
  /** A disk with nothing to boot from: runs, but never says anything and ignores the power button. */
  readonly boots: boolean;
  /** VMs whose writes its own follow. */
  readonly writesAfter: readonly string[];
}

const HTTP_PORT = 80;
const PREFIX = 'guest.envclone.test/';

export function profileOf(vmi: VirtualMachineInstance, pace: Pace, system: GuestSystem): GuestProfile {
  const annotation = (name: string) => vmi.metadata.annotations?.[PREFIX + name];
  const milliseconds = (name: string) => secondsToMs(annotation(name));
  const isSet = (name: string) => (annotation(name) === undefined ? undefined : annotation(name) !== 'false');
  const bootMs = milliseconds('boot-seconds') ?? pace.milliseconds('guest boots');
  return {
    bootMs,
    servesMs: milliseconds('serves-after-seconds') ?? bootMs + system.servesAfterSeconds * 1000,
    port: system.servesEveryPort ? undefined : HTTP_PORT,
    hasAgent: isSet('agent') ?? system.agent,
    boots: isSet('boots') ?? system.boots,
    writesAfter: (annotation('writes-after') ?? '').split(/[\s,]+/).filter((name) => name !== ''),
  };
}

function secondsToMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 0) throw new Error(`${PREFIX}*-seconds: "${text}" is no time`);
  return seconds * 1000;
}
