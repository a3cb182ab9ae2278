/** `npm run bench`: a table of figures; `-- --json`: the same as one object. Nothing here passes or fails. */
import { parseArgs } from 'node:util';
import { type Everything, startEverything } from '../testing/everything.ts';
import { bundleOperator } from './bundle.ts';
import { type CloneFigures, measureClone, prepareFleet } from './clone.ts';
import { median } from './measure.ts';
import { measureObjects } from './objects.ts';
import { measureOrder } from './order.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
  },
});
const runs = Number(values.runs);
const say = (line: string) => void process.stderr.write(`${line}\n`);
const wanted = (name: string) => !values.only || values.only.includes(name);
const goals: Readonly<Record<string, string>> = {
  order_10k_ms: '< 200',
  clone100_over_critical: '<= 1.05',
  clone100_peak_rss_mb: '< 250',
  largest_object_kib: '< 256',
};

const figures: Record<string, unknown> = {};
if (wanted('order')) {
  say(`ordering 1,000, 10,000 and 100,000 VMs, median of ${runs + 2} runs, seed ${values.seed}`);
  Object.assign(figures, measureOrder(runs + 2, Number(values.seed)));
}
if (wanted('clone') || wanted('objects')) {
  // What is shipped is measured, not the sources.
  await using program = await bundleOperator();
  await using everything = await startEverything({
    pace: 'fast',
    log: say,
    program,
    logLevel: 'info',
  });
  if (wanted('clone')) Object.assign(figures, await cloneFigures(everything));
  if (wanted('objects')) {
    say('an Environment of 1,000 VMs');
    Object.assign(figures, await measureObjects(everything));
  }
}
print(figures);

async function cloneFigures(everything: Everything): Promise<CloneFigures> {
  say('starting 100 VMs as the source');
  await prepareFleet(everything);
  const measured: CloneFigures[] = [];
  for (let run = 1; run <= runs; run++) {
    const figure = await measureClone(everything, run);
    say(`clone ${run} of ${runs}: ${figure.clone100_seconds.toFixed(2)} s`);
    measured.push(figure);
  }
  const middle = (of: (figure: CloneFigures) => number) => median(measured.map(of));
  const verbs = Object.keys(measured[0]!.clone100_requests_per_vm);
  return {
    clone100_seconds: middle((each) => each.clone100_seconds),
    clone100_critical_seconds: measured[0]!.clone100_critical_seconds,
    clone100_over_critical: middle((each) => each.clone100_over_critical),
    clone100_requests_per_vm: Object.fromEntries(
      verbs.map((verb) => [verb, middle((each) => each.clone100_requests_per_vm[verb] ?? 0)]),
    ),
    clone100_peak_rss_mb: Math.max(...measured.map((each) => each.clone100_peak_rss_mb)),
    clone100_cpu_seconds: middle((each) => each.clone100_cpu_seconds),
  };
}

function print(all: Readonly<Record<string, unknown>>): void {
  if (values.json) return void process.stdout.write(`${JSON.stringify(all)}\n`);
  for (const [name, value] of Object.entries(all)) {
    const goal = goals[name] ? `   goal ${goals[name]}` : '';
    process.stdout.write(`${name.padEnd(28)} ${shown(value)}${goal}\n`);
  }
}

function shown(value: unknown): string {
  if (typeof value === 'number') return value.toFixed(2);
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, number>)
    .map(([verb, count]) => `${verb} ${count.toFixed(2)}`)
    .join(', ');
}
