/** What the demo says at its end: what was seen, and what to try next. */
import type { CloneView } from '../../operator/cli/clone-view.ts';
import { formatBytes, type Line, span } from '../../operator/cli/lines.ts';
import type { BytesReport, DiskResult } from '../testing/captured-bytes.ts';

/** One line for each disk, and one for all of them together. */
export function describeBytes({ disks, findings }: BytesReport): readonly Line[] {
  const width = Math.max(...disks.map(({ pair }) => pair.claim.length));
  return [
    ...disks.map((disk) => describeDisk(disk, width)),
    ...findings.map(({ vm, message }): Line => [span(`  ✗ ${vm}: ${message}`, 'bad')]),
    ...(findings.length === 0 ? [oneInstant] : []),
  ];
}

function describeDisk(
  { pair, bytes, equal, firstDifference, captured, added }: DiskResult,
  width: number,
): Line {
  const size = formatBytes(bytes, bytes).split('/')[1]!;
  const verdict = equal ? span('equal', 'good') : span(`differs at byte ${firstDifference}`, 'bad');
  const sign = equal ? span('  ✔ ', 'good') : span('  ✗ ', 'bad');
  const records = `  ${captured} records of the source, ${added} since by the clone`;
  return [
    sign,
    span(`${pair.claim.padEnd(width)}  ${size.padStart(8)} compared  `),
    verdict,
    span(records, 'quiet'),
  ];
}

/** Guests write record n only after those that they depend on: a later copy of one disk would hold too much. */
const oneInstant: Line = [
  span('  ✔ ', 'good'),
  span('of one instant: no disk holds a record without those that were written before it'),
];

/** What has happened, in a few words. */
export function describeClone(view: CloneView): readonly Line[] {
  const { machines, disks, tiers, elapsedMs } = view;
  const seconds = Math.round(elapsedMs / 1000);
  return [
    [],
    [span(`${view.source} was cloned to ${view.namespace} in ${seconds} s`, 'strong')],
    [
      span(
        `  ${machines.total} VMs in ${tiers.length} tiers, ${disks.total} disks, as of ${view.asOf}, skew ${view.skew} at most`,
      ),
    ],
  ];
}

/** Commands that work while everything runs. */
export function nextWhileKept(kubeconfig: string, kubectl: string): readonly string[] {
  return [
    'It runs until you press Ctrl-C. In another terminal, in this folder:',
    '',
    `  export KUBECONFIG=${kubeconfig}`,
    `  ${kubectl} get environmentclones,virtualmachines,pvc -n shop-copy`,
    `  ${kubectl} describe environmentclone shop -n shop-copy`,
    `  ${kubectl} delete environmentclone shop -n shop-copy     # takes all of it down, last tier first`,
    `  ${kubectl} apply -f e2e/sample/clone.yaml                # and makes it again`,
    '  node_modules/.bin/node operator/main.ts status shop -n shop-copy --watch',
  ];
}

export const nextAfterwards: readonly string[] = [
  'Everything is removed again. What to try next:',
  '',
  '  npm run demo -- --keep     # keeps it running and prints how to look around with kubectl',
  '  less e2e/sample/*.yaml     # what was cloned, and what asked for it',
  '  README.md                  # how to install it on a cluster with KubeVirt',
];
