import { describe, expect, it } from 'vitest';
import { parseSelection } from './selection.ts';

const leaf = new Map();

describe('parseSelection', () => {
  it('reads fields inside fields', () => {
    expect(parseSelection('a { b c { d } } e')).toEqual(
      new Map([
        [
          'a',
          new Map([
            ['b', leaf],
            ['c', new Map([['d', leaf]])],
          ]),
        ],
        ['e', leaf],
      ]),
    );
  });

  it.each([
    ['a { b', '1 braces are not closed'],
    ['a }', 'a closing brace too many'],
    ['{ a }', 'a brace without a field before it'],
    ['a b a', 'a is selected twice'],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseSelection(text)).toThrow(message);
  });
});
