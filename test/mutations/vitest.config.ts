import { defineConfig } from 'vitest/config'

/** One file at a time and nothing else: no build, and a cache of its own. */
export default defineConfig({
  cacheDir: '.vite',
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: './test/support/row-equality.ts',
    maxWorkers: 1,
    testTimeout: 30_000,
    bail: 1,
  },
})
