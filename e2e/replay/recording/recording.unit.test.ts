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

it('a file without a header is no recording', () => {
  expect(() => decodeRecording('{"ms":0,"pause":1}\n')).toThrow('no header');
});
