import { setTimeout as sleep } from 'node:timers/promises';
import { cdiDelays } from './cdi/delays.ts';
import { kubevirtDelays } from './kubevirt/delays.ts';
import { nodeDelays } from './node/delays.ts';
import { storageDelays } from './storage/delays.ts';

/**
 * How long something takes, in milliseconds: as `recorded` (and where it was `seen`), and in a `fast` suite, where
 * everything happens in the same order, soon.
 */
export interface Delay {
  readonly recorded: number;
  readonly fast: number;
  /** `recording@millisecond`, or the reason of an assumption. */
  readonly seen: string;
}

export const delays = { ...storageDelays, ...cdiDelays, ...nodeDelays, ...kubevirtDelays } satisfies Record<
  string,
  Delay
>;

export type DelayName = keyof typeof delays;
export type PaceName = 'fast' | 'recorded';

export interface Pace {
  readonly name: PaceName;
  /** Waits as long as the named thing takes. Rejects when aborted. */
  wait(name: DelayName, signal?: AbortSignal): Promise<void>;
  /** The same in milliseconds, for those who set a timer of their own. */
  milliseconds(name: DelayName): number;
}

/** Delays, in milliseconds, that are otherwise than a pace says. */
export type DelayChanges = Readonly<Partial<Record<DelayName, number>>>;

/** From texts like `guest boots=600`. Throws on a delay that there is not, or that is no time. */
export function delayChangesOf(texts: readonly string[]): DelayChanges {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', milliseconds] = /^(.+)=(\d+)$/.exec(text) ?? [];
      if (!Object.hasOwn(delays, name))
        throw new Error(`--delay "${text}": give it as NAME=MILLISECONDS, of a known NAME`);
      return [name, Number(milliseconds)];
    }),
  );
}

export function paceOf(name: PaceName, changes: DelayChanges = {}): Pace {
  const milliseconds = (delay: DelayName) => changes[delay] ?? delays[delay][name];
  return {
    name,
    milliseconds,
    wait: (delay, signal) => sleep(milliseconds(delay), undefined, { signal }),
  };
}
