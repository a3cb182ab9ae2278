/** Everything in which a replay differs from its recording. */

import type { Recording } from '../recording/recording.ts';
import { compareEvents } from './compare-events.ts';
import { compareHistories } from './compare-histories.ts';
import { compareGuests, compareRequests, compareWaits } from './compare-steps.ts';
import type { Difference } from './difference.ts';
import { historiesOf } from './histories.ts';
import { interruptedIn, isOfInterrupted, untilInterrupted } from './interruptions.ts';
import { NormalForm } from './normal-form.ts';
import { compareOrder } from './order.ts';

export interface Comparison {
  readonly differences: readonly Difference[];
  readonly requests: number;
  readonly objects: number;
}

export function compare(recorded: Recording, replayed: Recording): Comparison {
  const forms = { real: new NormalForm(recorded), ours: new NormalForm(replayed) };
  const real = historiesOf(recorded, forms.real);
  const ours = historiesOf(replayed, forms.ours);
  const interrupted = interruptedIn(real);
  const isTheirs = (title: string) => interrupted.has(title) || isOfInterrupted(title, ours, interrupted);
  const known = new Map([...ours].filter(([title]) => real.has(title) || !isTheirs(title)));
  const lines = { real: recorded.lines, ours: replayed.lines };
  const findings = [
    ...compareRequests(lines, forms, real),
    ...compareWaits(lines, forms),
    ...compareGuests(lines, forms),
    ...compareHistories(untilInterrupted(real), known),
    ...compareOrder(real, ours),
    ...compareEvents(lines, forms, isTheirs),
  ];
  return {
    differences: findings.map((finding) => ({ scenario: recorded.header.name, ...finding })),
    requests: recorded.lines.filter((line) => 'request' in line).length,
    objects: real.size,
  };
}
