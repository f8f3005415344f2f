// `Cache-Control` of a request decides which ages it accepts: an answer that is too old for it costs a call, others do not.
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const PROJECTS = '{ projects(first: 2) { nodes { name } } }'

async function ask(gateway: TestGateway, query: string, cacheControl?: string) {
  const response = await gateway.handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
      },
      body: JSON.stringify({ query }),
    }),
  )
  return (await response.json()) as {
    data: Record<string, unknown> | null
    errors?: { extensions: { code: string } }[]
    extensions: { upstream: { calls: number; saved: object } }
  }
}

describe('a request with Cache-Control', () => {
  it.each([
    [undefined, 0],
    ['max-age=3600', 0],
    ['max-stale', 0],
    ['max-age=0', 1],
    ['no-cache', 1],
    ['No-Store', 1],
  ])('%s, of what was just read, costs %i calls', async (cacheControl, calls) => {
    await using gateway = await createTestGateway()
    const first = await ask(gateway, PROJECTS)
    const second = await ask(gateway, PROJECTS, cacheControl)

    expect(second.data).toEqual(first.data)
    expect(second.extensions.upstream).toMatchObject({ calls, saved: { cache: 1 - calls } })
  })

  it('no-cache does not take an object from a list that was read before, and asks once for all its fields', async () => {
    await using gateway = await createTestGateway()
    const { id } = gateway.simulator.data.projects[0] ?? { id: '' }
    await ask(gateway, PROJECTS)
    gateway.takeCalls()
    const query = `{ a: project(id: "${id}") { ... on Project { name } } b: project(id: "${id}") { ... on Project { name } } }`

    expect((await ask(gateway, query)).errors).toBeUndefined()
    expect(gateway.takeCalls()).toEqual([])
    expect((await ask(gateway, query, 'no-cache')).errors).toBeUndefined()
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  })

  it('no-cache takes an object from a list that the same request has read', async () => {
    await using gateway = await createTestGateway()
    const query = '{ projects(first: 3) { nodes { owner { firstName } } } users { lastName } }'
    await ask(gateway, query)
    const calls = gateway.takeCalls()
    const again = await ask(gateway, query, 'no-cache')

    expect(again.errors).toBeUndefined()
    expect(gateway.takeCalls()).toEqual(calls)
  })

  it.each([
    ['no-cache', true],
    ['no-cache, max-age=60', true],
    ['no-cache, stale-if-error=60', true],
    ['no-cache, stale-if-error=0', false],
    ['max-age=1, stale-if-error=0', false],
    ['max-age=1', false],
  ])('%s gets the kept answer, marked, where no call is left: %s', async (cacheControl, isKept) => {
    const clock = createManualClock()
    await using gateway = await createTestGateway({ clock, config: { rateLimit: 1, maxWaitMs: 0 } })
    const first = await ask(gateway, PROJECTS)
    await clock.advance(2000)
    const again = await ask(gateway, PROJECTS, cacheControl)

    expect(again.extensions.upstream).toMatchObject({ calls: 0, saved: { stale: isKept ? 1 : 0 } })
    if (isKept) expect([again.data, again.errors]).toEqual([first.data, undefined])
    else expect(again.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
  })
})
