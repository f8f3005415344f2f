// `extensions: {freshness: true}` in a request: the answer names the paths that were stale, since when, and why.
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const MINUTE = 60_000
const QUERY = `{
  recent: projects(first: 2) { nodes { name consumptionProfile { inputMode } } }
  users { firstName }
}`

interface Freshness {
  readonly path: readonly (string | number)[]
  readonly operation: string
  readonly fetchedAt: string
  readonly ageSeconds: number
  readonly reason: string
}

interface Options {
  readonly query?: string
  readonly cacheControl?: string
  readonly extensions?: unknown
}

async function ask(gateway: TestGateway, options: Options = {}) {
  const { query = QUERY, cacheControl, extensions = { freshness: true } } = options
  const response = await gateway.handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
      },
      body: JSON.stringify({ query, extensions }),
    }),
  )
  return (await response.json()) as {
    errors?: unknown[]
    extensions: { freshness?: Freshness[]; upstream: { saved: { stale: number } } }
  }
}

/** A gateway that has answered the query that long ago. */
async function openAged(ageMs: number, config = {}) {
  const clock = createManualClock()
  const gateway = await createTestGateway({ clock, config })
  const fetchedAt = new Date(clock.wallMs()).toISOString()
  await ask(gateway)
  await clock.advance(ageMs)
  return { clock, gateway, fetchedAt }
}

describe('the report of freshness', () => {
  it('names each path that was stale, when it was read, and that a refresh runs', async () => {
    const { gateway, fetchedAt } = await openAged(6 * MINUTE)
    await using _ = gateway
    const { extensions, errors } = await ask(gateway)
    const stale = { fetchedAt, ageSeconds: 360, reason: 'REVALIDATING' }

    expect(errors).toBeUndefined()
    expect(extensions.freshness?.toSorted((one, other) => one.path.length - other.path.length)).toEqual([
      { path: ['recent'], operation: 'listProjects', ...stale },
      {
        path: ['recent', 'nodes', 0, 'consumptionProfile'],
        operation: 'retrieveConsumptionProfile',
        ...stale,
      },
      {
        path: ['recent', 'nodes', 1, 'consumptionProfile'],
        operation: 'retrieveConsumptionProfile',
        ...stale,
      },
    ])
    expect(extensions.upstream.saved.stale).toBe(3)
  })

  it('is empty where nothing is stale', async () => {
    const { gateway } = await openAged(0)
    await using _ = gateway

    expect((await ask(gateway)).extensions.freshness).toEqual([])
  })

  it.each([undefined, null, {}, { freshness: false }, { freshness: 'true' }, { tracing: {} }])(
    'is absent for a request with %j',
    async (extensions) => {
      const { gateway } = await openAged(6 * MINUTE)
      await using _ = gateway
      const answer = await ask(gateway, { extensions: extensions ?? {} })

      expect(answer.extensions).not.toHaveProperty('freshness')
      expect(answer.extensions.upstream.saved.stale).toBe(3)
    },
  )

  it('can be asked for by GET', async () => {
    const { gateway } = await openAged(6 * MINUTE)
    await using _ = gateway
    const search = new URLSearchParams({ query: QUERY, extensions: '{"freshness":true}' })
    const response = await gateway.handle(
      new Request(`http://gateway.test/graphql?${search}`, { headers: { accept: 'application/json' } }),
    )

    expect(await response.json()).toMatchObject({ extensions: { freshness: { length: 3 } } })
  })

  it.each([
    ['max-stale', 'ACCEPTED'],
    ['only-if-cached', 'ACCEPTED'],
    ['max-age=1, stale-if-error=86400', 'RATE_LIMITED'],
  ])('says why with %s: %s', async (cacheControl, reason) => {
    const { gateway } = await openAged(6 * MINUTE, { rateLimit: 4, rateWindowMs: 3_600_000 })
    await using _ = gateway
    const { extensions } = await ask(gateway, {
      cacheControl,
      query: '{ projects(first: 1) { nodes { name } } }',
    })

    expect(extensions.freshness).toMatchObject([{ path: ['projects'], reason }])
  })

  it('names a failure of Aurora as the reason', async () => {
    const { gateway } = await openAged(20 * MINUTE)
    await using _ = gateway
    gateway.simulator.faults.set(/projects$/, { status: 500 })
    const { extensions } = await ask(gateway, { query: '{ projects(first: 1) { nodes { name } } }' })

    expect(extensions.freshness).toMatchObject([
      { path: ['projects'], reason: 'UPSTREAM_FAILED', ageSeconds: 1200 },
    ])
  })
})
