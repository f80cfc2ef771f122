import { defineConfig } from 'vitest/config'

// Tests run from the sources: the `samsa-source` condition of every package points at `src/index.ts`.
export default defineConfig({
  ssr: { resolve: { conditions: ['samsa-source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['samsa-source', 'node', 'import', 'default'] },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'checks/src/**/*.test.ts',
      'tests/simulation/**/*.test.ts',
      'tests/client/**/*.test.ts',
      'tests/tools/**/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
  },
})
