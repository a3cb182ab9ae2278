/** What the operator asks that no real system was seen to answer, as `unseen.md` has it. */
import { type Call, callTitle } from './call.ts';

export interface Unseen {
  /** Calls of kinds that stand-ins serve or act on, which no recording has in this shape. */
  readonly never: readonly string[];
  /** The same, but a recording has the call without a field manager. */
  readonly unnamed: readonly string[];
  /** Calls that the API server answers by itself, and in every test that is a real one. */
  readonly byServer: readonly string[];
}

/** Groups behind which a stand-in is at work, and core kinds that the stand-ins bind, fill, schedule and run. */
const stoodIn = /(^|\.)(kubevirt\.io|snapshot\.storage\.k8s\.io|groupsnapshot\.storage\.k8s\.io)$/;
const stoodInCore = ['persistentvolumeclaims', 'persistentvolumes', 'pods'];

export function unseenAmong(asked: Iterable<Call>, recorded: Iterable<Call>): Unseen {
  const seen = new Set([...recorded].map(callTitle));
  const unseen = [...asked].filter((call) => !seen.has(callTitle(call)));
  const [never, unnamed, byServer]: [string[], string[], string[]] = [[], [], []];
  for (const call of unseen) {
    const title = callTitle(call);
    if (!isStoodIn(call)) byServer.push(title);
    else if (call.named && seen.has(callTitle({ ...call, named: false }))) unnamed.push(title);
    else never.push(title);
  }
  return { never: never.toSorted(), unnamed: unnamed.toSorted(), byServer: byServer.toSorted() };
}

function isStoodIn({ group, resource }: Call): boolean {
  return stoodIn.test(group) || (group === '' && stoodInCore.includes(resource.split('/')[0]!));
}

const head = `# What no recording answers

Every call that the operator makes in the end-to-end tests is set against the recordings of real systems
(\`ENVCLONE_KEEP_OPERATOR_LOG=FILE npm test\`, then \`npm run replay -- coverage FILE --write\`). These have not been seen to be answered by a real one in just
this shape; what the stand-ins answer to them is inferred. The file is generated.
`;

export function unseenText({ never, unnamed, byServer }: Unseen): string {
  return [
    head,
    section('Never recorded', never),
    section('Recorded only without a field manager, which changes nothing but `managedFields`', unnamed),
    section('Answered by the API server alone, which is a real one in every test', byServer),
  ].join('\n');
}

function section(title: string, calls: readonly string[]): string {
  const list = calls.length > 0 ? calls.map((call) => `- ${call}`).join('\n') : 'None.';
  return `## ${title}\n\n${list}\n`;
}

/** Titles in a text that `unseenText` made. */
export function titlesIn(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : [])));
}
