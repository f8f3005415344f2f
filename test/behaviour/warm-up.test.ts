// `WARM_UP`: answers that are used often are refreshed before they are stale, so that the next request does not wait.
import { expect, it, vi } from 'vitest'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const MINUTE = 60_000
const PROJECTS = '{ projects(first: 2) { nodes { name } } }'
const PROJECTS_CALL = '1 GET /tenants/{}/projects?page=1&per_page=250'

it.each([
  ['off', []],
  ['gentle', [PROJECTS_CALL]],
] as const)('%s: what was asked for three times costs %j before it goes stale', async (warmUp, calls) => {
  const clock = createManualClock()
  await using gateway = await createTestGateway({ clock, config: { warmUp } })
  for (let index = 0; index < 3; index += 1) await gateway.ask(PROJECTS)
  expect(gateway.takeCalls()).toEqual([PROJECTS_CALL])
  const counted = gateway.simulator.calls.length
  await clock.advance(4 * MINUTE)
  await vi.waitFor(() => expect(gateway.simulator.calls).toHaveLength(counted + calls.length))
  expect(gateway.takeCalls()).toEqual(calls)
  if (warmUp !== 'off')
    await vi.waitFor(async () =>
      expect(await askCacheOnly(gateway, 'max-age=1')).toHaveProperty('data.projects.nodes'),
    )
  await clock.advance(3 * MINUTE)
  const { extensions } = await gateway.ask(PROJECTS)

  expect(extensions.upstream.saved).toMatchObject(warmUp === 'off' ? { stale: 1 } : { cache: 1, stale: 0 })
})

async function askCacheOnly(gateway: TestGateway, age: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', 'cache-control': `only-if-cached, ${age}` }
  const body = JSON.stringify({ query: PROJECTS })
  const response = await gateway.handle(
    new Request('http://gateway.test/graphql', { method: 'POST', headers, body }),
  )
  return response.json()
}
