/**
 * What a launcher learns of its guest by asking the agent from time to time: at once when the agent connects or the
 * pause ends, then every 5 s whether it is frozen, and after 10, 30, 70 … s, at last every 300 s, what the agent can
 * do. A frozen guest's agent can do next to nothing, and that is what is known of it until the next time.
 */
export class AgentPolls {
  readonly #pollMs: number;
  readonly #isFrozen: () => boolean;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
  #frozen = false;
  #limited = false;

  /** `onChange` is called when freezing is seen to have changed, and only then: nobody hears of the rest by itself. */
  constructor(pollMs: number, isFrozen: () => boolean, onChange: () => void) {
    this.#pollMs = pollMs;
    this.#isFrozen = isFrozen;
    this.#onChange = onChange;
  }

  /** Whether the guest was frozen when it was last asked. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /** Whether the agent lacked basic commands when it was last asked what it can do. */
  get limited(): boolean {
    return this.#limited;
  }

  start(): void {
    this.stop();
    let polls = 0;
    let [next, interval] = [0, FIRST_INTERVAL];
    const poll = () => {
      if (polls === next) {
        this.#limited = this.#isFrozen();
        next += interval;
        interval = Math.min(2 * interval, LAST_INTERVAL);
      }
      polls += 1;
      this.#askFrozen();
    };
    poll();
    this.#timer = setInterval(poll, this.#pollMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The guest is gone or boots anew. */
  reset(): void {
    this.stop();
    this.#frozen = false;
  }

  #askFrozen(): void {
    if (this.#frozen === this.#isFrozen()) return;
    this.#frozen = this.#isFrozen();
    this.#onChange();
  }
}

/** In polls of whether the guest is frozen. */
const FIRST_INTERVAL = 2;
const LAST_INTERVAL = 60;
