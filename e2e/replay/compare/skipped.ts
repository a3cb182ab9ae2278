/**
 * Values that a recording skipped. How many of its steps a busy controller gets to tell differs from one object to the
 * next: where an object's sequence is another's of its kind with some left out, the longer one counts.
 */
import { isState } from './fields.ts';
import { absent, type History } from './histories.ts';

type Histories = ReadonlyMap<string, History>;

/** What one controller works through in a queue, and tells of as it gets to it, and what waits for one lock. */
const queued = ['DataVolume', 'PersistentVolumeClaim', 'VirtualMachineSnapshot'];

/** Whether a replayed sequence is that of another object in the recording, of which its own skipped some. */
export function fitsAnother(path: string, real: History, ours: History, recorded: Histories): boolean {
  if (!queued.includes(real.kind)) return false;
  const [own, replayed] = [sequence(real, path), sequence(ours, path)];
  // Of several that wait for a lock any may be the next, and tell of no waiting. Other states may only be more.
  const mayBeLess = real.kind === 'VirtualMachineSnapshot' || !isState(path);
  if (own.at(-1) !== replayed.at(-1)) return false;
  if (isReason.test(path)) {
    const [told, known] = [withoutGaps(replayed), withoutGaps(own)];
    if (isWithin(told, known) && (mayBeLess || told.length === known.length)) return true;
  }
  return [...recorded.values()]
    .filter((other) => other.kind === real.kind && other !== real)
    .map((other) => sequence(other, path))
    .some(
      (other) => isWithin(own, other) && isWithin(replayed, other) && (mayBeLess || isWithin(own, replayed)),
    );
}

/** Between two reasons a condition may be without one for a moment. */
const isReason = /\.conditions\[[^\]]*\]\.(reason|message)$/;

function withoutGaps(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => value !== absent || index === 0 || index === values.length - 1);
}

/** With what only names the object itself made equal. */
function sequence({ fields, title }: History, path: string): readonly string[] {
  const name = title.slice(title.indexOf('/') + 1).replace(/ \(\d+\.\)$/, '');
  const values = fields.get(path)?.map(({ value }) => value.replaceAll(name, '‹itself›')) ?? [];
  return values[0] === absent ? values : [absent, ...values];
}

export function isWithin(values: readonly string[], of: readonly string[]): boolean {
  let index = 0;
  for (const value of of) if (values[index] === value) index++;
  return index === values.length;
}
