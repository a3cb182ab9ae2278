/** Replays recordings on a testbed and judges what came of each. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Judged, judge, readAllowances } from './compare/allowed.ts';
import { compare } from './compare/compare.ts';
import { play } from './play/play.ts';
import type { Testbeds } from './play/testbed.ts';
import { type Recording, readRecording, recordingPath } from './recording/recording.ts';

export interface Outcome extends Judged {
  readonly scenario: string;
  readonly requests: number;
  readonly objects: number;
  readonly replayed: Recording;
  /** Milliseconds. */
  readonly took: number;
}

export interface ReplayOptions {
  readonly testbeds: Testbeds;
  readonly signal: AbortSignal;
}

/** Names of the recordings of this project, sorted. */
export async function scenarioNames(): Promise<readonly string[]> {
  const files = await readdir(fileURLToPath(new URL('../recordings/', import.meta.url)));
  return files.flatMap((file) => /^(.+)\.jsonl\.br$/.exec(file)?.[1] ?? []).toSorted();
}

/** Whether somebody means a file that is not one of the project's recordings. */
export function isFile(scenario: string): boolean {
  return /\.jsonl(\.br)?$/.test(scenario);
}

/** Where a scenario is: `wanted` is the name of a recording, or the path of a file with one. */
export function pathOf(wanted: string): string {
  return isFile(wanted) ? wanted : recordingPath(wanted);
}

export async function replay(wanted: string, { testbeds, signal }: ReplayOptions): Promise<Outcome> {
  const began = performance.now();
  const recorded = await readRecording(pathOf(wanted));
  const scenario = recorded.header.name;
  const testbed = await testbeds.of(setsTimers(recorded) ? 'recorded' : 'fast');
  const run = () => play(recorded, { ...testbed, signal });
  const replayed = await (takesSnapshots(recorded) ? testbed.amongSnapshots(run) : run());
  const { differences, requests, objects } = compare(recorded, replayed);
  const judged = judge(scenario, differences, readAllowances());
  return { scenario, requests, objects, replayed, took: performance.now() - began, ...judged };
}

/** Timers that a request sets run at the pace of the world, and so must everything around them. */
function setsTimers({ lines }: Recording): boolean {
  const isTimed = (body: string) =>
    body.includes('"unfreezeTimeout"') || body.includes('"VirtualMachineRestore"');
  return lines.some((line) => 'request' in line && isTimed(JSON.stringify(line.request.body)));
}

function takesSnapshots({ lines }: Recording): boolean {
  return lines.some((line) => 'event' in line && line.object.kind === 'VolumeSnapshot');
}
