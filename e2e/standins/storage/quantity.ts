const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/** A Kubernetes quantity in bytes, rounded up: `256Mi` is 268435456. */
export function parseQuantity(text: string): number {
  const match = /^([+-]?[0-9.]+)([eE][+-]?[0-9]+|[a-zA-Z]*)$/.exec(text);
  if (!match) throw new Error(`${text} is not a quantity`);
  const [, digits, suffix] = match as unknown as [string, string, string];
  return Math.ceil(Number(digits) * factorOf(suffix, text));
}

/** Bytes as the API server writes a size that was given so: with the largest binary suffix that divides it. */
export function formatQuantity(bytes: number): string {
  return withSuffix(bytes, 1024, binary);
}

/** The same for a size that was reckoned: Go programs make a decimal quantity of a number. */
export function formatDecimal(bytes: number): string {
  return withSuffix(bytes, 1000, decimal.slice(decimal.indexOf('')));
}

function withSuffix(bytes: number, step: number, suffixes: readonly string[]): string {
  let [left, power] = [bytes, 0];
  while (left !== 0 && left % step === 0 && power < suffixes.length - 1) {
    left /= step;
    power += 1;
  }
  return `${left}${suffixes[power]}`;
}

function factorOf(suffix: string, text: string): number {
  if (/^[eE][+-]?[0-9]/.test(suffix)) return 10 ** Number(suffix.slice(1));
  if (binary.includes(suffix)) return 1024 ** binary.indexOf(suffix);
  if (decimal.includes(suffix)) return 1000 ** (decimal.indexOf(suffix) - 3);
  throw new Error(`${text} is not a quantity`);
}
