import type { GuestDefinition } from '../../guest/guest.ts';
import type { GuestIdentity } from '../../guest/identity.ts';
import type { GuestProfile } from './profile.ts';

/** How a domain came to its end: the guest shut down, it was killed in time or too late, or QEMU died. */
export type DomainEnd = 'Shutdown' | 'Destroyed' | 'Crashed';

export interface DomainDefinition extends GuestDefinition {
  readonly profile: GuestProfile;
  readonly identity: GuestIdentity;
  readonly startPaused: boolean;
  /** Interface names that have no MAC in the spec get one made up for this run. */
  readonly macs: ReadonlyMap<string, string | undefined>;
}
