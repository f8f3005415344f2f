// The examples of the property tests: by the seed of this run (vitest.config.ts) and the name of each test.
import fc from 'fast-check'
import { beforeEach } from 'vitest'
import { seedOf } from './support/examples.ts'

beforeEach(({ task }) => {
  const seed = seedOf(process.env['TEST_SEED'] ?? '', `${task.file.name} ${task.fullTestName}`)
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })
})
