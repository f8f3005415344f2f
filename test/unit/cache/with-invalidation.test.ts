import { describe, expect, test } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { EFFECTS } from '../../../src/cache/invalidation.ts'
import { withStore } from '../../../src/cache/with-cache.ts'
import { withInvalidation } from '../../../src/cache/with-invalidation.ts'
import { withJoin } from '../../../src/cache/with-join.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import type { Call, Members, Reply, Success } from '../../../src/rest/call.ts'
import type { Endpoint } from '../../../src/rest/endpoint.ts'
import { ENDPOINTS } from '../../../src/rest/endpoints.ts'
import { WRITE_ENDPOINTS } from '../../../src/rest/write-endpoints.ts'
import {
  buildCall,
  buildFailure,
  buildScope,
  buildSuccess,
  createEventLog,
  createStandIn,
  nth,
} from '../../support/builders.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

function open() {
  const clock = createManualClock(1000)
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const { upstream, arrivals } = createStandIn()
  const write = withInvalidation(upstream, cache)
  const stored = withStore(upstream, cache)
  const joined = withJoin(stored, { cache, clock, emit: createEventLog().emit, flightTimeoutMs: 1000 })
  const keep = (
    endpoint: Endpoint,
    path: Call['path'] = {},
    value: Success['value'] = [],
    query: Call['query'] = {},
  ) => {
    const call = buildCall({ endpoint, path, query })
    cache.store(call, buildSuccess(value, { answeredAtMs: clock.monotonicMs() }))
    return () => cache.read(call) !== null
  }
  const send = async (
    operation: keyof typeof WRITE_ENDPOINTS,
    parts: Partial<Call>,
    reply: Reply | Error,
  ): Promise<void> => {
    const sent = write(buildCall({ endpoint: WRITE_ENDPOINTS[operation], ...parts }))
    const arrival = nth(arrivals, arrivals.length - 1)
    if (reply instanceof Error) arrival.fail(reply)
    else arrival.answer(reply)
    await sent.catch(() => {})
  }
  return { cache, clock, arrivals, keep, send, stored, joined }
}

const PROJECT = { project_id: 'p-1' }
const lost = () => new GatewayError('UPSTREAM_UNAVAILABLE', 'gone', { outcome: 'UNKNOWN' })
const never = () => new GatewayError('UPSTREAM_UNAVAILABLE', 'no connection')

describe('a write that was carried out', () => {
  test('drops the object, and every page of every list that may show it, also empty ones; nothing else', async () => {
    const { keep, send } = open()
    const isOneThere = keep(ENDPOINTS.retrieveProject, PROJECT, { id: 'p-1' })
    const isFirstPageThere = keep(ENDPOINTS.listProjects, {}, [{ id: 'p-1' }], { page: '1' })
    const isLastPageThere = keep(ENDPOINTS.listProjects, {}, [], { page: '2' })
    const isOtherThere = keep(ENDPOINTS.retrieveProject, { project_id: 'p-2' }, { id: 'p-2' })
    const areDesignsThere = keep(ENDPOINTS.listDesigns, PROJECT, [{ id: 'd-1' }])

    await send('updateProject', { path: PROJECT }, buildSuccess({ id: 'p-1', name: 'new' }))

    expect([isOneThere(), isFirstPageThere(), isLastPageThere()]).toEqual([false, false, false])
    expect([isOtherThere(), areDesignsThere()]).toEqual([true, true])
  })

  test('drops it also where the ids were written in letters of another size', async () => {
    const { keep, send } = open()
    const isThere = keep(ENDPOINTS.retrieveProject, PROJECT, { id: 'p-1' })

    await send('updateProject', { path: { project_id: 'P-1' } }, buildSuccess({ id: 'p-1', name: 'new' }))

    expect(isThere()).toBe(false)
  })

  test('drops an absence that it has ended', async () => {
    const { cache, send } = open()
    const absent = buildCall({ endpoint: ENDPOINTS.retrieveProposal, path: { design_id: 'd-1' } })
    cache.store(absent, buildFailure(404))
    expect(cache.read(absent)).not.toBeNull()

    await send('createProposal', { path: { design_id: 'd-1' } }, buildSuccess({ id: 'x' }))

    expect(cache.read(absent)).toBeNull()
  })

  test('makes known what came back, under the same name as a list would', async () => {
    const { cache, send, clock } = open()
    const { key } = buildScope()

    await send('createProject', { path: {} }, buildSuccess({ id: 'p-9', name: 'new' }))
    expect(cache.readListed(key, 'project', 'p-9')).toEqual({ id: 'p-9', name: 'new' })

    await send(
      'pushFinancingToFinancier',
      { path: { design_id: 'd-1', financing_id: 'f-1' } },
      buildSuccess({ id: 'f-1' }),
    )
    expect(cache.readListed(key, 'financing', 'd-1/f-1')).toEqual({ id: 'f-1' })

    await send('deleteProject', { path: { project_id: 'p-9' } }, buildSuccess(null))
    expect(cache.readListed(key, 'project', 'p-9')).toBeNull()

    await clock.advance(24 * 60 * 60_000)
    expect(cache.readListed(key, 'financing', 'd-1/f-1')).toBeNull()
  })

  test('of another credential touches nothing', async () => {
    const { keep, send } = open()
    const isThere = keep(ENDPOINTS.listProjects, {}, [{ id: 'p-1' }])
    await send('createProject', { path: {}, scope: buildScope('another') }, buildSuccess({ id: 'p-9' }))
    expect(isThere()).toBe(true)
  })

  test('that deletes a project drops what lists have shown to be below it', async () => {
    const { keep, send } = open()
    keep(ENDPOINTS.listDesigns, PROJECT, [{ id: 'd-1' }])
    keep(ENDPOINTS.listDesigns, { project_id: 'p-2' }, [{ id: 'd-2' }])
    const isBelowThere = keep(ENDPOINTS.retrieveDesignSummary, { design_id: 'd-1' }, { design_id: 'd-1' })
    const isElsewhereThere = keep(ENDPOINTS.retrieveDesignSummary, { design_id: 'd-2' }, { design_id: 'd-2' })

    await send('deleteProject', { path: PROJECT }, buildSuccess(null))

    expect([isBelowThere(), isElsewhereThere()]).toEqual([false, true])
  })

  test('that names its project only in what it sends drops that project’s list alone, else every list', async () => {
    const { keep, send } = open()
    const lists = () => [
      keep(ENDPOINTS.listDesigns, PROJECT, [{ id: 'd-1' }]),
      keep(ENDPOINTS.listDesigns, { project_id: 'p-2' }, []),
    ]
    const [isFirst, isSecond] = lists()
    const body = { json: { design: { project_id: 'p-1' } } }
    await send('createDesign', { path: {}, body }, buildSuccess({ id: 'd-9' }))
    expect([isFirst?.(), isSecond?.()]).toEqual([false, true])

    const [isOne, isTwo] = lists()
    await send('duplicateDesign', { path: { design_id: 'd-1' } }, buildSuccess(null))
    expect([isOne?.(), isTwo?.()]).toEqual([false, false])
  })
})

describe('a write that failed', () => {
  test.each([
    ['is refused', buildFailure(422), true],
    ['is forbidden', buildFailure(403), true],
    ['is limited', buildFailure(429), true],
    ['finds its object gone', buildFailure(404), false],
    ['fails at Aurora', buildFailure(500), false],
    ['is answered by nobody knows whom', buildFailure(302), false],
    ['was never sent', never(), true],
    ['was sent and never answered', lost(), false],
  ])(
    'because it %s leaves what is cached only where nothing can have changed',
    async (_, outcome, isLeft) => {
      const { keep, send } = open()
      const isThere = keep(ENDPOINTS.retrieveProject, PROJECT, { id: 'p-1' })
      await send('updateProject', { path: PROJECT }, outcome)
      expect(isThere()).toBe(isLeft)
    },
  )
})

describe('a read that was under way while a write was', () => {
  const aRead = (): Call => buildCall({ path: PROJECT })

  test('is answered, but not kept', async () => {
    const { cache, arrivals, stored, send } = open()
    const reading = stored(aRead())
    await send('updateProject', { path: PROJECT }, buildSuccess({ id: 'p-1', name: 'new' }))
    nth(arrivals, 0).answer(buildSuccess({ id: 'p-1', name: 'old' }))
    await reading
    expect(cache.read(aRead())).toBeNull()
  })

  test('is not boarded by who asks after the write', async () => {
    const { arrivals, joined, send } = open()
    const early = joined(aRead())
    await send('updateProject', { path: PROJECT }, buildSuccess({ id: 'p-1', name: 'new' }))
    const late = joined(aRead())
    await settle()
    nth(arrivals, 2).answer(buildSuccess({ id: 'p-1', name: 'new' }))
    nth(arrivals, 0).answer(buildSuccess({ id: 'p-1', name: 'old' }))
    expect([await early, await late]).toMatchObject([{ value: { name: 'old' } }, { value: { name: 'new' } }])
  })

  test('is kept where the write is of something else', async () => {
    const { cache, arrivals, stored, send } = open()
    const reading = stored(aRead())
    await send('updateProject', { path: { project_id: 'p-2' } }, buildSuccess({ id: 'p-2' }))
    nth(arrivals, 0).answer(buildSuccess({ id: 'p-1' }))
    await reading
    expect(cache.read(aRead())).not.toBeNull()
  })
})

describe('a job', () => {
  const path = { design_id: 'd-1' }
  const status = (word: string): Members => ({ job_id: 'j-1', status: word })
  const poll = () =>
    buildCall({ endpoint: ENDPOINTS.retrievePerformanceSimulationStatus, path, query: { job_id: 'j-1' } })

  test('drops what it changes when it is first seen to have ended, and not before or after', async () => {
    const { keep, stored, arrivals, clock } = open()
    const answer = async (word: string) => {
      const polled = stored(poll())
      nth(arrivals, arrivals.length - 1).answer(
        buildSuccess(status(word), { answeredAtMs: clock.monotonicMs() }),
      )
      await polled
    }
    const summary = () => keep(ENDPOINTS.retrieveDesignSummary, path, { design_id: 'd-1' })
    const isThere = summary()
    await answer('in-progress')
    expect(isThere()).toBe(true)
    await answer('Succeeded')
    expect(isThere()).toBe(false)
    const isThereAgain = summary()
    await answer('succeeded')
    expect(isThereAgain()).toBe(true)
  })

  test('that has ended in the answer to its begin has changed things at once', async () => {
    const { keep, send } = open()
    const isThere = keep(ENDPOINTS.retrieveDesignSummary, path, { design_id: 'd-1' })
    await send('runPerformanceSimulation', { path }, buildSuccess(status('running')))
    expect(isThere()).toBe(true)
    await send('runPerformanceSimulation', { path }, buildSuccess(status('failed')))
    expect(isThere()).toBe(false)
  })

  test('that simulates makes a price known that waited for it', async () => {
    const { keep, send } = open()
    const isThere = keep(ENDPOINTS.retrieveDesignPricing, path, { system_price: null })
    const isElseThere = keep(ENDPOINTS.retrieveDesignPricing, { design_id: 'd-2' }, { system_price: 1 })
    await send('runPerformanceSimulation', { path }, buildSuccess(status('succeeded')))
    expect([isThere(), isElseThere()]).toEqual([false, true])
  })

  test('that reads a bill changes what follows from the energy use, as telling it does', async () => {
    const { keep, stored, arrivals } = open()
    keep(ENDPOINTS.listDesigns, PROJECT, [{ id: 'd-1' }])
    const summaries = ['d-1', 'd-2'].map((design_id) =>
      keep(ENDPOINTS.retrieveDesignSummary, { design_id }, { design_id }),
    )
    const endpoint = ENDPOINTS.retrieveUtilityBillUploadStatus
    const polled = stored(buildCall({ endpoint, path: PROJECT, query: { job_id: 'j-1' } }))
    nth(arrivals, 0).answer(buildSuccess(status('succeeded')))
    await polled
    expect(summaries.map((isThere) => isThere())).toEqual([false, true])
  })

  test('is fresh for 2 seconds while it runs, and for minutes once it has ended', async () => {
    const { cache, clock } = open()
    const keep = (word: string) =>
      cache.store(poll(), buildSuccess(status(word), { answeredAtMs: clock.monotonicMs() }))
    keep('running')
    await clock.advance(1999)
    expect(cache.read(poll())?.age).toBe('fresh')
    await clock.advance(1)
    expect(cache.read(poll())?.age).toBe('kept')
    keep('failed')
    await clock.advance(5 * 60_000 - 1)
    expect(cache.read(poll())?.age).toBe('fresh')
  })
})

test('what a write shows is what a read of the same kind would have brought', () => {
  const facts = {
    tenantId: 't',
    path: new Proxy({}, { get: () => 'x', ownKeys: () => [] }),
    sent: {},
    answer: { id: 'x', job_id: 'x' },
    listed: () => [],
  }
  const mismatched = Object.entries(EFFECTS).flatMap(([operation, { shows }]) => {
    const shown = shows?.(facts)
    const written = WRITE_ENDPOINTS[operation as keyof typeof WRITE_ENDPOINTS].kind
    return shown && ENDPOINTS[shown.read.operation].kind !== written ? [operation] : []
  })
  expect(mismatched).toEqual([])
})
