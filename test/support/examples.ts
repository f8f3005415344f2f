// Which examples property tests have, and how many: an ordinary run has the same ones each time, a search has others and more.
import { createHash } from 'node:crypto'

/** Whether the user chose a seed (vitest.config.ts). */
const isSearch = process.env['TEST_SEARCH'] === 'yes'

/** How many examples a test has. An ordinary run has `count`; more would be the same in each run. */
export const examplesOf = (count: number): number => (isSearch ? count * 10 : count)

/**
 * The seed of one test, by the seed of the run and by the test's name. With one seed for all, tests that draw from the same
 * arbitrary would have the same examples.
 */
export const seedOf = (runSeed: string, testName: string): number =>
  createHash('sha256').update(`${runSeed} ${testName}`).digest().readInt32BE()
