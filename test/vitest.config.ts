// How the suite is run: on two workers, in an order and with examples that `TEST_SEED` chooses.
import { randomInt } from 'node:crypto'
import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

/** What has a process for itself; the files of a worker share all other modules. */
const ALONE = [
  // They add fields and types to the schema that all others use.
  'test/properties/member.test.ts',
  'test/unit/**/open-enum.test.ts',
  // They set flags of V8, measure the memory of their process, or attack with the fetch of Node, which undici of npm takes over
  // where it is loaded.
  'test/process/!(leaving).test.ts',
  // Modules that are loaded meanwhile would take the process for a browser.
  'test/clients/fetch-event-source.test.ts',
  // They load a compiler, which the others would have to carry along, or load modules anew.
  'test/{architecture,how-to,run-seed}.test.ts',
]

/**
 * The same order and the same examples in each run, so that a red test speaks of the change and can be repeated. `TEST_SEED=random`
 * searches elsewhere, with more examples; a number repeats what it found.
 */
// Each project reads this file again, and has to get the seed that is printed.
if (process.env['TEST_SEED'] === 'random') process.env['TEST_SEED'] = `${randomInt(2 ** 31)}`
const { TEST_SEED } = process.env
const isSearch = TEST_SEED !== undefined
const seed = Number(TEST_SEED ?? 20261130)

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  // The kit from its source, not from what was built of it.
  ssr: { resolve: { conditions: ['aurora-source', 'node'] } },
  resolve: {
    // The package graphql holds itself twice, as ESM and as CommonJS. Vite would load another copy for our own imports than
    // Node loads for Pothos and yoga, and every schema would be "from another module or realm". So our imports get the file
    // that Node itself chooses: index.js of graphql 16, index.mjs of graphql 17.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'alone', include: ALONE, sequence: { groupOrder: 0 } },
      },
      // What holds no state outside what a test opens: the files of a worker share its modules, as to load them for each file took
      // a third of the time of the whole suite. In a group of its own, because a worker ends where another project's file is next.
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    globalSetup: ['test/build-program.ts'],
    restoreMocks: true,
    unstubEnvs: true,
    // A test that passes only after another one is found out here, not by the next change.
    sequence: { shuffle: true, seed },
    setupFiles: ['test/seed.ts'],
    env: { TEST_SEED: `${seed}`, TEST_SEARCH: isSearch ? 'yes' : 'no' },
    // Processes, not threads: tests send signals and set flags of V8, which threads would share.
    pool: 'forks',
    maxWorkers: 2,
    // What hangs is found out late, and what a busy machine holds up is not taken for it.
    testTimeout: isSearch ? 1_200_000 : 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 100_000 } },
    reporters: ['default', './test/ci-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Generated types hold no code; the others run in processes of their own, which v8 does not cover here.
      exclude: ['src/main.ts', 'src/program/**', 'src/simulator/main.ts', 'src/commands/print-schema.ts'],
      reporter: ['text', 'html'],
      thresholds: { statements: 90, branches: 85, functions: 90, lines: 90 },
    },
  },
})
