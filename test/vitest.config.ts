// How the suite is run: every test file on two workers, in a new order each time.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  resolve: {
    // graphql 16 ships itself twice. Without this our own imports get the ESM copy while Pothos and yoga load the
    // CommonJS one, and every schema is "from another module or realm". Goes with graphql 17.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    restoreMocks: true,
    unstubEnvs: true,
    // A test that passes only after another one is found out here, not by the next change; the seed is printed.
    sequence: { shuffle: true },
    // Processes, not threads: tests send signals and set flags of V8, which threads would share.
    pool: 'forks',
    maxWorkers: 2,
    // What hangs is found out late, and what a busy machine holds up is not taken for it.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default', './test/ci-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Generated types hold no code; the others run in processes of their own, which v8 does not cover here.
      exclude: [
        'src/rest/aurora.d.ts',
        'src/main.ts',
        'src/program/**',
        'src/simulator/main.ts',
        'src/graphql/print-schema.ts',
      ],
      reporter: ['text', 'html'],
      thresholds: { statements: 90, branches: 85, functions: 90, lines: 90 },
    },
  },
})
