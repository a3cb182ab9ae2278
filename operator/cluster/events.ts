import type { ClusterClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { isAlreadyExists, isNotFound } from './errors.ts';
import {
  type EventObject,
  eventFor,
  eventKind,
  microTime,
  type Occurrence,
  type Reporter,
} from './event-objects.ts';
import type { KubeObject } from './objects.ts';
import { TokenBucket } from './token-bucket.ts';

export interface EventRecorderOptions extends Reporter {
  readonly client: ClusterClient;
  /** Told of events that could not be written; nothing else comes of it. */
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
  /** How often the count of a repeated occurrence is written at most; default 10 s. */
  readonly seriesIntervalMs?: number;
}

/** One occurrence on one object: written once, then counted. */
interface Series {
  readonly event: EventObject;
  /** How often it has happened, before a restart included. */
  count: number;
  /** The count that the cluster knows; 0: no Event was written yet. */
  written: number;
  /** Writes of one series follow each other. */
  writing: Promise<void>;
  cancelTimer: (() => void) | undefined;
}

/**
 * Writes Events about objects. The same occurrence on the same object is one Event whose count goes up,
 * written at most every ten seconds; an object with too much to say is cut short; failing never hurts.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #overall: TokenBucket;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#overall = new TokenBucket(this.#clock, { burst: 100, perSecond: 5 });
  }

  /** Reports an occurrence on an object; returns at once. */
  record(regarding: KubeObject, occurrence: Occurrence): void {
    const event = eventFor(regarding, occurrence, this.#options, this.#clock.now());
    const name = `${event.metadata.namespace}/${event.metadata.name}`;
    const series = this.#series.get(name);
    if (series) this.#repeat(series);
    else if (this.#mayBegin(regarding)) this.#begin(name, event);
  }

  /** Writes what has been counted and not yet written; for the end of the program. */
  async flush(): Promise<void> {
    await Promise.all(
      [...this.#series.values()].map((series) => {
        if (series.cancelTimer) this.#write(series);
        return series.writing;
      }),
    );
  }

  #begin(name: string, event: EventObject): void {
    dropOldest(this.#series, (series) => series.cancelTimer?.());
    const series: Series = {
      event,
      count: 1,
      written: 0,
      writing: Promise.resolve(),
      cancelTimer: undefined,
    };
    this.#series.set(name, series);
    this.#write(series);
  }

  #repeat(series: Series): void {
    series.count++;
    series.cancelTimer ??= this.#clock.schedule(this.#options.seriesIntervalMs ?? 10_000, () =>
      this.#write(series),
    );
  }

  #write(series: Series): void {
    series.cancelTimer?.();
    series.cancelTimer = undefined;
    series.writing = series.writing
      .then(() => (series.written === 0 ? this.#create(series) : this.#countUp(series)))
      // A namespace that is going away, a right that is missing: the work goes on without its Event.
      .catch((error) => this.#options.onError?.(error));
  }

  async #create(series: Series): Promise<void> {
    try {
      await this.#options.client.create(eventKind, series.event);
      series.written = 1;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await this.#continue(series);
    }
  }

  /** Another process, or we before a restart, began this series. */
  async #continue(series: Series): Promise<void> {
    const found = await this.#options.client.get(eventKind, series.event.metadata);
    series.written = found?.series?.count ?? 1;
    series.count += series.written;
    await this.#countUp(series);
  }

  async #countUp(series: Series): Promise<void> {
    const { client } = this.#options;
    const { event, count } = series;
    const lastObservedTime = microTime(this.#clock.now());
    try {
      await client.mergePatch(eventKind, event.metadata, { series: { count, lastObservedTime } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // The server keeps Events for an hour; this matter is older.
      await client.create(eventKind, { ...event, eventTime: lastObservedTime });
    }
    series.written = count;
  }

  /** One object may not drown out the others, nor all together the API server. */
  #mayBegin({ metadata }: KubeObject): boolean {
    const key = metadata.uid ?? metadata.name;
    const known = this.#buckets.get(key);
    const bucket = known ?? new TokenBucket(this.#clock, { burst: 25, perSecond: 0.1 });
    if (!known) {
      dropOldest(this.#buckets);
      this.#buckets.set(key, bucket);
    }
    return bucket.take() && this.#overall.take();
  }
}

const mostRemembered = 1_000;

/** Makes room for one more. */
function dropOldest<T>(map: Map<string, T>, forget: (value: T) => void = () => {}): void {
  if (map.size < mostRemembered) return;
  for (const [key, value] of map) {
    map.delete(key);
    forget(value);
    return;
  }
}
