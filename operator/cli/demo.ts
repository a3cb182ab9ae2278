/** `envclone demo`: where it is, since it comes with the sources only. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

interface Demo {
  runDemo(options: { readonly keep: boolean }, signal: AbortSignal): Promise<number>;
}

const demo = new URL('../../e2e/demo/demo.ts', import.meta.url);

export function registerDemo(program: Command, signal: AbortSignal): void {
  program
    .command('demo')
    .description('start a control plane on this machine, and clone an environment of four VMs in it')
    .option('--keep', 'keep it running at the end, until Ctrl-C', false)
    .action(async (options: { keep: boolean }) => {
      if (!existsSync(fileURLToPath(demo)))
        throw new Error(
          'the demo is not in this package: clone the repository, and run `npm run demo` there',
        );
      const { runDemo } = (await import(demo.href)) as Demo;
      process.exitCode = await runDemo(options, signal);
    });
}
