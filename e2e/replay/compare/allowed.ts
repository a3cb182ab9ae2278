/** Differences that are meant, each with its reason, in `allowed.yaml`. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Difference } from './difference.ts';

const entrySchema = z.strictObject({
  /** Where it must occur: in each of these. */
  scenarios: z.array(z.string()).min(1),
  /** Regular expressions that the whole subject and the whole field must match. */
  subject: z.string(),
  field: z.string(),
  reason: z.string().min(20),
});

export type Allowance = z.infer<typeof entrySchema>;

/** Throws where the file is malformed. */
export function readAllowances(): readonly Allowance[] {
  return z
    .array(entrySchema)
    .parse(parse(readFileSync(new URL('../allowed.yaml', import.meta.url), 'utf8')) ?? []);
}

export interface Judged {
  /** Not listed. */
  readonly differences: readonly Difference[];
  readonly allowed: readonly Difference[];
  /** Entries of which nothing was seen: what they allow no longer occurs. */
  readonly unused: readonly Allowance[];
}

export function judge(
  scenario: string,
  found: readonly Difference[],
  allowances: readonly Allowance[],
): Judged {
  const own = allowances.filter(({ scenarios }) => scenarios.includes(scenario));
  const isAllowed = (difference: Difference) => own.some((entry) => covers(entry, difference));
  return {
    differences: found.filter((difference) => !isAllowed(difference)),
    allowed: found.filter(isAllowed),
    unused: own.filter((entry) => !found.some((difference) => covers(entry, difference))),
  };
}

function covers({ subject, field }: Allowance, difference: Difference): boolean {
  return (
    new RegExp(`^(?:${subject})$`).test(difference.subject) &&
    new RegExp(`^(?:${field})$`).test(difference.field)
  );
}
