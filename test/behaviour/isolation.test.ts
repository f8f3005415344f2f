// P4: an answer that was read with one credential is never served to another, whether it is cached, in flight, refused or remembered.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { nth } from '../support/builders.ts'
import { pickVariables, readDocuments } from '../support/documents.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import { COMPANIES, createTwoTenants, otherOf } from '../support/two-tenants.ts'
import type { Company, TwoTenants } from '../support/two-tenants.ts'
import { createSystemClock } from '../../src/clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'isolation-'))
afterAll(() => rmSync(folder, { recursive: true }))

const READS = readDocuments().filter(({ query }) => !/^mutation/m.test(query))

/** Ways to answer a request: as usual, with no-cache, from the cache only, from stale answers, with the report of freshness. */
const FORMS: readonly { readonly headers?: Record<string, string>; readonly extensions?: object }[] = [
  {},
  {},
  { headers: { 'cache-control': 'no-cache' } },
  { headers: { 'cache-control': 'only-if-cached' } },
  { headers: { 'cache-control': 'max-stale' } },
  { headers: { 'if-none-match': '"x"' } },
  { extensions: { freshness: true } },
]

interface Step {
  readonly company: Company
  readonly document: number
  readonly form: number
  /** The variables: those of the tenant, or ids of the other tenant. */
  readonly isForeign: boolean
  /** It is explained and not executed. */
  readonly isExplained: boolean
  /** Whether it is sent before the previous request is answered. */
  readonly isAtOnce: boolean
  readonly passedMs: number
}

const step: fc.Arbitrary<Step> = fc.record({
  company: fc.constantFrom(...COMPANIES),
  document: fc.nat(READS.length - 1),
  form: fc.nat(FORMS.length - 1),
  isForeign: fc.boolean(),
  isExplained: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
  isAtOnce: fc.boolean(),
  // Within the fresh time, beyond it, and beyond the stale time.
  passedMs: fc.constantFrom(0, 0, 0, 1000, 6 * 60_000, 20 * 60_000),
})

async function take(
  two: TwoTenants,
  gateways: readonly Gateway[],
  each: Step,
  turn: number,
): Promise<string[]> {
  const { query } = nth(READS, each.document)
  const { headers = {}, extensions } = nth(FORMS, each.form)
  const whose = each.isForeign ? otherOf(each.company) : each.company
  const variables = pickVariables(two.dataOf(whose))
  const body = each.isExplained
    ? {
        query:
          'query ($query: String!, $given: JSON) { explain(query: $query, variables: $given) { calls { expected } steps { path } } }',
        variables: { query, given: variables },
      }
    : { query, variables, ...(extensions && { extensions }) }
  const gateway = nth(gateways, turn % gateways.length)
  const answer = await two.ask(gateway, each.company, body, headers)
  // A message may repeat what the tenant itself sent, which is no secret.
  const own = each.isForeign
    ? Object.values(variables)
        .flat()
        .flatMap((id) => String(id).split(':'))
    : []
  return two.foreignIn(answer, each.company).filter((found) => !own.includes(found))
}

async function walk(
  two: TwoTenants,
  gateways: readonly Gateway[],
  steps: readonly Step[],
  advance: (ms: number) => Promise<void>,
) {
  const found: string[] = []
  let underWay: Promise<unknown>[] = []
  for (const [turn, each] of steps.entries()) {
    if (!each.isAtOnce) {
      await Promise.all(underWay)
      underWay = []
      await advance(each.passedMs)
    }
    underWay.push(take(two, gateways, each, turn).then((foreign) => found.push(...foreign)))
  }
  await Promise.all(underWay)
  return found
}

describe('S9 two tenants', () => {
  it.each([
    ['with calls for everybody', {}],
    ['with few calls, so that much is refused or shown old', { rateLimit: 6, maxWaitMs: 0 }],
  ])(
    'in 100 random interleavings %s: no byte of one is shown to the other',
    async (_, config) => {
      await using two = await createTwoTenants()
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
          const clock = createManualClock()
          const gateway = await two.open(config, clock)
          expect(await walk(two, [gateway], steps, (ms) => clock.advance(ms))).toEqual([])
        }),
        { numRuns: 100 },
      )
    },
    600_000,
  )

  it.skipIf(redisProgram === null)(
    'over replicas that share a Redis, and after a restart',
    async () => {
      await using redis = await startRedis()
      await using two = await createTwoTenants()
      const { redis: shared } = readConfig({ REDIS_URL: redis.url })
      const open = () => two.open({ redis: shared }, createSystemClock())
      const gateways = [await open(), await open()]
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
          expect(await walk(two, gateways, steps, async () => {})).toEqual([])
        }),
        { numRuns: 20 },
      )
      const restarted = [await open()]
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
          expect(await walk(two, restarted, steps, async () => {})).toEqual([])
        }),
        { numRuns: 10 },
      )
    },
    600_000,
  )

  it('in the file of the cache', async () => {
    await using two = await createTwoTenants()
    const cacheFile = join(folder, 'cache')
    const first = await two.open({ cacheFile })
    for (const company of COMPANIES)
      await two.ask(first, company, { query: '{ projects(first: 5) { nodes { name } } }' })
    await first.close()
    const second = await two.open({ cacheFile })
    for (const company of COMPANIES) {
      const answer = await two.ask(second, company, { query: '{ projects(first: 5) { nodes { name } } }' })
      expect(answer.body?.extensions?.upstream.calls).toBe(0)
      expect(two.foreignIn(answer, company)).toEqual([])
    }
  })

  it('the search finds text of the other tenant', async () => {
    await using two = await createTwoTenants()
    const gateway = await two.open()
    const answer = await two.ask(gateway, 'sun', {
      query: '{ projects(first: 1) { nodes { name auroraId } } }',
    })
    expect(two.foreignIn(answer, 'sun')).toEqual([])
    expect(two.foreignIn(answer, 'moon')).toHaveLength(2)
  })
})

const readPageInfo = (data: unknown) =>
  (data as { projects: { pageInfo: { endCursor: string } } }).projects.pageInfo

describe('S9 what is another tenant’s', () => {
  const KINDS = [
    ['project', '(id: $id) { name }', (two: TwoTenants) => nth(two.dataOf('moon').projects, 0).id],
    ['user', '(id: $id) { firstName }', (two: TwoTenants) => nth(two.dataOf('moon').users, 0).id],
    ['node', '(id: $id) { id }', (two: TwoTenants) => `Project:${nth(two.dataOf('moon').projects, 0).id}`],
  ] as const

  it.each(KINDS)(
    'a %s looks like a missing one: message, code and calls are the same',
    async (field, rest, idOf) => {
      await using two = await createTwoTenants()
      const gateway = await two.open()
      const query = `query ($id: ID!) { ${field}${rest} }`
      const id = idOf(two)
      // The cache of the same gateway contains it for its owner.
      await two.ask(gateway, 'moon', { query, variables: { id } })
      const ask = async (variables: object) => {
        const { status, body } = await two.ask(gateway, 'sun', { query, variables })
        // Times differ by how busy the machine is.
        return JSON.stringify({ status, body }).replace(/"(resetAt|remaining|queuedMs)":[^,}]+/g, '')
      }
      const missing = id.replace(/[0-9a-f]{12}$/, '000000000000')
      // The first look-up may fetch what later ones use.
      await ask({ id: id.replace(/[0-9a-f]{12}$/, '111111111111') })
      const one = await ask({ id })
      expect(one).toBe((await ask({ id: missing })).replaceAll(missing, id))
      // Also when the cache has both as absent.
      expect(await ask({ id })).toBe((await ask({ id: missing })).replaceAll(missing, id))
    },
  )

  it('a cursor of another tenant finds nothing', async () => {
    await using two = await createTwoTenants()
    const gateway = await two.open()
    const list = '{ projects(first: 2) { pageInfo { endCursor } } }'
    const { body } = await two.ask(gateway, 'moon', { query: list })
    const { endCursor } = readPageInfo(body?.data)
    const query = 'query ($after: String) { projects(first: 2, after: $after) { nodes { name } } }'
    const [foreign, nonsense] = await Promise.all(
      [endCursor, 'nonsense'].map((after) => two.ask(gateway, 'sun', { query, variables: { after } })),
    )
    expect(foreign?.body?.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(foreign?.body?.errors).toEqual(nonsense?.body?.errors)
  })

  it('an ETag of another tenant matches nothing', async () => {
    await using two = await createTwoTenants()
    const gateway = await two.open()
    const body = { query: '{ projects(first: 2) { nodes { name } } }' }
    const { etag } = await two.ask(gateway, 'moon', body)
    expect(etag).not.toBeNull()
    expect((await two.ask(gateway, 'sun', body, { 'if-none-match': etag ?? '' })).status).toBe(200)
  })

  it('an Aurora that is down does not affect another tenant', async () => {
    await using two = await createTwoTenants()
    const gateway = await two.open({ attemptTimeoutMs: 2000 })
    await two.down('moon')
    for (let turn = 0; turn < 6; turn += 1)
      await two.ask(gateway, 'moon', { query: '{ projects(first: 1) { nodes { name } } teams { name } }' })
    const moon = await two.ask(gateway, 'moon', { query: '{ teams { name } }' })
    expect(moon.body?.errors?.[0]?.extensions.code).toBe('UPSTREAM_UNAVAILABLE')
    const sun = await two.ask(gateway, 'sun', {
      query: '{ teams { name } projects(first: 1) { nodes { name } } }',
    })
    expect(sun.body?.errors).toBeUndefined()
  })
})
