import { expect, test } from 'vitest';
import type { Claim } from '../storage/objects.ts';
import { annotationsFor } from './bound-condition.ts';
import type { ClaimEvent } from './claim-events.ts';
import { conditionsFor } from './datavolume/conditions.ts';

const bound = 'cdi.kubevirt.io/storage.condition.bound';
const prime = 'cdi.kubevirt.io/storage.populator.pvcPrime';

function claim(phase: 'Pending' | 'Bound' | 'Lost', annotations: Record<string, string> = {}): Claim {
  return { metadata: { name: 'disk', annotations }, spec: {}, status: { phase } } as unknown as Claim;
}

function event(second: number, message: string): ClaimEvent {
  const lastTimestamp = `2026-01-01T00:00:0${second}Z`;
  return {
    metadata: {},
    involvedObject: {},
    type: 'Normal',
    reason: 'X',
    message,
    lastTimestamp,
  } as ClaimEvent;
}

function messageOf(subject: Claim, ...events: ClaimEvent[]): string | null | undefined {
  return annotationsFor(subject, events)?.[`${bound}.message`];
}

test('a Pending claim is annotated with its newest Event, of the same second the longest', () => {
  expect(messageOf(claim('Pending'), event(1, 'older, longer'), event(2, 'new'), event(2, 'newer'))).toBe(
    'newer',
  );
});

test('a claim with a prime waits for what its prime says', () => {
  const populated = claim('Pending', { [prime]: 'tmp-pvc-1' });
  expect(messageOf(populated, event(2, 'of its own'))).toBeUndefined();
  expect(messageOf(populated, event(1, '[tmp-pvc-1] : provisioning'), event(2, 'own'))).toBe('provisioning');
});

test('the annotations of a Bound claim are taken away, those of a Lost one left', () => {
  const gone = { [bound]: null, [`${bound}.message`]: null, [`${bound}.reason`]: null };
  expect(annotationsFor(claim('Bound'), [event(1, 'x')])).toEqual(gone);
  expect(annotationsFor(claim('Lost'), [event(1, 'x')])).toBeUndefined();
});

const said = { [bound]: 'false', [`${bound}.reason`]: 'Pending', [`${bound}.message`]: 'waiting' };

test.each([
  ['without a claim', undefined, 'False NotFound No PVC found'],
  ['with a new claim', claim('Pending'), 'False Pending PVC disk Pending'],
  ['with an annotated claim', claim('Pending', said), 'False Pending target PVC disk Pending and waiting'],
  [
    'with a prime',
    claim('Pending', { ...said, [prime]: 'tmp-pvc-1' }),
    'False Pending target PVC disk Pending and [tmp-pvc-1] : waiting',
  ],
  ['with a bound claim', claim('Bound'), 'True Bound PVC disk Bound'],
  ['with a lost claim', claim('Lost'), 'False ClaimLost Claim Lost'],
])('the condition Bound %s', (_, subject, words) => {
  const [condition] = conditionsFor([], undefined, subject);
  expect(`${condition!.status} ${condition!.reason} ${condition!.message}`).toBe(words);
});

test('an obstacle stands in Bound and Ready; only Succeeded is Ready', () => {
  const obstacle = { reason: 'CloneWithoutSource', message: "doesn't exist" };
  const brief = conditionsFor([], undefined, undefined, obstacle).map(({ type, status, reason }) =>
    [type, status, reason].join(' ').trim(),
  );
  expect(brief).toEqual([
    'Bound False CloneWithoutSource',
    'Ready False CloneWithoutSource',
    'Running False',
  ]);
  expect(conditionsFor([], 'Succeeded', claim('Bound'))[1]).toMatchObject({ type: 'Ready', status: 'True' });
});

test('a condition keeps its times while it says the same, and its transition while its status stays', () => {
  const old = { lastHeartbeatTime: 'then', lastTransitionTime: 'then' };
  const before = [
    { type: 'Bound', status: 'False', reason: 'NotFound', message: 'No PVC found', ...old },
    { type: 'Ready', status: 'False', reason: 'Other', ...old },
  ] as const;
  const [boundCondition, ready] = conditionsFor(before, undefined, undefined);
  expect(boundCondition).toMatchObject(old);
  expect(ready!.lastTransitionTime).toBe('then');
  expect(ready!.lastHeartbeatTime).not.toBe('then');
});
