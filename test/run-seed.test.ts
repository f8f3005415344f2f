// The seed that a run prints is the one that its tests have: each project of vitest.config.ts reads that file again.
import { expect, it, vi } from 'vitest'

async function readSeeds(): Promise<readonly unknown[]> {
  vi.resetModules()
  const { default: config } = await import('./vitest.config.ts')
  const { sequence, env } = config.test ?? {}
  return [sequence?.seed, Number(env?.['TEST_SEED']), env?.['TEST_SEARCH']]
}

it.each([
  ['random', 'yes'],
  ['7', 'yes'],
  [undefined, 'no'],
])('the projects of a run have its seed, where TEST_SEED is %s', async (given, isSearch) => {
  vi.stubEnv('TEST_SEED', given)
  const ofRun = await readSeeds()
  expect(ofRun).toEqual([expect.any(Number), ofRun[0], isSearch])
  expect([await readSeeds(), await readSeeds()]).toEqual([ofRun, ofRun])
})
