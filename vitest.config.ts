import { defineConfig } from 'vitest/config';

/** One file at a time where a database, a browser or a process is started: a small library has two cores. */
const oneByOne = { fileParallelism: false, maxWorkers: 1 } as const;
/** What is waited for comes at once, and later on a machine that has much to do: a second says nothing. */
const patient = { expect: { poll: { timeout: 10_000 } } } as const;
const withDatabase = {
  globalSetup: ['tests/support/database-server.ts'],
  hookTimeout: 120_000,
  ...oneByOne,
  ...patient,
};

/** Each file has a database of its own and shares nothing else: loading the service anew for each took as long as its tests. */
const oneService = { isolate: false } as const;

export default defineConfig({
  test: {
    retry: 0,
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...patient,
          name: 'unit',
          include: [
            'src/**/*.test.{ts,tsx}',
            'bench/**/*.test.ts',
            'faults/**/*.test.ts',
            'tests/arrows/**/*.test.ts',
          ],
          testTimeout: 20_000,
          // Its files name each other without their extension, which Node does not read.
          server: { deps: { inline: ['@ldclabs/cose-ts'] } },
        },
      },
      {
        test: {
          ...withDatabase,
          name: 'integration',
          ...oneService,
          include: ['tests/integration/**/*.test.{ts,tsx}'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...oneByOne,
          ...patient,
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...withDatabase,
          name: 'budgets',
          include: ['tests/budgets/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...withDatabase,
          name: 'e2e',
          ...oneService,
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          // A browser on a machine that is short of breath: a second try is printed as "retry x1" and is to be mended.
          retry: 1,
        },
      },
    ],
  },
});
