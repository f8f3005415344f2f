// Which objects are shown from texts, and to whom: with a real cache and real loaders.
import { expect, it } from 'vitest'
import { createParts } from '../../src/answers/parts.ts'
import { READS } from '../../src/aurora/reads.ts'
import { createCache } from '../../src/cache/cache.ts'
import { createStanding } from '../../src/cache/standing.ts'
import { createAnswerAtOnce } from '../../src/cache/with-cache.ts'
import type { KnownObjects } from '../../src/execution/known-objects.ts'
import type { SelectionPlan } from '../../src/execution/plan.ts'
import type { GraphQLContext } from '../../src/graphql/context.ts'
import { createKnownObjects } from '../../src/gateway/known-objects.ts'
import type { Showing } from '../../src/gateway/known-objects.ts'
import type { AuroraObject } from '../../src/loaders/aurora-object.ts'
import { createListEnds } from '../../src/loaders/list-ends.ts'
import { createLoaders } from '../../src/loaders/loaders.ts'
import { createPageShares } from '../../src/loaders/page-shares.ts'
import { createPace } from '../../src/turns/pace.ts'
import { ANY_FRESHNESS } from '../../src/rest/freshness.ts'
import { buildCall, buildReply, buildScope, buildTerms } from '../support/builders.ts'
import { createManualClock } from '../support/manual-clock.ts'

const SELECTION = { type: {}, fields: [1, 2, 3, 4] } as unknown as SelectionPlan

/** As a document would that asks for the email of the owner. */
const executeAlone: Parameters<KnownObjects['show']>[2] = ({ source, contextValue }) => {
  const { loaders } = contextValue as GraphQLContext
  const user = loaders.object('user').load(String((source as AuroraObject).get('owner_id')), ['email'])
  return user instanceof Promise ? null : { email: user.get('email') }
}

function open() {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 10_000_000, clock })
  const scope = buildScope()
  const answerAtOnce = createAnswerAtOnce({ cache, emit: () => {} })
  const onUsed = (): void => {}
  const openKnown = createKnownObjects({
    maxBytes: 10_000_000,
    cache,
    answerAtOnce,
    onUsed,
    clock,
    emit: () => {},
  })
  const shares = { pageSize: 250, pageShares: createPageShares(), listEnds: createListEnds({ clock }) }
  return {
    clock,
    cache,
    storeUsers() {
      const query = { page: '1', per_page: '250' }
      const call = buildCall({ endpoint: READS.listUsers, path: {}, query, scope })
      const nowMs = clock.monotonicMs()
      const users = [{ id: 'u-1', email: 'ada@x.test', first_name: 'Ada', last_name: 'L' }]
      cache.store(call, { ...buildReply(users), answeredAtMs: nowMs, sentAtMs: nowMs })
    },
    /** A request that begins now; `show` returns the text of a project, null where it has to be executed. */
    request() {
      const begunAtMs = clock.monotonicMs()
      const wanted = { begunAtMs, freshness: ANY_FRESHNESS }
      const parts = createParts({
        scope: scope.key,
        maxAgeMs: null,
        ...createStanding({ cache, clock, wanted }),
      })
      const terms = buildTerms({ scope, begunAtMs, onUsed: parts.note })
      const pace = createPace()
      const upstream = () => new Promise<never>(() => {})
      const loaders = createLoaders({ ...shares, terms, upstream, answerAtOnce, cache, pace })
      const given = { parts, tally: terms.tally, record: {}, pace } as unknown as Showing['given']
      const known = openKnown?.({
        ...shares,
        given,
        terms,
        loaders: () => loaders,
        taker: { tenant: 't', holder: 'h' },
      })
      return (project: { readonly id: string; readonly owner_id: string }): string | null =>
        known?.show(loaders.object('project').refer(project.id, project), SELECTION, executeAlone)?.text ??
        null
    },
  }
}

const PROJECT = { id: 'p-1', name: 'P', owner_id: 'u-1' }
const TEXT = '{"email":"ada@x.test"}'

it('a reply that is in doubt for all but one request is shown from no text', async () => {
  const { clock, cache, storeUsers, request } = open()
  await clock.advance(1000)
  const early = request()
  await clock.advance(10)
  storeUsers()
  cache.doubtAll()
  expect(early(PROJECT)).toBeNull()
  await clock.advance(60_000)
  expect(request()(PROJECT)).toBeNull()
  storeUsers()
  expect(request()(PROJECT)).toBe(TEXT)
})

it('all objects of a long list have texts after one request', async () => {
  const { clock, storeUsers, request } = open()
  await clock.advance(1000)
  storeUsers()
  const projects = Array.from({ length: 250 }, (_, index) => ({ id: `p-${index}`, owner_id: 'u-1' }))
  expect(projects.map(request())).toEqual(projects.map(() => TEXT))
  expect(projects.map(request())).toEqual(projects.map(() => TEXT))
})
