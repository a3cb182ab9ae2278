import { expect, test } from 'vitest';
import { legacyFirmwareUuid } from './firmware.ts';

test('the firmware UUID of a name is the one that KubeVirt gives it', () => {
  expect(legacyFirmwareUuid('x')).toBe('394b7130-3a50-5e8a-9c2f-17d8aa26ee05');
});
