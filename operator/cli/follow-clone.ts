/** Shows a clone on a display until nothing more will happen to it by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterClient } from '../cluster/index.ts';
import type { EnvironmentCloneObject } from '../schema/index.ts';
import { CloneReader } from './clone-reader.ts';
import { type CloneView, viewClone } from './clone-view.ts';
import type { Display } from './display.ts';

/** `Settled`: completed, planned or cancelled. A blocked or failed clone goes on when its cause is mended. */
export type CloneEnding =
  | { readonly ending: 'Settled'; readonly view: CloneView }
  | { readonly ending: 'Gone' };

/** Changes come in bursts; a person sees no more than this many a second. */
const coalesceMs = 100;
/** How often elapsed times are drawn anew. */
const tickMs = 1000;

/** Reads a clone once; undefined when it has gone meanwhile. */
export async function readClone(
  client: ClusterClient,
  clone: EnvironmentCloneObject,
  signal: AbortSignal,
): Promise<CloneView | undefined> {
  const reading = new AbortController();
  try {
    const reader = await CloneReader.open(client, clone, AbortSignal.any([signal, reading.signal]));
    const facts = await reader.facts();
    return facts && viewClone(facts, Date.now());
  } finally {
    reading.abort();
  }
}

/** Rejects when the signal is aborted, or where the user may not read what it takes. */
export async function followClone(
  client: ClusterClient,
  clone: EnvironmentCloneObject,
  display: Display,
  signal: AbortSignal,
): Promise<CloneEnding> {
  const following = new AbortController();
  const either = AbortSignal.any([signal, following.signal]);
  try {
    const reader = await CloneReader.open(client, clone, either);
    const changes = new Changes(reader, display.live ? tickMs : undefined);
    for (;;) {
      const facts = await reader.facts();
      if (!facts) return { ending: 'Gone' };
      const view = viewClone(facts, Date.now());
      display.show(view);
      if (isSettled(view)) return { ending: 'Settled', view };
      await changes.next(either);
    }
  } finally {
    following.abort();
    display.end();
  }
}

/** After completion its VMs are the user's; it is shown until they were up together. */
function isSettled({ phase, ready }: CloneView): boolean {
  return (phase === 'Completed' && ready) || phase === 'Planned' || phase === 'Cancelled';
}

/** Waits for changes, so that those during a wait for the display are not lost. */
class Changes {
  readonly #everyMs: number | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(reader: CloneReader, everyMs: number | undefined) {
    this.#everyMs = everyMs;
    reader.onChange(() => this.#changed.resolve());
  }

  async next(signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    const options = { signal: AbortSignal.any([signal, waiting.signal]) };
    const tick =
      this.#everyMs === undefined ? aborted(options.signal) : sleep(this.#everyMs, undefined, options);
    try {
      await Promise.race([this.#changed.promise, tick]);
    } finally {
      waiting.abort();
      tick.catch(() => {});
    }
    await sleep(coalesceMs, undefined, { signal });
    this.#changed = Promise.withResolvers<void>();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
