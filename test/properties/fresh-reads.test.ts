// What the cache finds by an id alone is what it finds by the key of the call, in every history of stores, drops, doubts and times.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { READS } from '../../src/aurora/reads.ts'
import { createCache } from '../../src/cache/cache.ts'
import { isReply } from '../../src/rest/answer.ts'
import { createCall } from '../../src/rest/call.ts'
import type { Call, Ids } from '../../src/rest/call.ts'
import { buildRefusal, buildReply, buildScope, buildTerms } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'

const SCOPES = [buildScope('sk_of_sun'), buildScope('sk_of_moon')]
const IDS = ['p-1', 'P-1', 'p-2']
const QUERIES: readonly Ids[] = [{}, { page: '1' }, { page: '2' }, { page: '1', per_page: '250' }]
const ENDPOINTS = [READS.retrieveProject, READS.retrieveConsumptionProfile, READS.listDesigns]

const index = (length: number) => fc.nat({ max: length - 1 })
const question = fc.record({
  scope: index(SCOPES.length),
  endpoint: index(ENDPOINTS.length),
  id: index(IDS.length),
  query: index(QUERIES.length),
})
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('store' as const), at: question, isRefused: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drop' as const), at: question }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('absence' as const), at: question }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: index(400_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('doubt' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('confirm' as const), isConfirmed: fc.boolean() }) },
)

function callOf({
  scope,
  endpoint,
  id,
  query,
}: { [Name in 'scope' | 'endpoint' | 'id' | 'query']: number }): Call {
  const terms = buildTerms({ scope: SCOPES[scope] ?? buildScope() })
  return createCall(terms, {
    endpoint: ENDPOINTS[endpoint] ?? READS.retrieveProject,
    path: { project_id: IDS[id] ?? '' },
    query: { ...QUERIES[query] },
  })
}

const ALL = SCOPES.flatMap((_, scope) =>
  ENDPOINTS.flatMap((_, endpoint) =>
    IDS.flatMap((_, id) => QUERIES.map((_, query) => callOf({ scope, endpoint, id, query }))),
  ),
)

it('by its id, the same answer is found as by its key, or none', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 25 }), async (isSmall, steps) => {
      const clock = createManualClock(1000)
      // A few answers leave in long histories.
      const cache = createCache({ maxBytes: isSmall ? 12_000 : 1024 * 1024, clock })
      const lastLists = new Map<string, Call>()
      for (const each of steps) {
        if (each.do === 'wait') await clock.advance(each.ms)
        else if (each.do === 'doubt') cache.doubtAll()
        else if (each.do === 'confirm') cache.confirmBy(() => each.isConfirmed)
        else {
          const call = callOf(each.at)
          const answeredAtMs = clock.monotonicMs()
          const value = call.endpoint.answers === 'list' ? [{ id: 'd-1' }, { id: 'd-2' }] : { id: 'p-1' }
          if (each.do === 'store' && !each.isRefused && call.endpoint.answers === 'list')
            lastLists.set(call.terms.scope.key, call)
          if (each.do === 'store')
            cache.store(
              call,
              each.isRefused ? buildRefusal(404, { answeredAtMs }) : buildReply(value, { answeredAtMs }),
            )
          else if (each.do === 'absence') cache.noteAbsence(call.terms.scope.key, call)
          else
            cache.drop(call.terms.scope.key, [
              { operation: call.endpoint.operation as 'retrieveProject', path: call.path },
            ])
        }
        found += compareAll(cache)
        if (!isSmall) for (const list of lastLists.values()) checkListed(cache, list)
      }
    }),
    { numRuns: examplesOf(150) },
  )
  expect(found).toBeGreaterThan(100)
})

/** Returns how many were found by their ids. */
function compareAll(cache: ReturnType<typeof createCache>): number {
  let found = 0
  for (const call of ALL) {
    const { endpoint, path, query, terms } = call
    const id = path['project_id'] ?? ''
    const fresh = cache.freshOf(terms.scope.key, endpoint, query)(id)
    const cached = cache.read(call)
    if (fresh === null) continue
    found += 1
    expect(cached).toMatchObject({ key: fresh.key, age: 'fresh', doubt: null })
    expect(fresh.key).toBe(call.key)
    expect(fresh.answer).toBe(cached?.answer)
  }
  return found
}

/** While the list that was stored last is there and fresh, its objects are found in it. */
function checkListed(cache: ReturnType<typeof createCache>, list: Call): void {
  const cached = cache.read(list)
  if (cached?.age !== 'fresh' || !isReply(cached.answer)) return
  expect(cache.readListed(list.terms.scope.key, 'design', 'd-1')).toEqual({ id: 'd-1' })
}
