/** What a recording needs that no API server does: disks with a system on them, and guests that do and say something. */
import type { Json } from '../recording/recording.ts';

/** Systems on the disks that every recording finds in namespace `golden`. */
export const goldenSystems = ['tiny', 'slow20', 'noagent'] as const;
export type GoldenSystem = (typeof goldenSystems)[number];

export interface Hooks {
  /** Makes an empty disk one with this system; called once its claim is bound. */
  install(namespace: string, claim: string, system: GoldenSystem): Promise<void>;
  /** The guest shuts itself down. */
  powerOff(namespace: string, name: string): Promise<void>;
  /** Its QEMU dies. */
  kill(namespace: string, name: string): Promise<void>;
  /** What the guest says of itself; `{ error }` where it does not answer. */
  ask(namespace: string, name: string): Promise<Readonly<Record<string, Json>>>;
}

export function isOutside(note: string): boolean {
  return note.startsWith('outside:');
}

/** Carries out what a note says was done outside of the API; other notes are words. */
export async function actOutside(note: string, namespace: string, hooks: Hooks): Promise<void> {
  if (!isOutside(note)) return;
  const killed = /QEMU of (\S+) is killed/.exec(note)?.[1];
  const off = /the guest of (\S+) is told to power off/.exec(note)?.[1];
  if (killed) return hooks.kill(namespace, killed);
  if (off) return hooks.powerOff(namespace, off);
  throw new Error(`nobody knows how to do this: ${note}`);
}
