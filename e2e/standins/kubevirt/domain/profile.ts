import type { Pace } from '../../pace.ts';
import type { VirtualMachineInstance } from '../types.ts';

/**
 * How a guest behaves, by annotations of the VM's template. Without them it boots as fast as the pace says, has an
 * agent, and serves as soon as it has booted.
 */
export interface GuestProfile {
  /** From start to agent and application, in milliseconds. */
  readonly bootMs: number;
  /** From start until what a readinessProbe asks for answers, in milliseconds. */
  readonly servesMs: number;
  readonly hasAgent: boolean;
  /** A disk with nothing to boot from: runs, but never says anything and ignores the power button. */
  readonly boots: boolean;
  /** VMs whose writes its own follow. */
  readonly writesAfter: readonly string[];
}

const PREFIX = 'guest.envclone.test/';

export function profileOf(vmi: VirtualMachineInstance, pace: Pace): GuestProfile {
  const annotation = (name: string) => vmi.metadata.annotations?.[PREFIX + name];
  const milliseconds = (name: string) => secondsToMs(annotation(name));
  const bootMs = milliseconds('boot-seconds') ?? pace.milliseconds('guest boots');
  return {
    bootMs,
    servesMs: milliseconds('serves-after-seconds') ?? bootMs,
    hasAgent: annotation('agent') !== 'false',
    boots: annotation('boots') !== 'false',
    writesAfter: (annotation('writes-after') ?? '').split(/[\s,]+/).filter((name) => name !== ''),
  };
}

function secondsToMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 0) throw new Error(`${PREFIX}*-seconds: "${text}" is no time`);
  return seconds * 1000;
}
