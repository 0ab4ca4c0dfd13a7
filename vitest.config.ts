import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two workers: the tests start real servers beside themselves, and small machines have two cores.
    maxWorkers: 2,
    globalSetup: './test/support/build.ts',
    setupFiles: './test/support/row-equality.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './test/support/totals-reporter.ts'],
  },
})
