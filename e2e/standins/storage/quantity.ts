const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/** A Kubernetes quantity in bytes, rounded up: `256Mi` is 268435456. */
export function parseQuantity(text: string): number {
  const match = /^([+-]?[0-9.]+)([eE][+-]?[0-9]+|[a-zA-Z]*)$/.exec(text);
  if (!match) throw new Error(`${text} is not a quantity`);
  const [, digits, suffix] = match as unknown as [string, string, string];
  return Math.ceil(Number(digits) * factorOf(suffix, text));
}

/** Bytes as the API server writes a size: with the largest binary suffix that divides it. */
export function formatQuantity(bytes: number): string {
  let power = 0;
  while (bytes !== 0 && bytes % 1024 === 0 && power < binary.length - 1) {
    bytes /= 1024;
    power += 1;
  }
  return `${bytes}${binary[power]}`;
}

function factorOf(suffix: string, text: string): number {
  if (/^[eE][+-]?[0-9]/.test(suffix)) return 10 ** Number(suffix.slice(1));
  if (binary.includes(suffix)) return 1024 ** binary.indexOf(suffix);
  if (decimal.includes(suffix)) return 1000 ** (decimal.indexOf(suffix) - 3);
  throw new Error(`${text} is not a quantity`);
}
