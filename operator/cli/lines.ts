/** Text for a terminal as plain values: spans with a tone, which only the display turns into colours. */

export type Tone = 'strong' | 'quiet' | 'good' | 'bad' | 'busy';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

export type Line = readonly Span[];

export function span(text: string, tone?: Tone): Span {
  return tone ? { text, tone } : { text };
}

/** What a line says, without its tones. */
export function textOf(line: Line): string {
  return line
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}

/** Columns that a text takes; none of ours is wider than one column a character. */
export function widthOf(text: string): number {
  return [...text].length;
}

/** The line cut to `width` columns; a cut one ends with `…`. */
export function cutLine(line: Line, width: number): Line {
  let left = width;
  const kept: Span[] = [];
  for (const { text, tone } of line) {
    const characters = [...text];
    if (characters.length > left) return [...kept, span(`${characters.slice(0, left - 1).join('')}…`, tone)];
    kept.push(span(text, tone));
    left -= characters.length;
  }
  return kept;
}

/** The words of a text in rows of at most `width` columns; a word that is longer has a row of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  for (const word of withoutControls(text).split(/\s+/)) {
    const last = rows.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width)
      rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}

/** Messages come from the cluster: what they hold must not move the cursor or set colours. */
export function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `part` of `whole` bytes in the unit of the whole: `64/192 MiB`. */
export function formatBytes(part: number, whole: number): string {
  const power = whole < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(whole) / 10));
  const amount = (bytes: number) => String(Math.round((bytes / 2 ** (10 * power)) * 10) / 10);
  return `${amount(part)}/${amount(whole)} ${units[power]}`;
}

/** Milliseconds in whole seconds, for what is read while it grows: `0s`, `42s`, `3m20s`, `2h5m`, `3d4h`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return `${days}d${hours % 24}h`;
  if (hours > 0) return `${hours}h${minutes % 60}m`;
  if (minutes > 0) return `${minutes}m${seconds % 60}s`;
  return `${seconds}s`;
}
