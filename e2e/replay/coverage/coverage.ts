/** Holds what an operator asked against the recordings and `unseen.md`. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readRecording, recordingPath } from '../recording/recording.ts';
import { scenarioNames } from '../run.ts';
import { callTitle } from './call.ts';
import { operatorCalls } from './operator-calls.ts';
import { recordedCalls } from './recorded-calls.ts';
import { titlesIn, type Unseen, unseenAmong, unseenText } from './unseen.ts';

const unseenFile = fileURLToPath(new URL('../unseen.md', import.meta.url));

export interface Coverage {
  readonly unseen: Unseen;
  /** In the file, but a recording answers it by now. */
  readonly answered: readonly string[];
  /** Not in the file. */
  readonly unlisted: readonly string[];
}

export async function coverageOf(logFile: string): Promise<Coverage> {
  const scenarios = await scenarioNames();
  const recorded = (
    await Promise.all(scenarios.map(async (name) => recordedCalls(await readRecording(recordingPath(name)))))
  ).flat();
  const unseen = unseenAmong((await operatorCalls(logFile)).values(), recorded);
  const listed = titlesIn(await readFile(unseenFile, 'utf8').catch(() => ''));
  const titles = new Set(recorded.map(callTitle));
  const found = [...unseen.never, ...unseen.unnamed, ...unseen.byServer];
  return {
    unseen,
    answered: [...listed].filter((title) => titles.has(title)),
    unlisted: found.filter((title) => !listed.has(title)),
  };
}

export async function writeUnseen(unseen: Unseen): Promise<void> {
  await writeFile(unseenFile, unseenText(unseen));
}

/** Calls in `unseen.md` that stand-ins answer and no recording does. */
export async function countUnseen(): Promise<number> {
  const text = await readFile(unseenFile, 'utf8').catch(() => '');
  return titlesIn(text.split('\n## Recorded only')[0] ?? '').size;
}
