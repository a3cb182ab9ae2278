import type { Delay } from '../pace.ts';

/** What takes time in CDI. */
export const cdiDelays = {
  'cdi looks at a new claim': { recorded: 10, fast: 5, seen: 'dv-from-snapshot@2214→2235' },
  'cdi makes a claim again': { recorded: 90, fast: 100, seen: 'snapshot@111235→111356' },
  'cdi looks for a source again': { recorded: 5000, fast: 100, seen: 'clone populator: RequeueAfter 5 s' },
  'cdi looks at a used source again': { recorded: 2000, fast: 50, seen: 'dv-from-pvc: an Event every 2 s' },
  'cdi upload server is ready': {
    recorded: 3000,
    fast: 1000,
    seen: 'dv-mode-mismatch@10471: its probe begins after 2 s',
  },
  'cdi copies a volume': { recorded: 5000, fast: 20, seen: 'assumed: copies fail on the recorded bench' },
  'an importer ends': { recorded: 450, fast: 150, seen: 'vm-waits@48259→48703' },
  'a short pod ends': { recorded: 500, fast: 50, seen: 'dv-from-snapshot@7040→7540' },
  'cdi tries again at most': { recorded: 1_000_000, fast: 1000, seen: 'the default of controller-runtime' },
} satisfies Record<string, Delay>;
