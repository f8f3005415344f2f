// The examples of the property tests: by the seed of this run (vitest.config.ts).
import fc from 'fast-check'

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['TEST_SEED']) })
