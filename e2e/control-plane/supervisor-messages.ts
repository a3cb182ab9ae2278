/** A program to run until the supervisor ends, and the file that takes what it says. */
export interface ProgramToRun {
  /** What messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly log: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** What the process that needs the programs sends. Its end, however it comes, is heard as `disconnect`. */
export type Order =
  | { readonly type: 'run'; readonly id: number; readonly program: ProgramToRun }
  /** A directory to remove when everything has ended. */
  | { readonly type: 'remove'; readonly directory: string };

/** What the supervisor answers. */
export type Report =
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  | { readonly type: 'ended'; readonly id: number; readonly how: string; readonly ok: boolean };
