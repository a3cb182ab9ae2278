import type { Again } from '../../kube/controller.ts';
import { splitKey } from '../../kube/objects.ts';
import { withoutCondition } from '../conditions.ts';
import type { Domain } from '../domain/domain.ts';
import { LibvirtError } from '../domain/libvirt-error.ts';
import { phaseChanges } from '../hotplug/handler-status.ts';
import type { VirtualMachineInstance } from '../types.ts';
import { inPhase } from '../vmi/phase.ts';
import { isFinal } from '../vmi/ready.ts';
import type { World } from '../world.ts';
import { abandon } from './abandon.ts';
import { domainDefinition } from './define.ts';
import { endedStatus, succeeded } from './ended.ts';
import { haunt } from './haunt.ts';
import { probeReadiness } from './readiness.ts';
import { refusalOf } from './refusal.ts';
import { runningStatus } from './running.ts';
import { exitLauncher, syncFailed, withMigration, write } from './write.ts';

const DEFAULT_GRACE_SECONDS = 30;
const CACHE_LAG_MS = 20;
/** virt-handler tries again less and less often; this is long enough for who deletes several at once. */
const RETRY_MS = 10_000;

/** What virt-handler does for an instance on its node: runs its domain and says how it is. */
export async function reconcileDomain(world: World, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const vmi = world.caches.vmis.get(namespace, name);
  forgetOthers(world, key, vmi?.metadata.uid);
  if (vmi?.status?.phase !== 'Scheduled' && vmi?.status?.phase !== 'Running') return;
  const domain = world.domains.get(vmi.metadata.uid);
  if (domain === undefined) return world.domains.ghosts.has(key) ? haunt(world, key, vmi) : start(world, vmi);
  await sync(world, vmi, domain);
}

/** Domains of instances that had this name before, or whose instance is gone. */
function forgetOthers({ domains }: World, key: string, uid: string | undefined): void {
  for (const { definition, end } of domains.named(key)) {
    if (definition.uid === uid) continue;
    if (end === undefined) domains.ghosts.add(key);
    domains.forget(definition.uid);
  }
}

async function start(world: World, vmi: VirtualMachineInstance): Promise<Again> {
  const pod = world.launchers.of(vmi);
  if (vmi.metadata.deletionTimestamp !== undefined) return abandon(world, vmi);
  if (pod === undefined) return;
  if (!gathersChanges(world) && vmi.status?.migrationMethod === undefined)
    return write(world, vmi, withMigration(world, vmi));
  const definition = domainDefinition(world, vmi);
  if (definition === undefined) return { after: CACHE_LAG_MS };
  const refusal = refusalOf(world, vmi, definition);
  if (refusal !== undefined) {
    world.context.podReadiness.holdTermination(pod.metadata.namespace!, pod.metadata.name);
    await syncFailed(world, vmi, refusal);
    return { after: RETRY_MS };
  }
  const domain = world.domains.define(definition);
  world.context.podReadiness.holdTermination(pod.metadata.namespace!, pod.metadata.name);
  if (world.context.faults.take('guest-never-ready', vmi.metadata)) domain.silence();
}

/** Where every write counts, what a scheduled instance says of migration is written when it runs. */
function gathersChanges({ context: { pace } }: World): boolean {
  return pace.milliseconds('controllers gather changes') > 0;
}

async function sync(world: World, vmi: VirtualMachineInstance, domain: Domain): Promise<void> {
  const pod = world.launchers.of(vmi);
  if (domain.end !== undefined) return end(world, vmi, domain);
  if (domain.running) await run(world, vmi, domain);
  const leaving = vmi.metadata.deletionTimestamp ?? pod?.metadata.deletionTimestamp;
  // A launcher that is deleted by force has no time to say anything.
  if (leaving !== undefined && pod?.metadata.deletionGracePeriodSeconds !== 0)
    await shutDown(world, vmi, domain);
}

async function run(world: World, vmi: VirtualMachineInstance, domain: Domain): Promise<void> {
  const { events } = world.handler;
  const starts = vmi.status?.phase === 'Scheduled';
  const scheduled = { ...vmi, status: withMigration(world, vmi) };
  const status = runningStatus(scheduled, domain, world.launchers.of(vmi));
  const conditions = starts ? withoutCondition(status.conditions, 'Synchronized') : status.conditions;
  await write(world, vmi, inPhase({ ...status, conditions }, 'Running'));
  for (const { reason, message } of phaseChanges(vmi.status?.volumeStatus, status.volumeStatus))
    events.recordEvent(vmi, 'Normal', reason, message);
  if (!starts) return;
  probeReadiness(world, vmi, domain);
  domain.boot();
  events.recordEvent(vmi, 'Normal', 'Created', 'VirtualMachineInstance defined.');
  events.recordEvent(vmi, 'Normal', 'Started', 'VirtualMachineInstance started.');
  if (world.context.faults.take('vmi-crashes', vmi.metadata)) domain.crash();
}

async function shutDown(world: World, vmi: VirtualMachineInstance, domain: Domain): Promise<void> {
  const { events } = world.handler;
  const period = (vmi.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
  const graceMs = Math.min(period, world.context.pace.milliseconds('longest grace period'));
  const onKill = () => events.recordEvent(vmi, 'Normal', 'Deleted', 'VirtualMachineInstance stopping');
  const asked = vmi.metadata.deletionTimestamp !== undefined && graceMs > 0 && !domain.shuttingDown;
  try {
    domain.shutDown(graceMs, onKill);
    if (asked) events.recordEvent(vmi, 'Normal', 'ShuttingDown', 'Signaled Graceful Shutdown');
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error;
    await syncFailed(world, vmi, `server error. command Shutdown failed: "${error.message}"`);
  }
}

async function end(world: World, vmi: VirtualMachineInstance, domain: Domain): Promise<void> {
  if (isFinal(vmi)) return;
  const { events } = world.handler;
  await write(world, vmi, endedStatus(vmi, domain));
  events.recordEvent(vmi, 'Normal', 'Deleted', 'Signaled Deletion');
  if (succeeded(domain))
    events.recordEvent(vmi, 'Normal', 'Stopped', 'The VirtualMachineInstance was shut down.');
  else events.recordEvent(vmi, 'Warning', 'Stopped', 'The VirtualMachineInstance crashed.');
  exitLauncher(world, vmi);
}
