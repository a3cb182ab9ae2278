import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ClusterClient, Kind } from '../../operator/cluster/index.ts';
import { connectTo, refusals } from './requests.ts';
import type { Sample } from './samples.ts';

/** A spec that breaks one rule, and the one thing that the server has against it. */
export type Refused = readonly [what: string, spec: object, refusal: string];

/** One test per row: creating the sample with that spec is refused, for that field and in those words. */
export function describeRefused(
  title: string,
  kind: Kind,
  sample: (spec: object) => Sample,
  rows: readonly Refused[],
): void {
  describe(title, () => {
    let client: ClusterClient & AsyncDisposable;

    beforeAll(() => {
      client = connectTo(inject('kubeconfig'));
    });

    afterAll(() => client[Symbol.asyncDispose]());

    it.each(rows)('%s', async (_what, spec, refusal) => {
      expect(await refusals(client.create(kind, sample(spec), { dryRun: true }))).toEqual([refusal]);
    });
  });
}
