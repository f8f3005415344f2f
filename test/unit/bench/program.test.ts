// How benchmarks start the program.
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

it('flags to compare with come after those of the script, because the last one holds', async () => {
  vi.stubEnv('NODE_FLAGS', '--v8-pool-size=4  --single-threaded-gc')
  const { PROGRAM } = await import('../../../bench/program.ts')
  expect(PROGRAM).toEqual(['--v8-pool-size=1', '--v8-pool-size=4', '--single-threaded-gc', 'dist/main.js'])
})

it('without such flags it is started as it is deployed', async () => {
  vi.stubEnv('NODE_FLAGS', '')
  const { PROGRAM } = await import('../../../bench/program.ts')
  expect(PROGRAM).toEqual(['--v8-pool-size=1', 'dist/main.js'])
})
