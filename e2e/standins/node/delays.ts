import type { Delay } from '../pace.ts';

/** What takes time on the node. The scheduler takes none. */
export const nodeDelays = {
  'kubelet accepts a pod': { recorded: 75, fast: 0, seen: 'vm-start@1138→1215' },
  'containers start': { recorded: 690, fast: 5, seen: 'vm-start@1215→1906' },
  'containers stop': {
    recorded: 300,
    fast: 100,
    seen: 'assumed; vm-delete@148418→156430 for a launcher without a domain, long enough for its instance to tell',
  },
  'kubelet removes a pod': { recorded: 300, fast: 0, seen: 'vm-stop-start-restart@40636→40946' },
  'kubelet gives up a pod': {
    recorded: 1100,
    fast: 80,
    seen: 'vm-wrong@61962→63085, before its containers ran',
  },
  'kubelet looks at a growing volume': { recorded: 50, fast: 10, seen: 'assumed: short' },
  'kubelet mounts again': {
    recorded: 12_000,
    fast: 50,
    seen: 'dv-wffc@13577: the prep pod runs 12–14 s later',
  },
} satisfies Record<string, Delay>;
