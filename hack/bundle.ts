/** `bundle.ts [file]`: the whole program as one file that needs nothing but Node 24; `dist/envclone.mjs` by default. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = process.argv[2] ?? `${root}dist/envclone.mjs`;

await build({
  absWorkingDir: root,
  entryPoints: ['operator/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: 'linked',
  // Half the memory of the sources: most of client-node is models that nobody uses.
  minify: true,
  keepNames: true,
  logLevel: 'info',
  // Dependencies that are CommonJS call require() for what is built into Node.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
