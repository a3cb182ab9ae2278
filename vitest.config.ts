import { defineConfig } from 'vitest/config';

// The replays wait for most of their time: unit tests run beside them.
const maxWorkers = 2;

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['operator/**/*.test.ts', 'e2e/**/*.unit.test.ts', 'hack/**/*.test.ts'],
          // Most of them take less time than loading what they test.
          isolate: false,
          maxWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: 'replay',
          include: ['e2e/replay/replay.test.ts'],
          maxWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['e2e/**/*.test.ts'],
          exclude: ['e2e/**/*.unit.test.ts', 'e2e/replay/replay.test.ts'],
          globalSetup: ['e2e/testing/global-setup.ts'],
          // They share one API server and two cores.
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
