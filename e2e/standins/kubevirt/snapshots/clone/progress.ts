/** What one pass over a clone found out. */
export interface Progress {
  /** It waits for something that is not there. */
  readonly pending?: Told;
  /** It cannot go on. */
  readonly failing?: Told;
  /** It could not go on this time. */
  readonly error?: Error;
  readonly snapshotName?: string;
  readonly snapshotReady?: boolean;
  readonly restoreName?: string;
  readonly restoreReady?: boolean;
  readonly targetName?: string;
  readonly targetMade?: boolean;
  readonly claimsBound?: boolean;
}

export interface Told {
  readonly event: string;
  readonly reason: string;
}

/** A stage's news, and whether the next stage may begin. */
export interface Stage {
  readonly news: Progress;
  readonly done: boolean;
}

export function done(news: Progress = {}): Stage {
  return { news, done: true };
}

export function waits(news: Progress = {}): Stage {
  return { news, done: false };
}

export function fails(message: string): Stage {
  return waits({ error: new Error(message) });
}
