/** One thing that the real systems did and these did not, or did otherwise. */
export interface Difference {
  readonly scenario: string;
  /** An object, a request, an Event, a wait or a guest. */
  readonly subject: string;
  /** A field of an object or of an answer; `order` for what came before what. */
  readonly field: string;
  readonly real: string;
  readonly ours: string;
}

export type Finding = Omit<Difference, 'scenario'>;

/** The same thing in the recording and in its replay. */
export interface Two<T> {
  readonly real: T;
  readonly ours: T;
}

/** A few lines for a person. */
export function describe({ scenario, subject, field, real, ours }: Difference): string {
  return `${scenario}: ${subject}, ${field}\n    the real one: ${cut(real)}\n    ours:         ${cut(ours)}`;
}

function cut(text: string): string {
  return text.length > 700 ? `${text.slice(0, 700)}…` : text;
}
