/**
 * `npm run replay`: replays recordings of real systems and says what is otherwise here.
 * `npm run replay -- record SCENARIO --kubeconfig FILE`: records a scenario anew on a real cluster.
 */
import { mkdir } from 'node:fs/promises';
import { Command } from 'commander';
import { limited } from '../../operator/apply/limited.ts';
import { describe } from './compare/difference.ts';
import { countUnseen, coverageOf, writeUnseen } from './coverage/coverage.ts';
import { play } from './play/play.ts';
import { namedTestbed, oneTestbed, standInTestbeds } from './play/testbed.ts';
import { readRecording, writeRecording } from './recording/recording.ts';
import { isFile, type Outcome, pathOf, replay, scenarioNames } from './run.ts';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(new Error(name)));
const say = (line: string) => void process.stderr.write(`${line}\n`);

interface ReplayFlags {
  readonly json?: true;
  readonly kubeconfig?: string;
  readonly keep?: string;
  readonly jobs: string;
}

const program = new Command('replay')
  .description(
    'Replays recordings of the real KubeVirt, CDI and CSI driver, and says what is otherwise here.',
  )
  .argument('[scenario...]', 'recordings to replay, or files with some (*.jsonl); all by default')
  .option('--json', 'print one object of figures')
  .option('--kubeconfig <file>', 'replay on this cluster, which has all that is recorded; default: stand-ins')
  .option('--jobs <number>', 'scenarios at once: each has namespaces of its own', '4')
  .option('--keep <folder>', 'write each replay there as a recording')
  .action(replayAll);

program
  .command('record')
  .description(
    'Sends the requests of a scenario to a real cluster and writes what it did in place of the recording.',
  )
  .argument('<scenario>')
  .requiredOption('--kubeconfig <file>', 'a cluster that has all that is recorded')
  .option('--output <file>', 'where to; default: in place of the recording')
  .action(record);

program
  .command('coverage')
  .description('Holds what an operator logged at level trace against the recordings and unseen.md.')
  .argument('<log>')
  .option('--write', 'write unseen.md anew')
  .action(cover);

await program.parseAsync().catch((error: Error) => {
  say(stopping.signal.aborted ? 'stopped' : error.message);
  process.exitCode = 1;
});

async function replayAll(wanted: readonly string[], flags: ReplayFlags): Promise<void> {
  const known = await scenarioNames();
  requireKnown(wanted, known);
  const jobs = Number(flags.jobs);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new Error(`--jobs ${flags.jobs}: say how many scenarios at once, 1 or more`);
  if (flags.keep) await mkdir(flags.keep, { recursive: true });
  await using testbeds = flags.kubeconfig
    ? oneTestbed(await namedTestbed(flags.kubeconfig))
    : standInTestbeds(say);
  const limit = limited(jobs);
  const ended = await Promise.allSettled(
    (wanted.length > 0 ? wanted : known).map((scenario) =>
      limit(async () => {
        const outcome = await replay(scenario, { testbeds, signal: stopping.signal });
        report(outcome);
        if (flags.keep) await writeRecording(`${flags.keep}/${outcome.scenario}.jsonl`, outcome.replayed);
        return outcome;
      }),
    ),
  );
  const broken = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
  stopping.signal.throwIfAborted();
  for (const { message } of broken) say(message);
  if (broken.length > 0) process.exitCode = 1;
  const outcomes = ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  await summarize(outcomes, flags);
}

function requireKnown(wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.filter((name) => !known.includes(name) && !isFile(name));
  if (unknown.length > 0)
    throw new Error(`no recording ${unknown.join(', ')}; there are: ${known.join(', ')}`);
}

function report({ scenario, differences, allowed, unused, requests, objects, took }: Outcome): void {
  for (const difference of differences) say(describe(difference));
  for (const { subject, field, reason } of unused)
    say(
      `${scenario}: an allowed difference no longer occurs, take it from the list: ${subject}, ${field} (${reason})`,
    );
  const counts = `${requests} requests, ${objects} objects, ${allowed.length} allowed differences`;
  say(`${scenario}: ${differences.length} differences (${counts}, ${(took / 1000).toFixed(1)} s)`);
}

async function summarize(outcomes: readonly Outcome[], { json }: ReplayFlags): Promise<void> {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, each) => total + of(each), 0);
  const figures = {
    scenarios: outcomes.length,
    requests: sum(({ requests }) => requests),
    objects: sum(({ objects }) => objects),
    differences: sum(({ differences, unused }) => differences.length + unused.length),
    allowed: sum(({ allowed }) => allowed.length),
    unseen_calls: await countUnseen(),
  };
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else
    process.stdout.write(
      `${Object.entries(figures)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}\n`,
    );
  if (figures.differences > 0) process.exitCode = 1;
}

async function record(
  scenario: string,
  { kubeconfig, output }: { kubeconfig: string; output?: string },
): Promise<void> {
  requireKnown([scenario], await scenarioNames());
  const before = await readRecording(pathOf(scenario));
  await using testbed = await namedTestbed(kubeconfig);
  const recorded = await play(before, { ...testbed, signal: stopping.signal });
  const path = output ?? pathOf(scenario);
  await writeRecording(path, recorded);
  say(`${path}: ${recorded.lines.length} lines`);
}

async function cover(log: string, { write }: { write?: true }): Promise<void> {
  const { unseen, answered, unlisted } = await coverageOf(log);
  if (write) return writeUnseen(unseen);
  say(`${unseen.never.length} calls that no real system was seen to answer:`);
  for (const title of unseen.never) say(`  ${title}`);
  for (const title of unlisted) say(`no recording answers this, and unseen.md does not say so: ${title}`);
  for (const title of answered) say(`a recording answers this by now, take it from unseen.md: ${title}`);
  if (unlisted.length + answered.length > 0) process.exitCode = 1;
}
