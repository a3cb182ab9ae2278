import type { Delay } from '../pace.ts';

/** What takes time in the CSI driver. Everything else that takes time here is the clients' rate limit. */
export const storageDelays = {
  'csi driver makes a volume': {
    recorded: 4,
    fast: 0,
    seen: 'snapshot-group@532: 10 ms for the claim in all',
  },
  'csi driver cuts a snapshot': {
    recorded: 15,
    fast: 0,
    seen: 'snapshot@21618: 33 ms for the content in all',
  },
  'snapshot controller sees a deletion': { recorded: 20, fast: 20, seen: 'snapshot@39586→39606' },
  'snapshot is tried again': {
    recorded: 1000,
    fast: 50,
    seen: 'the default of retry-interval-start; doubled each time',
  },
} satisfies Record<string, Delay>;
