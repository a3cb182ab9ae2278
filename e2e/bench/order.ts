/** How long it takes to order an Environment, and how that grows. */
import { type OrderInput, orderMachines } from '../../operator/plan/order/order.ts';
import { median, randomFrom } from './measure.ts';

export interface OrderFigures {
  readonly order_1k_ms: number;
  readonly order_10k_ms: number;
  readonly order_100k_ms: number;
}

export function measureOrder(runs: number, seed: number): OrderFigures {
  const time = (machines: number) => {
    const input = environmentOf(machines, 5 * machines, seed);
    return median(Array.from({ length: runs }, () => timeOf(() => orderMachines(input))));
  };
  return { order_1k_ms: time(1_000), order_10k_ms: time(10_000), order_100k_ms: time(100_000) };
}

/** One application per VM, each dependency to one that comes before it: no cycle, long and short chains. */
function environmentOf(machines: number, dependencies: number, seed: number): OrderInput {
  const random = randomFrom(seed);
  const dependsOn = Array.from({ length: machines }, () => new Set<string>());
  for (let made = 0; made < dependencies; made++) {
    const from = 1 + Math.floor(random() * (machines - 1));
    dependsOn[from]!.add(`app-${Math.floor(random() * from)}`);
  }
  return {
    applications: dependsOn.map((names, index) => ({ name: `app-${index}`, dependsOn: [...names] })),
    machines: dependsOn.map((_, index) => ({ name: `vm-${index}`, applications: [`app-${index}`] })),
    coLocated: 'Reject',
  };
}

function timeOf(run: () => unknown): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}
