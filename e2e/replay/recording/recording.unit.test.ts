import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarioNames } from '../run.ts';
import { decodeRecording, encodeRecording, readRecording, recordingPath } from './recording.ts';

const scenarios = await scenarioNames();

it('there are recordings', () => {
  expect(scenarios.length).toBeGreaterThan(30);
});

describe.each(scenarios)('the recording %s', (name) => {
  it('bears its name, and is the same when it is written and read again', async () => {
    const recording = await readRecording(recordingPath(name));
    expect(recording.header.name).toBe(name);
    expect(decodeRecording(encodeRecording(recording))).toEqual(recording);
  });
});

it.each([
  ['without a header', '{"ms":0,"pause":1}\n', 'no header'],
  ['of something else', 'hello\n', 'is not valid JSON'],
])('a file %s is no recording, and which one is said', async (_what, text, problem) => {
  const directory = await mkdtemp(join(tmpdir(), 'envclone-recording-'));
  const path = join(directory, 'some.jsonl');
  try {
    await writeFile(path, text);
    const reading = expect(readRecording(path)).rejects;
    await reading.toThrow(`${path} is no recording`);
    await reading.toThrow(problem);
  } finally {
    await rm(directory, { recursive: true });
  }
});
