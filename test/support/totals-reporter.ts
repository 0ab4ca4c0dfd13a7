import { stdout } from 'node:process'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Prints what tests have noted, such as seeds, and the totals of a run on one plain line, so that whoever reads the log
 * need not know the runner.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const totals = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state !== 'pending') totals[state] += 1
        for (const { message } of test.annotations()) stdout.write(`${test.name}: ${message}\n`)
      }
      if (module.errors().length > 0) totals.failed += 1
    }
    stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`)
  }
}
