import { expect, it } from 'vitest';
import { delayChangesOf, paceOf } from './pace.ts';

it('a pace has its own delays, but for those that are changed', () => {
  const changed = paceOf('fast', delayChangesOf(['guest boots=600']));
  expect(changed.milliseconds('guest boots')).toBe(600);
  expect(changed.milliseconds('launcher exits')).toBe(paceOf('fast').milliseconds('launcher exits'));
});

it.each(['guest boots', 'guest boots=soon', 'guest sleeps=600', '=5'])('"%s" is no delay', (text) => {
  expect(() => delayChangesOf([text])).toThrow(`--delay "${text}"`);
});
