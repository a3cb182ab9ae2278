/** The conditions of an EnvironmentClone, each by its one owner; `Ready` is derived in one place, last. */
import { cloneContext } from '../plan/clone/context.ts';
import { diskTrouble } from '../plan/clone/disk-trouble.ts';
import { isFilled, liveDisksOf } from '../plan/clone/filled.ts';
import { isCompleted } from '../plan/clone/plan.ts';
import { type Finding, finding } from './conditions.ts';
import type { CloneReport } from './environment-clone.ts';

export function cloneConditions(report: CloneReport): readonly Finding[] {
  const findings = [planned, captured, disksBound, isolated, completed].flatMap((condition) =>
    condition(report),
  );
  return [...findings, ready(report)];
}

/** `Planned`: nothing stands against the clone. */
function planned({ plan, failures }: CloneReport): readonly Finding[] {
  const blocker = plan.blockers[0] ?? failures.find(({ reason }) => reason !== 'Failed');
  if (blocker) {
    const more = plan.blockers.length > 1 ? ` (and ${plan.blockers.length - 1} more in status.blockers)` : '';
    return [finding('Planned', false, blocker.reason, blocker.message + more)];
  }
  if (!plan.desired) return [finding('Planned', 'Unknown', 'Pending', plan.message)];
  return [
    finding(
      'Planned',
      true,
      'Planned',
      `${plan.desired.machines.length} VMs in ${plan.desired.tierCount} tiers, ${plan.desired.disks.length} disks`,
    ),
  ];
}

/** `Captured`: the instant is fixed. */
function captured({ observed, plan }: CloneReport): readonly Finding[] {
  if (observed.attempt?.verdict?.outcome === 'Accepted')
    return [finding('Captured', true, 'Captured', `EnvironmentSnapshot ${observed.snapshot?.metadata.name}`)];
  if (plan.state === 'Planned') return [finding('Captured', false, 'PlanOnly', plan.message)];
  return [finding('Captured', false, 'Capturing', plan.message)];
}

/** `DisksBound`: every claim has its volume, and that is filled. The capture is kept until then. */
function disksBound({ observed, plan, now }: CloneReport): readonly Finding[] {
  if (!plan.desired) return [];
  const { disks } = plan.desired;
  const liveDisk = liveDisksOf(observed);
  const unfilled = disks.filter((disk) => !isFilled(liveDisk(disk)));
  if (unfilled.length === 0) return [finding('DisksBound', true, 'Bound', `${disks.length} disks`)];
  const trouble = diskTrouble(observed, plan.desired, now).message;
  if (trouble) return [finding('DisksBound', false, 'StorageError', trouble)];
  return [
    finding(
      'DisksBound',
      false,
      'Provisioning',
      `${unfilled.length} of ${disks.length} disks are not bound yet`,
    ),
  ];
}

/** `Isolated`: never claimed from a policy object alone, since the network may not enforce it. */
function isolated({ observed }: CloneReport): readonly Finding[] {
  const context = cloneContext(observed.clone);
  if (context.sameNamespace) return [];
  if (observed.clone.spec.isolation.policy === 'None')
    return [
      finding(
        'Isolated',
        false,
        'NotIsolated',
        'spec.isolation.policy is None: the clone can reach the source by full Service names',
      ),
    ];
  const made = observed.children.policies.length > 0;
  if (!made) return [finding('Isolated', false, 'Pending', 'the NetworkPolicy is made before the first VM')];
  return [
    finding(
      'Isolated',
      'Unknown',
      'PolicyUnverified',
      'a NetworkPolicy is in place; whether the network of this cluster enforces it has not been tried',
    ),
  ];
}

/** `Completed`: latched. From then on the clone is its user's. */
function completed({ observed, plan, failures }: CloneReport): readonly Finding[] {
  if (isCompleted(observed))
    return [finding('Completed', true, 'Completed', 'every VM was up; the clone is yours')];
  if (plan.blockers[0]) return [finding('Completed', false, 'Blocked', plan.message)];
  const failed = plan.progress.filter(({ state }) => state === 'Failed');
  if (failed.length > 0) {
    const stops = observed.clone.spec.onFailure === 'Stop' ? '; no more VMs are made until it is mended' : '';
    return [
      finding(
        'Completed',
        false,
        'VirtualMachineFailed',
        `VM ${failed[0]!.desired.name}: ${failed[0]!.message}${stops}`,
      ),
    ];
  }
  if (failures[0]) return [finding('Completed', false, 'StepFailed', failures[0].message)];
  const reasons = {
    Paused: 'Paused',
    Planned: 'PlanOnly',
    Cancelled: 'Cancelled',
    Cancelling: 'Cancelled',
    Deleting: 'Deleting',
    Expired: 'Deleting',
    Asking: 'Capturing',
    Capturing: 'Capturing',
  } as const;
  return [
    finding('Completed', false, reasons[plan.state as keyof typeof reasons] ?? 'Starting', plan.message),
  ];
}

/** `Ready`: every VM is up now; it comes and goes after completion. */
function ready({ observed, plan }: CloneReport): Finding {
  if (isCompleted(observed)) return stillReady(plan.desired ? upByGates(plan) : upByThemselves(observed));
  const [unfinished] = completed({ observed, plan, failures: [], now: 0 });
  return finding('Ready', false, unfinished!.reason, unfinished!.message);
}

function stillReady(up: readonly boolean[]): Finding {
  const down = up.filter((each) => !each).length;
  if (down === 0) return finding('Ready', true, 'AllUp', `${up.length} VMs are up`);
  return finding('Ready', false, 'NotAllUp', `${down} of ${up.length} VMs are not up`);
}

function upByGates({ progress }: CloneReport['plan']): readonly boolean[] {
  return progress.map(({ state }) => state === 'Up');
}

/** Once the capture is deleted the gates are known no more: what KubeVirt says of the VMs that are there. */
function upByThemselves({ children }: CloneReport['observed']): readonly boolean[] {
  return children.machines.map(({ spec, status }) => spec.runStrategy === 'Halted' || status?.ready === true);
}
