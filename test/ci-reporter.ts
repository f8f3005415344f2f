// Ends a run with one line that a person and a program can read: "N passed, N failed, N skipped".
import type { Reporter, TestModule } from 'vitest/node'

interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Counts single tests. A file that could not be loaded, a hook that threw outside any test and an error that nobody
 * caught count as one failure each: the run is red for them, so the line must not say "0 failed".
 */
function tally(modules: readonly TestModule[], unhandledErrors: number): Tally {
  let passed = 0
  let failed = unhandledErrors
  let skipped = 0
  for (const module of modules) {
    failed += module.errors().length
    for (const suite of module.children.allSuites()) failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') passed += 1
      else if (state === 'failed') failed += 1
      else skipped += 1
    }
  }
  return { passed, failed, skipped }
}

export default class CiReporter implements Reporter {
  #tally: Tally | undefined

  constructor() {
    // On exit, because coverage and closing words come after the last test, and this must be the very last line.
    process.once('exit', () => {
      if (this.#tally === undefined) return
      const { passed, failed, skipped } = this.#tally
      process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#tally = tally(modules, unhandledErrors.length)
  }
}
