/** Which fields of an object are meant: `spec { source { name } } status` as a tree. A leaf is a field taken whole. */
export type Selection = ReadonlyMap<string, Selection>;

/** Reads `a b { c d }`. Throws on a brace too many or too few, and on a field named twice. */
export function parseSelection(text: string): Selection {
  const tokens = text.match(/[{}]|[^\s{}]+/g) ?? [];
  const root = new Map<string, Selection>();
  const open = [{ fields: root, last: '' }];
  for (const token of tokens) {
    const innermost = open.at(-1)!;
    if (token === '{') {
      open.push({ fields: innermost.fields.get(innermost.last) as Map<string, Selection>, last: '' });
      if (!innermost.last) throw new Error('a brace without a field before it');
    } else if (token === '}') {
      open.pop();
      if (open.length === 0) throw new Error('a closing brace too many');
    } else if (innermost.fields.has(token)) {
      throw new Error(`${token} is selected twice`);
    } else {
      innermost.fields.set(token, new Map());
      innermost.last = token;
    }
  }
  if (open.length > 1) throw new Error(`${open.length - 1} braces are not closed`);
  return root;
}
