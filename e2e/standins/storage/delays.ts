import type { Delay } from '../pace.ts';

/** What takes time in the CSI driver. Everything else that takes time here is the clients' rate limit. */
export const storageDelays = {
  'csi driver makes a volume': {
    recorded: 4,
    fast: 25,
    seen: 'snapshot-group@532: 10 ms for the claim in all; its limit makes it slower than whoever uses a new claim',
  },
  'csi driver cuts a snapshot': {
    recorded: 15,
    fast: 0,
    seen: 'snapshot@21618: 33 ms for the content in all',
  },
  'snapshot controller sees a deletion': { recorded: 20, fast: 20, seen: 'snapshot@39586→39606' },
  'snapshot controller sends its next request': {
    recorded: 0,
    fast: 500,
    seen: 'dv-block@18549→18768: its limit; where that is off, others that come at the same moment are still first',
  },
  'snapshot is tried again': {
    recorded: 1000,
    fast: 50,
    seen: 'the default of retry-interval-start; doubled each time',
  },
  'snapshot is tried again at most': {
    recorded: 300_000,
    fast: 500,
    seen: 'the default of retry-interval-max',
  },
} satisfies Record<string, Delay>;
