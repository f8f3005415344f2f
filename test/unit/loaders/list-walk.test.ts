// The walk through a whole list over a real cache: what is touched while the walk waits for a later turn, between pages that are cached.
import { expect, it } from 'vitest'
import type { Members } from '../../../src/aurora/body.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { withCache } from '../../../src/cache/with-cache.ts'
import { withStore } from '../../../src/cache/with-store.ts'
import { createListIndexes } from '../../../src/list-index/list-indexes.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { createLoaders } from '../../../src/loaders/loaders.ts'
import { createPageShares } from '../../../src/loaders/page-shares.ts'
import type { LoadersOptions } from '../../../src/loaders/loaders-options.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildReply, buildScope, buildTerms, createEventLog } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { buildList } from '../../support/project-list.ts'

const PAGE_SIZE = 50
const IS_SOLD = {
  values: { status: ['Archived'] },
  ranges: {},
  words: [],
  sort: { by: 'CREATED_AT', isDescending: true },
  limit: 10,
  isFromEnd: false,
  after: null,
  before: null,
}

function open(count: number) {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 10 * 1024 * 1024, clock })
  const { emit } = createEventLog()
  let projects: readonly Members[] = buildList(count)
  const send = async ({ path, query }: Call): Promise<Reply> => {
    const answeredAtMs = clock.monotonicMs()
    const { project_id: id } = path
    if (id !== undefined)
      return buildReply(
        projects.find((each) => each['id'] === id),
        { answeredAtMs },
      )
    const from = (Number(query['page']) - 1) * PAGE_SIZE
    return buildReply(projects.slice(from, from + PAGE_SIZE), { answeredAtMs })
  }
  const upstream = withCache({ cache, clock, emit, refreshTimeoutMs: 1000 })(withStore(cache)(send))
  const { mark, objectsSince, nameOf, haveTouched } = cache
  const lists = createListIndexes({
    maxBytes: 1024 * 1024,
    clock,
    watchTouches(scope, endpoint) {
      const begun = mark()
      return () => haveTouched(nameOf(scope, { endpoint, path: {} }), begun)
    },
    mark,
    objectsSince,
  })
  const shared = {
    upstream,
    cache,
    lists,
    pageSize: PAGE_SIZE,
    pageShares: createPageShares(),
    listEnds: createListEnds({ clock }),
  }
  return {
    request: (pace?: LoadersOptions['pace']) =>
      createLoaders({ ...shared, terms: buildTerms({ begunAtMs: clock.monotonicMs() }), pace }),
    /** Others sell a project, and Aurora reports it. */
    archive(id: string): void {
      projects = projects.map((each) => (each['id'] === id ? { ...each, status: 'Archived' } : each))
      cache.outdate(tenantOf(buildScope().key), [
        { operation: 'listProjects', path: {}, of: id },
        { operation: 'retrieveProject', path: { project_id: id } },
      ])
    },
  }
}

/** Each row has to wait for a later turn; `onWait` is called then, with the number of the wait. */
const createWaiting = (onWait: (nth: number) => void): LoadersOptions['pace'] => {
  let waits = 0
  return {
    isBusy: () => false,
    whenIdle: (callback) => callback(),
    note: () => {},
    take: () => false,
    async wait() {
      waits += 1
      onWait(waits)
    },
  }
}

it('what an event touches while the walk waits for a later turn is never lost, whenever that is', async () => {
  let waits = 0
  for (let nth = 1; nth <= Math.max(1, waits); nth += 1) {
    const { request, archive } = open(120)
    await request().read('listProjects')({ first: 120, after: null })
    const pace = createWaiting((now) => {
      waits = Math.max(waits, now)
      if (now === nth) archive('p119')
    })
    const first = await request(pace).find('listProjects')(IS_SOLD)
    expect([first.isComplete, first.hasMoved]).toEqual([false, true])
    // The pages from before are used for the next question, where this is the only event that the walk has not seen.
    archive('p3')
    const second = await request().find('listProjects')(IS_SOLD)
    expect([second.isComplete, second.edges.map(({ node }) => node.key)]).toEqual([true, ['p119', 'p3']])
  }
  // Each page has waited at least once.
  expect(waits).toBeGreaterThanOrEqual(3)
})
