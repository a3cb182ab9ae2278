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
 * written at most every ten seconds; an object with too much to say is cut short, many objects at once are
 * heard one after the other; failing never hurts.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, TokenBucket>();
  /** First writes, which the API server gets no faster than it can bear. */
  readonly #overall: TokenBucket;
  readonly #waiting = new Set<Series>();
  #cancelPump: (() => void) | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#overall = new TokenBucket(this.#clock, { burst: 100, perSecond: 20 });
  }

  /** Reports an occurrence on an object; returns at once. */
  record(regarding: KubeObject, occurrence: Occurrence): void {
    const event = eventFor(regarding, occurrence, this.#options, this.#clock.now());
    const name = `${event.metadata.namespace}/${event.metadata.name}`;
    const series = this.#series.get(name);
    if (series) this.#repeat(series);
    else if (!this.#mayBegin(regarding, occurrence)) return;
    else if (this.#waiting.size < mostRemembered) this.#begin(name, event);
    else
      this.#options.onError?.(new Error(`${mostRemembered} Events wait to be written; not: ${event.note}`));
  }

  /** Writes what has been counted and not yet written; for the end of the program. */
  async flush(): Promise<void> {
    for (const series of this.#waiting) this.#write(series);
    this.#pump();
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
    this.#waiting.add(series);
    this.#pump();
  }

  /** Begins as many of those that wait as may pass now, and comes back for the rest. */
  #pump(): void {
    for (const series of this.#waiting) {
      if (!this.#overall.take()) break;
      this.#write(series);
    }
    this.#cancelPump?.();
    this.#cancelPump =
      this.#waiting.size > 0 ? this.#clock.schedule(pumpIntervalMs, () => this.#pump()) : undefined;
  }

  #repeat(series: Series): void {
    series.count++;
    if (this.#waiting.has(series)) return;
    series.cancelTimer ??= this.#clock.schedule(this.#options.seriesIntervalMs ?? 10_000, () =>
      this.#write(series),
    );
  }

  #write(series: Series): void {
    this.#waiting.delete(series);
    series.cancelTimer?.();
    series.cancelTimer = undefined;
    const { count } = series;
    series.writing = series.writing
      .then(() => (series.written === 0 ? this.#create(series, count) : this.#countUp(series)))
      // A namespace that is going away, a right that is missing: the work goes on without its Event.
      .catch((error) => this.#options.onError?.(error));
  }

  async #create(series: Series, count: number): Promise<void> {
    const repeated = count > 1 ? { series: { count, lastObservedTime: microTime(this.#clock.now()) } } : {};
    try {
      await this.#options.client.create(eventKind, { ...series.event, ...repeated });
      series.written = count;
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

  /** One object may not drown out the others, nor what goes well on it what does not. */
  #mayBegin({ metadata }: KubeObject, { type }: Occurrence): boolean {
    const key = `${type}/${metadata.uid ?? metadata.name}`;
    const known = this.#buckets.get(key);
    const bucket = known ?? new TokenBucket(this.#clock, { burst: 25, perSecond: 0.1 });
    if (!known) {
      dropOldest(this.#buckets);
      this.#buckets.set(key, bucket);
    }
    return bucket.take();
  }
}

const mostRemembered = 1_000;
const pumpIntervalMs = 100;

/** Makes room for one more. */
function dropOldest<T>(map: Map<string, T>, forget: (value: T) => void = () => {}): void {
  if (map.size < mostRemembered) return;
  for (const [key, value] of map) {
    map.delete(key);
    forget(value);
    return;
  }
}
