import { expect, test } from 'vitest';
import { parseLabelSelector } from './selectors.ts';

const labels = { app: 'web', 'envclone.io/clone': 'c1', tier: '', stage: 'test' };

test.each([
  ['', true],
  ['app=web', true],
  ['app==web', true],
  ['app=api', false],
  ['app!=api', true],
  ['other!=api', true],
  ['envclone.io/clone', true],
  ['other', false],
  ['!other', true],
  ['!app', false],
  ['tier=', true],
  ['app in (api, web)', true],
  ['app in (api,db),stage=test', false],
  ['app notin (api,db), stage=test', true],
  ['other notin (api)', true],
])('%s matches: %s', (selector, matches) => {
  expect(parseLabelSelector(selector)(labels)).toBe(matches);
});

test('an object without labels matches what asks for none', () => {
  expect(parseLabelSelector('')(undefined)).toBe(true);
  expect(parseLabelSelector('!app')(undefined)).toBe(true);
  expect(parseLabelSelector('app')(undefined)).toBe(false);
});

test('what is no selector is refused', () => {
  expect(() => parseLabelSelector('app in web')).toThrow('not a label selector: app in web');
});
