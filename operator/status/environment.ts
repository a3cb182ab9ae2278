/** What an Environment says of itself: its order, where its applications run, and whether it could be cloned. */
import type { ObservedEnvironment } from '../observe/environment.ts';
import { describeOrderProblem, type OrderResult } from '../plan/order/order.ts';
import type { EnvironmentStatus } from '../schema/environment.ts';
import { type Finding, finding, toConditions } from './conditions.ts';

const describedTiers = 6;
const describedMachines = 4;

export function summarizeEnvironment(
  observed: ObservedEnvironment,
  result: OrderResult,
  now: number,
): EnvironmentStatus {
  const { environment, machines, lastCapture } = observed;
  const { generation } = environment.metadata;
  const order = 'order' in result ? result.order : undefined;
  const achieved = lastCapture?.status?.pointInTime?.achieved;
  return {
    observedGeneration: generation,
    virtualMachines: machines.length,
    tierCount: order?.tiers.length,
    order: order && describeTiers(order.tiers),
    placements: environment.spec.applications.map(({ name }) => {
      const own = machines.filter(({ applications }) => applications.includes(name));
      const tiers = own
        .map((machine) => order?.tierOf.get(machine.name))
        .filter((tier) => tier !== undefined);
      return {
        application: name,
        virtualMachines: own.length,
        running: own.filter(({ running }) => running).length,
        ...(tiers.length > 0 && { tier: Math.min(...tiers) }),
      };
    }),
    lastCapture: achieved ? { snapshot: lastCapture!.metadata.name, time: achieved } : undefined,
    conditions: toConditions(conditionsOf(observed, result), environment.status?.conditions, generation, now),
  };
}

function conditionsOf(observed: ObservedEnvironment, result: OrderResult): readonly Finding[] {
  const ordered =
    'problem' in result
      ? finding('Ordered', false, result.problem, describeOrderProblem(result))
      : finding('Ordered', true, 'Ordered', `${result.order.tiers.length} tiers`);
  const placed = placedCondition(observed);
  const bad = [ordered, placed].find(({ status }) => status === 'False');
  return [
    ordered,
    placed,
    bad ? { ...bad, type: 'Ready' } : finding('Ready', true, 'Cloneable', 'it can be captured and cloned'),
  ];
}

function placedCondition({ environment, machines }: ObservedEnvironment): Finding {
  const runners = (name: string) => machines.filter(({ applications }) => applications.includes(name));
  const names = environment.spec.applications.map(({ name }) => name);
  const unplaced = names.filter((name) => runners(name).length === 0);
  if (unplaced.length > 0)
    return finding(
      'Placed',
      false,
      'NoVirtualMachine',
      `no VM is selected for ${unplaced.join(', ')}: correct the selector, or label the VMs`,
    );
  const halted = names.filter((name) => !runners(name).some(({ running }) => running));
  if (halted.length > 0)
    return finding(
      'Placed',
      false,
      'NotRunning',
      `no VM is running for ${halted.join(', ')}: a capture needs one of each application`,
    );
  return finding('Placed', true, 'Placed', `${machines.length} VMs`);
}

function describeTiers(tiers: readonly (readonly string[])[]): string {
  const shown = tiers.slice(0, describedTiers).map((tier) => {
    const more = tier.length - describedMachines;
    return `${tier.slice(0, describedMachines).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
  return (
    shown.join(' → ') +
    (tiers.length > describedTiers ? ` → ${tiers.length - describedTiers} more tiers` : '')
  );
}
