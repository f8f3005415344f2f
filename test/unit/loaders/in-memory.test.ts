// What is in memory is returned at once: no loader makes a promise of it, and it is counted as ever.
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import type { ReadOperation } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { createAnswerAtOnce, withCache } from '../../../src/cache/with-cache.ts'
import type { AuroraObject } from '../../../src/loaders/aurora-object.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { createLoaders } from '../../../src/loaders/loaders.ts'
import { createPageShares } from '../../../src/loaders/page-shares.ts'
import type { Part } from '../../../src/loaders/existence.ts'
import type { Answer } from '../../../src/rest/answer.ts'
import { createCall } from '../../../src/rest/call.ts'
import type { Call, Ids } from '../../../src/rest/call.ts'
import type { Terms, UsedReply } from '../../../src/rest/terms.ts'
import { buildRefusal, buildReply, buildTerms, carry, createEventLog, nth } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

type Held = readonly [ReadOperation, Ids, Answer, Ids?]

/** Loaders over a cache that holds these answers; whatever else is asked is answered with 404. */
function open(held: readonly Held[], parts: Partial<Terms> = {}) {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const events = createEventLog()
  const calls: string[] = []
  const used: UsedReply[] = []
  const terms = buildTerms({
    begunAtMs: clock.monotonicMs(),
    onUsed: (each) => void used.push(each),
    ...parts,
  })
  for (const [operation, path, answer, query = {}] of held)
    cache.store(createCall(terms, { endpoint: READS[operation], path, query }), answer)
  const asUsual = { cache, clock, emit: events.emit }
  const send = async (call: Call) => {
    calls.push(call.endpoint.operation)
    return carry(call, buildRefusal(404, { answeredAtMs: clock.monotonicMs() }))
  }
  const loaders = createLoaders({
    terms,
    cache,
    upstream: withCache({ ...asUsual, refreshTimeoutMs: 1000 })(send),
    answerAtOnce: createAnswerAtOnce(asUsual),
    pageSize: 3,
    emit: events.emit,
    pageShares: createPageShares(),
    listEnds: createListEnds({ clock }),
  })
  return { loaders, calls, clock, used, tally: terms.tally, events }
}

/** Fails where it would have to be waited for. */
function now<Value>(value: Value | Promise<Value>): Value {
  if (value instanceof Promise) throw new Error('a promise')
  return value
}

const FIRST_PAGE = { page: '1', per_page: '3' }
const project = buildReply({ id: 'p-1', name: 'n' })
const projects = buildReply([
  { id: 'p-2', name: 'two', created_at: '2026-03-04 17:25:02 UTC' },
  { id: 'p-1', name: 'one', created_at: '2026-03-04 17:25:01 UTC' },
])
const refusal = (status: number): Answer => buildRefusal(status)
const part = (operation: ReadOperation, key: string): Part => ({
  operation,
  key,
  members: [],
  inItsName: (read) => read(),
})
const keysOf = (objects: readonly AuroraObject[]): readonly string[] => objects.map(({ key }) => key)

describe('at once comes', () => {
  it('an object by its id, once counted however often it is loaded', () => {
    const { loaders, calls, tally, used } = open([['retrieveProject', { project_id: 'p-1' }, project]])

    const object = now(loaders.object('project').load('p-1', ['name']))
    const found = now(loaders.object('project').find('p-1', ['name', 'status']))

    expect([object.get('name'), found.get('name'), now(object.raw())]).toEqual(['n', 'n', project.value])
    // The read does not bring it.
    expect(object.get('status')).toBeUndefined()
    expect([calls, tally.saved.cache, used.map(({ operation }) => operation)]).toEqual([
      [],
      1,
      ['retrieveProject'],
    ])
  })

  it('a member that a foreign key alone does not show', () => {
    const { loaders, tally } = open([['retrieveProject', { project_id: 'p-1' }, project]])

    expect(loaders.object('project').refer('p-1').get('name')).toBe('n')

    expect(tally.saved.cache).toBe(1)
  })

  it('an object of which a cached list shows enough, and one in a short list', () => {
    const { loaders, calls, events } = open([
      ['listProjects', {}, projects, FIRST_PAGE],
      ['listUsers', {}, buildReply([{ id: 'u-1', first_name: 'f' }]), FIRST_PAGE],
    ])

    expect(now(loaders.object('project').load('p-1', ['name'])).get('name')).toBe('one')
    expect(now(loaders.object('user').load('u-1', ['first_name'])).get('first_name')).toBe('f')

    expect([calls, events.of('saved').map(({ operation, by }) => [operation, by])]).toEqual([
      [],
      [
        ['retrieveProject', 'listed'],
        ['retrieveUser', 'listed'],
      ],
    ])
  })

  it('the only object of a parent, one that is absent, and one that is always there', () => {
    const { loaders, calls, tally } = open([
      ['retrieveDesignSummary', { design_id: 'd-1' }, buildReply({ system_size_stc: 1 })],
      ['retrieveDesignPricing', { design_id: 'd-1' }, refusal(404)],
      ['retrieveTenant', {}, buildReply({ name: 't' })],
    ])

    expect(now(loaders.read('retrieveDesignSummary')('d-1'))?.get('system_size_stc')).toBe(1)
    expect(now(loaders.read('retrieveDesignPricing')('d-1'))).toBeNull()
    expect(now(loaders.read('retrieveTenant')()).get('name')).toBe('t')

    expect([calls, tally.saved.cache]).toEqual([[], 3])
  })

  it('lists: a whole one, slices, children, and items without an id', () => {
    const { loaders, calls } = open([
      ['listProposalTemplates', {}, buildReply([{ id: 't-1' }])],
      ['listProjects', {}, projects, FIRST_PAGE],
      ['listProjects', {}, buildReply([]), { ...FIRST_PAGE, page: '2' }],
      ['listAgreements', { project_id: 'p-1' }, buildReply([{ id: 'a-1' }])],
      ['listRackingArrays', { design_id: 'd-1' }, buildReply([{ face: 1 }])],
    ])

    const slice = now(loaders.read('listProjects')({ first: 1, after: null }))
    const next = now(loaders.read('listProjects')({ first: 1, after: nth(slice.edges, 0).cursor }))
    const [agreement] = now(loaders.read('listAgreements')('p-1'))

    expect(keysOf(now(loaders.read('listProposalTemplates')()))).toEqual(['t-1'])
    expect(keysOf([...slice.edges, ...next.edges].map(({ node }) => node))).toEqual(['p-2', 'p-1'])
    expect([agreement?.key, agreement?.get('project_id')]).toEqual(['a-1', 'p-1'])
    expect(now(loaders.read('listRackingArrays')('d-1'))).toEqual([{ face: 1 }])
    expect(calls).toEqual([])
  })

  it('an object that only its parts prove', () => {
    const { loaders, calls } = open([
      ['retrieveDesignPricing', { design_id: 'd-1' }, refusal(404)],
      ['retrieveDesignSummary', { design_id: 'd-1' }, buildReply({ system_size_stc: 1 })],
    ])
    const parts = [part('retrieveDesignPricing', 'd-1'), part('retrieveDesignSummary', 'd-1')]

    expect(now(loaders.object('design').load('d-1', [], parts)).key).toBe('d-1')

    expect(calls).toEqual([])
  })
})

describe('what has to be waited for stays a promise:', () => {
  it.each(['p-1', 'p-2', '..'])('a cached refusal, and an id that is none (%s)', async (id) => {
    const { loaders, calls, tally } = open([
      ['retrieveProject', { project_id: 'p-1' }, refusal(404)],
      ['retrieveProject', { project_id: 'p-2' }, refusal(403)],
    ])
    const code = { 'p-1': 'NOT_FOUND', 'p-2': 'FORBIDDEN', '..': 'UPSTREAM_INVALID' }[id]

    const [one, other] = [1, 2].map(() => loaders.object('project').refer(id).get('name'))

    await expect(one).rejects.toMatchObject({ code })
    await expect(other).rejects.toMatchObject({ code })
    // One read, which was counted once.
    expect([calls, tally.saved.cache]).toEqual([[], id === '..' ? 0 : 1])
  })

  it('an answer that is not cached, or that is not as new as the request asks for', async () => {
    const { loaders, calls, clock } = open([['retrieveProject', { project_id: 'p-1' }, project]])
    await clock.advance(24 * 60 * 60_000)

    await expect(loaders.object('project').refer('p-1').get('name')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(loaders.read('retrieveRoofSummary')('d-1')).rejects.toMatchObject({ code: 'NOT_FOUND' })

    expect(calls).toEqual(['retrieveProject', 'retrieveRoofSummary'])
  })
})
