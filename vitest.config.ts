import { defineConfig } from 'vitest/config';

/** Projects that start a database or a browser run one file at a time: two cores are what a small library has. */
const heavy = { fileParallelism: false, maxWorkers: 1 } as const;
const jsx = { jsx: 'automatic', jsxImportSource: 'hono/jsx' } as const;

export default defineConfig({
  esbuild: jsx,
  test: {
    retry: 0,
    maxWorkers: 2,
    projects: [
      {
        esbuild: jsx,
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'tests/arrows/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        esbuild: jsx,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.{ts,tsx}'],
          globalSetup: ['tests/support/database-server.ts'],
          testTimeout: 30_000,
          hookTimeout: 120_000,
          ...heavy,
        },
      },
      {
        esbuild: jsx,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.{ts,tsx}'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          ...heavy,
        },
      },
      {
        esbuild: jsx,
        test: {
          name: 'budgets',
          include: ['tests/budgets/**/*.test.{ts,tsx}'],
          globalSetup: ['tests/support/database-server.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          ...heavy,
        },
      },
      {
        esbuild: jsx,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.{ts,tsx}'],
          globalSetup: ['tests/support/database-server.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          ...heavy,
        },
      },
    ],
  },
});
