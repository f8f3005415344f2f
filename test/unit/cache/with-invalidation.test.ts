import { describe, expect, it } from 'vitest'
import { shownBy } from '../../../src/cache/invalidation.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import type { Call } from '../../../src/rest/call.ts'
import type { Members } from '../../../src/aurora/body.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { ALL_WRITES } from '../../../src/aurora/writes.ts'
import { buildCall, buildRefusal, buildScope, buildReply, nth } from '../../support/builders.ts'
import { settle } from '../../support/manual-clock.ts'
import { openCache } from '../../support/open-cache.ts'

const PROJECT = { project_id: 'p-1' }
const lost = () => new GatewayError('UPSTREAM_UNAVAILABLE', 'gone', { outcome: 'UNKNOWN' })
const never = () => new GatewayError('UPSTREAM_UNAVAILABLE', 'no connection')

describe('a write that was carried out', () => {
  it('drops the object, and every page of every list that may show it, also empty ones; nothing else', async () => {
    const { keep, send } = openCache()
    const isOneThere = keep(READS.retrieveProject, PROJECT, { id: 'p-1' })
    const isFirstPageThere = keep(READS.listProjects, {}, [{ id: 'p-1' }], { page: '1' })
    const isLastPageThere = keep(READS.listProjects, {}, [], { page: '2' })
    const isOtherThere = keep(READS.retrieveProject, { project_id: 'p-2' }, { id: 'p-2' })
    const areDesignsThere = keep(READS.listDesigns, PROJECT, [{ id: 'd-1' }])

    await send('updateProject', { path: PROJECT }, buildReply({ id: 'p-1', name: 'new' }))

    expect([isOneThere(), isFirstPageThere(), isLastPageThere()]).toEqual([false, false, false])
    expect([isOtherThere(), areDesignsThere()]).toEqual([true, true])
  })

  it('drops it also where the ids were written in upper case or lower case', async () => {
    const { keep, send } = openCache()
    const isThere = keep(READS.retrieveProject, PROJECT, { id: 'p-1' })

    await send('updateProject', { path: { project_id: 'P-1' } }, buildReply({ id: 'p-1', name: 'new' }))

    expect(isThere()).toBe(false)
  })

  it('drops an absence that it has ended', async () => {
    const { cache, send } = openCache()
    const absent = buildCall({ endpoint: READS.retrieveProposal, path: { design_id: 'd-1' } })
    cache.store(absent, buildRefusal(404))
    expect(cache.read(absent)).not.toBeNull()

    await send('createProposal', { path: { design_id: 'd-1' } }, buildReply({ id: 'x' }))

    expect(cache.read(absent)).toBeNull()
  })

  it('stores its answer under the same key as a list would', async () => {
    const { cache, send, clock } = openCache()
    const { key } = buildScope()

    await send('createProject', { path: {} }, buildReply({ id: 'p-9', name: 'new' }))
    expect(cache.readListed(key, 'project', 'p-9')).toEqual({ id: 'p-9', name: 'new' })

    await send(
      'pushFinancingToFinancier',
      { path: { design_id: 'd-1', financing_id: 'f-1' } },
      buildReply({ id: 'f-1' }),
    )
    expect(cache.readListed(key, 'financing', 'd-1/f-1')).toEqual({ id: 'f-1' })

    await send('deleteProject', { path: { project_id: 'p-9' } }, buildReply(null))
    expect(cache.readListed(key, 'project', 'p-9')).toBeNull()

    await clock.advance(24 * 60 * 60_000)
    expect(cache.readListed(key, 'financing', 'd-1/f-1')).toBeNull()
  })

  it('of another credential touches nothing', async () => {
    const { keep, send } = openCache()
    const isThere = keep(READS.listProjects, {}, [{ id: 'p-1' }])
    await send('createProject', { path: {}, scope: buildScope('another') }, buildReply({ id: 'p-9' }))
    expect(isThere()).toBe(true)
  })

  it('that deletes a project drops the objects that lists have shown below it', async () => {
    const { keep, send } = openCache()
    keep(READS.listDesigns, PROJECT, [{ id: 'd-1' }])
    keep(READS.listDesigns, { project_id: 'p-2' }, [{ id: 'd-2' }])
    const isBelowThere = keep(READS.retrieveDesignSummary, { design_id: 'd-1' }, { design_id: 'd-1' })
    const isElsewhereThere = keep(READS.retrieveDesignSummary, { design_id: 'd-2' }, { design_id: 'd-2' })

    await send('deleteProject', { path: PROJECT }, buildReply(null))

    expect([isBelowThere(), isElsewhereThere()]).toEqual([false, true])
  })

  it('that names its project only in its body drops the list of that project only, else every list', async () => {
    const { keep, send } = openCache()
    const lists = () => [
      keep(READS.listDesigns, PROJECT, [{ id: 'd-1' }]),
      keep(READS.listDesigns, { project_id: 'p-2' }, []),
    ]
    const [isFirst, isSecond] = lists()
    const body = { json: { design: { project_id: 'p-1' } } }
    await send('createDesign', { path: {}, body }, buildReply({ id: 'd-9' }))
    expect([isFirst?.(), isSecond?.()]).toEqual([false, true])

    const [isOne, isTwo] = lists()
    await send('duplicateDesign', { path: { design_id: 'd-1' } }, buildReply(null))
    expect([isOne?.(), isTwo?.()]).toEqual([false, false])
  })
})

describe('a write that failed', () => {
  it.each([
    ['is refused', buildRefusal(422), true],
    ['is forbidden', buildRefusal(403), true],
    ['is limited', buildRefusal(429), true],
    ['finds its object gone', buildRefusal(404), false],
    ['fails at Aurora', buildRefusal(500), false],
    ['is answered with a redirect', buildRefusal(302), false],
    ['was never sent', never(), true],
    ['was sent and never answered', lost(), false],
  ])(
    'because it %s leaves what is cached only where nothing can have changed',
    async (_, outcome, isLeft) => {
      const { keep, send } = openCache()
      const isThere = keep(READS.retrieveProject, PROJECT, { id: 'p-1' })
      await send('updateProject', { path: PROJECT }, outcome)
      expect(isThere()).toBe(isLeft)
    },
  )
})

describe('a read that was under way while a write was', () => {
  const aRead = (): Call => buildCall({ path: PROJECT })

  it('is answered, but not cached', async () => {
    const { cache, arrivals, stored, send } = openCache()
    const reading = stored(aRead())
    await send('updateProject', { path: PROJECT }, buildReply({ id: 'p-1', name: 'new' }))
    nth(arrivals, 0).answer(buildReply({ id: 'p-1', name: 'old' }))
    await reading
    expect(cache.read(aRead())).toBeNull()
  })

  it('is not shared with a caller that comes after the write', async () => {
    const { arrivals, shared, send } = openCache()
    const early = shared(aRead())
    await send('updateProject', { path: PROJECT }, buildReply({ id: 'p-1', name: 'new' }))
    const late = shared(aRead())
    await settle()
    nth(arrivals, 2).answer(buildReply({ id: 'p-1', name: 'new' }))
    nth(arrivals, 0).answer(buildReply({ id: 'p-1', name: 'old' }))
    expect([await early, await late]).toMatchObject([{ value: { name: 'old' } }, { value: { name: 'new' } }])
  })

  it('is cached where the write changes something else', async () => {
    const { cache, arrivals, stored, send } = openCache()
    const reading = stored(aRead())
    await send('updateProject', { path: { project_id: 'p-2' } }, buildReply({ id: 'p-2' }))
    nth(arrivals, 0).answer(buildReply({ id: 'p-1' }))
    await reading
    expect(cache.read(aRead())).not.toBeNull()
  })
})

describe('a job', () => {
  const path = { design_id: 'd-1' }
  const status = (word: string): Members => ({ job_id: 'j-1', status: word })
  const poll = () =>
    buildCall({ endpoint: READS.retrievePerformanceSimulationStatus, path, query: { job_id: 'j-1' } })

  it('drops what it changes when it is first seen to have ended, and not before or after', async () => {
    const { keep, stored, arrivals, clock } = openCache()
    const answer = async (word: string) => {
      const polled = stored(poll())
      nth(arrivals, arrivals.length - 1).answer(
        buildReply(status(word), { answeredAtMs: clock.monotonicMs() }),
      )
      await polled
    }
    const summary = () => keep(READS.retrieveDesignSummary, path, { design_id: 'd-1' })
    const isThere = summary()
    await answer('in-progress')
    expect(isThere()).toBe(true)
    await answer('Succeeded')
    expect(isThere()).toBe(false)
    const isThereAgain = summary()
    await answer('succeeded')
    expect(isThereAgain()).toBe(true)
  })

  it('that ends at once drops what it changes with its first answer', async () => {
    const { keep, send } = openCache()
    const isThere = keep(READS.retrieveDesignSummary, path, { design_id: 'd-1' })
    await send('runPerformanceSimulation', { path }, buildReply(status('running')))
    expect(isThere()).toBe(true)
    await send('runPerformanceSimulation', { path }, buildReply(status('failed')))
    expect(isThere()).toBe(false)
  })

  it('that simulates drops the price that depends on it', async () => {
    const { keep, send } = openCache()
    const isThere = keep(READS.retrieveDesignPricing, path, { system_price: null })
    const isElseThere = keep(READS.retrieveDesignPricing, { design_id: 'd-2' }, { system_price: 1 })
    await send('runPerformanceSimulation', { path }, buildReply(status('succeeded')))
    expect([isThere(), isElseThere()]).toEqual([false, true])
  })

  it('that reads a bill drops what depends on the energy use, as a write of the energy use does', async () => {
    const { keep, stored, arrivals } = openCache()
    keep(READS.listDesigns, PROJECT, [{ id: 'd-1' }])
    keep(READS.listDesigns, { project_id: 'p-2' }, [{ id: 'd-2' }])
    const summaries = ['d-1', 'd-2'].map((design_id) =>
      keep(READS.retrieveDesignSummary, { design_id }, { design_id }),
    )
    const endpoint = READS.retrieveUtilityBillUploadStatus
    const polled = stored(buildCall({ endpoint, path: PROJECT, query: { job_id: 'j-1' } }))
    nth(arrivals, 0).answer(buildReply(status('succeeded')))
    await polled
    expect(summaries.map((isThere) => isThere())).toEqual([false, true])
  })

  it('is fresh for 2 seconds while it runs, and for minutes once it has ended', async () => {
    const { cache, clock } = openCache()
    const keep = (word: string) =>
      cache.store(poll(), buildReply(status(word), { answeredAtMs: clock.monotonicMs() }))
    keep('running')
    await clock.advance(1999)
    expect(cache.read(poll())?.age).toBe('fresh')
    await clock.advance(1)
    expect(cache.read(poll())?.age).toBe('old')
    keep('failed')
    await clock.advance(5 * 60_000 - 1)
    expect(cache.read(poll())?.age).toBe('fresh')
  })
})

it('a write shows what a read of the same kind would have brought', () => {
  const facts = {
    tenantId: 't',
    path: new Proxy({}, { get: () => 'x', ownKeys: () => [] }),
    sent: {},
    answer: { id: 'x', job_id: 'x' },
    above: {},
  }
  const mismatched = ALL_WRITES.flatMap((write) => {
    const { operation, kind: written } = write
    const shown = shownBy(write, facts)
    return shown && READS[shown.read.operation].kind !== written ? [operation] : []
  })
  expect(mismatched).toEqual([])
})
