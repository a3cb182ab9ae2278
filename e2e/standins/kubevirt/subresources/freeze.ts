import type { Answer } from '../../kube/https-server.ts';
import { LibvirtError } from '../domain/libvirt-error.ts';
import type { VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import { done, launcherRefused } from './answers.ts';
import { parseDuration } from './duration.ts';
import { withDomain } from './pause.ts';
import type { Call } from './serve.ts';

/** Freezes a guest's file systems; the timeout of a call that finds them frozen is thrown away. */
export function freeze(world: World, call: Call): Promise<Answer> {
  return withDomain(world, call, async (vmi, domain) => {
    const timeout = unfreezeTimeout(call.body);
    if (typeof timeout === 'string') return launcherRefused(timeout);
    await world.context.pace.wait('guest answers a freeze', world.context.signal);
    return byAgent(
      'Freeze',
      () => domain.freeze(timeout),
      (message) => tell(world, vmi, message),
    );
  });
}

/** Thaws a guest's file systems, frozen or not. The body is not looked at. */
export function unfreeze(world: World, call: Call): Promise<Answer> {
  return withDomain(world, call, async (_vmi, domain) => {
    await world.context.pace.wait('guest answers a freeze', world.context.signal);
    return byAgent(
      'Unfreeze',
      () => domain.unfreeze(),
      () => {},
    );
  });
}

const NOT_SET = 'Unfreeze timeout in freeze request is not set';
const MALFORMED = 'failed to unmarshal unfreeze timeout';

/** The timeout in milliseconds, or why there is none. */
function unfreezeTimeout(body: string): number | string {
  if (body.trim() === '') return NOT_SET;
  try {
    const options: unknown = JSON.parse(body);
    if (typeof options !== 'object' || options === null) return MALFORMED;
    const { unfreezeTimeout } = options as { unfreezeTimeout?: unknown };
    if (unfreezeTimeout === undefined || unfreezeTimeout === null) return NOT_SET;
    return typeof unfreezeTimeout === 'string' ? (parseDuration(unfreezeTimeout) ?? MALFORMED) : MALFORMED;
  } catch {
    return MALFORMED;
  }
}

function byAgent(command: string, act: () => void, onFailure: (message: string) => void): Answer {
  try {
    act();
    return done;
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error;
    const message = `server error. command ${command} failed: "${error.message}"`;
    onFailure(message);
    return launcherRefused(message);
  }
}

function tell({ handler }: World, vmi: VirtualMachineInstance, message: string): void {
  handler.events.recordEvent(vmi, 'Warning', 'FreezeError', `Failed to freeze VMI: ${message}`);
}
