import type { Delay } from '../pace.ts';

/** What takes time in KubeVirt and in its guests. */
export const kubevirtDelays = {
  'controllers gather changes': {
    recorded: 0,
    fast: 25,
    seen: 'assumed for speed: what changes in this time is written at once; as recorded, each change by itself',
  },
  'domain is defined': { recorded: 1950, fast: 15, seen: 'vm-start@1990 → 4023: Scheduled, then "defined"' },
  'guest boots': { recorded: 8000, fast: 150, seen: 'freeze@3920 → 11428: Running, then AgentConnected' },
  'guest information arrives': {
    recorded: 60,
    fast: 10,
    seen: 'vm-start@13574 → 13632: AgentConnected, then guestOSInfo',
  },
  'agent goes in a shutdown': {
    recorded: 1300,
    fast: 10,
    seen: 'vm-stop-start-restart@18203 → 19577: deleted, then without its agent; kubevirt-clone@63572 → 64217',
  },
  'guest shuts down': { recorded: 2600, fast: 60, seen: 'vm-stop-start-restart@19166 → 21766' },
  'guest is killed': { recorded: 180, fast: 10, seen: 'vm-stop-start-restart@43912 → 44083, grace period 0' },
  'domain event arrives': { recorded: 90, fast: 5, seen: 'vm-crash@17074 → 17517, freeze@12093 → 12191' },
  'longest grace period': {
    recorded: 2 ** 31 - 10_000,
    fast: 500,
    seen: 'vm-stop-start-restart@28300 → 38281: the whole period of a guest that ignores the power button',
  },
  'launcher exits': { recorded: 2200, fast: 100, seen: 'vm-stop-start-restart@21945 → 24148' },
  'guest agent is polled': { recorded: 5000, fast: 500, seen: 'freeze@11492 → 16414 → 21466' },
  'guest answers a freeze': { recorded: 110, fast: 5, seen: 'freeze@11492, 126 ms' },
  'snapshot locks its VM': {
    recorded: 300,
    fast: 200,
    seen: 'kubevirt-clone@27862 → 27920, @63346 → 63460: longer, so that on a slow machine, too, what is sent right after the POST is accepted',
  },
  'snapshot lock is tried again': {
    recorded: 5000,
    fast: 250,
    seen: 'from the source; a change of the VM is sooner',
  },
  'freeze for a snapshot is tried again': { recorded: 5000, fast: 250, seen: 'from the source' },
  'restore waits for its target': {
    recorded: 300_000,
    fast: 2000,
    seen: 'snapshot-lock@35403: "the operation will fail after 5m0s"',
  },
  'a ghost is noticed': { recorded: 45_000, fast: 200, seen: 'vm-delete@47338 → 92929' },
  'guest powers off': { recorded: 2500, fast: 50, seen: 'vm-poweroff@61345 → 63848' },
  'a second of a probe': {
    recorded: 1000,
    fast: 10,
    seen: 'vm-probes: the first probe comes before the guest is up; as much faster as its boot',
  },
} satisfies Record<string, Delay>;
