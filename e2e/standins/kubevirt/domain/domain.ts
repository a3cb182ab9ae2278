import type { Fleet } from '../../guest/fleet.ts';
import { Guest } from '../../guest/guest.ts';
import type { Pace } from '../../pace.ts';
import { FileSystems } from './agent.ts';
import { AgentPolls } from './agent-polls.ts';
import type { DomainDefinition, DomainEnd } from './definition.ts';
import { LibvirtError } from './libvirt-error.ts';
import { randomMac } from './random-mac.ts';

/** QEMU and the guest in it, from define to end. */
export class Domain {
  readonly definition: DomainDefinition;
  readonly macs: ReadonlyMap<string, string>;
  readonly fileSystems: FileSystems;
  readonly polls: AgentPolls;
  readonly #pace: Pace;
  readonly #fleet: Fleet;
  readonly #onChange: () => void;
  #guest: Guest | undefined;
  #running = false;
  #paused = false;
  #serving = false;
  #agentConnected = false;
  #informed = false;
  #shuttingDown = false;
  #bootsSince = 0;
  #silent = false;
  #end: DomainEnd | undefined;
  #timers: NodeJS.Timeout[] = [];
  #afterPause: (() => void)[] = [];
  readonly #companions = new DisposableStack();

  constructor(definition: DomainDefinition, parts: { pace: Pace; fleet: Fleet; onChange: () => void }) {
    this.definition = definition;
    this.#pace = parts.pace;
    this.#fleet = parts.fleet;
    this.#onChange = parts.onChange;
    this.macs = new Map([...definition.macs].map(([name, mac]) => [name, mac ?? randomMac()]));
    this.fileSystems = new FileSystems(() => this.#changed());
    const pollMs = this.#pace.milliseconds('guest agent is polled');
    this.polls = new AgentPolls(
      pollMs,
      () => this.fileSystems.frozen,
      () => this.#changed(),
    );
    this.#after(this.#pace.milliseconds('domain is defined'), () => this.#run());
  }

  get running(): boolean {
    return this.#running;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get agentConnected(): boolean {
    return this.#agentConnected;
  }

  /** Whether the agent has said what runs in the guest. */
  get informed(): boolean {
    return this.#informed;
  }

  /** Whether what a readinessProbe asks for would answer; a pause is too short to be noticed by probes. */
  get serving(): boolean {
    return this.#serving;
  }

  /** The software in it, once it has booted. */
  get guest(): Guest | undefined {
    return this.#guest;
  }

  /** Since its system began to boot. */
  get uptimeMs(): number {
    return Math.round(performance.now() - this.#bootsSince);
  }

  get end(): DomainEnd | undefined {
    return this.#end;
  }

  /** Whether it was told to shut down. */
  get shuttingDown(): boolean {
    return this.#shuttingDown;
  }

  pause(): void {
    this.#setPaused(true);
  }

  unpause(): void {
    this.#setPaused(false);
  }

  freeze(timeoutMs: number): void {
    this.#requireAgent();
    this.fileSystems.freeze(timeoutMs);
  }

  unfreeze(): void {
    this.#requireAgent();
    this.fileSystems.unfreeze();
  }

  /** Presses the power button; after the grace period the domain is killed. Throws when the domain is paused. */
  shutDown(graceMs: number, onKill: () => void): void {
    if (this.#shuttingDown || this.#end !== undefined) return;
    this.#shuttingDown = true;
    const refused = this.#paused;
    // Only a guest with its agent at hand listens to the power button.
    const obeys = this.#agentConnected && !refused;
    if (obeys) this.#after(this.#pace.milliseconds('agent goes in a shutdown'), () => this.#disconnect());
    if (obeys) this.#after(this.#pace.milliseconds('guest shuts down'), () => this.#finish('Shutdown'));
    this.#after(graceMs + this.#pace.milliseconds('guest is killed'), () => this.#kill(onKill, graceMs));
    if (refused) throw new LibvirtError(55, 'Requested operation is not valid: domain is not running');
  }

  /** The guest powers itself off. */
  powerOff(): void {
    this.#disconnect();
    this.#after(this.#pace.milliseconds('guest powers off'), () => this.#finish('Shutdown'));
  }

  /** QEMU dies. */
  crash(): void {
    this.#after(this.#pace.milliseconds('domain event arrives'), () => this.#finish('Crashed'));
  }

  /** The guest starts anew in the same QEMU. */
  reboot(): void {
    if (this.#shuttingDown) return;
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#afterPause = [];
    this.#serving = false;
    this.#stopGuest();
    this.#disconnect();
    this.boot();
  }

  /** From now on neither probe nor agent answers. */
  silence(): void {
    this.#silent = true;
    this.#agentConnected = false;
    this.#informed = false;
    this.#serving = false;
    this.#changed();
  }

  /** Something that lasts as long as the domain does. */
  accompany(companion: Disposable): void {
    this.#companions.use(companion);
  }

  /** The host lets go of it, whatever it is doing. */
  abandon(): void {
    this.#companions.dispose();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#stopGuest();
    this.fileSystems.reset();
    this.polls.reset();
  }

  #run(): void {
    if (this.#shuttingDown) return;
    this.#running = true;
    this.#paused = this.definition.startPaused;
    this.#changed();
  }

  /** Lets the guest boot for the first time: it never has before anybody was told that its domain runs. */
  boot(): void {
    const { profile } = this.definition;
    if (!profile.boots) return;
    this.#bootsSince = performance.now();
    this.#after(profile.bootMs, () => this.#unlessPaused(() => this.#booted()));
    this.#after(profile.servesMs, () => this.#unlessPaused(() => this.#serve()));
  }

  #booted(): void {
    if (!this.#startGuest()) return;
    if (!this.definition.profile.hasAgent || this.#silent) return;
    this.#agentConnected = true;
    this.polls.start();
    this.#changed();
    this.#after(this.#pace.milliseconds('guest information arrives'), () => this.#inform());
  }

  /** A guest that cannot read its disks takes QEMU down with it, loudly. */
  #startGuest(): boolean {
    try {
      this.#guest = new Guest(this.definition);
    } catch (error) {
      console.error(`guest ${this.definition.namespace}/${this.definition.name}:`, error);
      this.#finish('Crashed');
      return false;
    }
    this.#fleet.add(this.#guest);
    this.#changed();
    return true;
  }

  #inform(): void {
    this.#informed = this.#agentConnected;
    this.#changed();
  }

  #serve(): void {
    this.#serving = !this.#silent && !this.#shuttingDown;
    this.#changed();
  }

  #setPaused(paused: boolean): void {
    this.#after(this.#pace.milliseconds('domain event arrives'), () => this.#changed());
    this.#paused = paused;
    this.fileSystems.setPaused(paused);
    if (paused) this.polls.stop();
    else if (this.#agentConnected) this.polls.start();
    this.#write();
    if (!paused) for (const act of this.#afterPause.splice(0)) act();
  }

  /** In a pause nothing comes about: it does as soon as the pause is over. */
  #unlessPaused(act: () => void): void {
    if (this.#paused) this.#afterPause.push(act);
    else act();
  }

  #disconnect(): void {
    this.#agentConnected = false;
    this.fileSystems.reset();
    // What it said last of being frozen is said on.
    this.polls.stop();
    this.#changed();
  }

  #requireAgent(): void {
    if (this.#paused) throw new LibvirtError(55, 'Requested operation is not valid: domain is not running');
    if (!this.#agentConnected)
      throw new LibvirtError(86, 'Guest agent is not responding: QEMU guest agent is not connected');
  }

  #kill(onKill: () => void, graceMs: number): void {
    if (this.#end !== undefined) return;
    onKill();
    this.#finish(graceMs === 0 ? 'Shutdown' : 'Destroyed');
  }

  #finish(end: DomainEnd): void {
    if (this.#end !== undefined) return;
    this.abandon();
    this.#afterPause = [];
    this.#end = end;
    this.#running = false;
    this.#paused = false;
    this.#serving = false;
    this.#agentConnected = false;
    this.#onChange();
  }

  #stopGuest(): void {
    if (this.#guest === undefined) return;
    this.#fleet.remove(this.#guest);
    this.#guest.stop();
    this.#guest = undefined;
  }

  #changed(): void {
    this.#write();
    this.#onChange();
  }

  #write(): void {
    if (this.#guest === undefined) return;
    this.#fleet.setWriting(this.#guest, !this.#paused && !this.fileSystems.frozen);
  }

  #after(milliseconds: number, act: () => void): void {
    this.#timers.push(setTimeout(act, milliseconds));
  }
}
