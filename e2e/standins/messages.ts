import type { Fault } from './faults.ts';
import type { GuestSystem } from './guest/journal.ts';
import type { Words } from './kubevirt/domain/interview.ts';

/** What the parent asks of the stand-ins' process; each request is answered once, by its number. */
export type Request = { readonly id: number } & (
  | { readonly kind: 'inject'; readonly fault: Fault }
  | { readonly kind: 'clear'; readonly name?: string }
  | {
      readonly kind: 'install';
      readonly namespace: string;
      readonly claim: string;
      readonly system: GuestSystem;
    }
  | { readonly kind: 'ask'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'stop' }
);

export type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly error?: string; readonly words?: Words };
