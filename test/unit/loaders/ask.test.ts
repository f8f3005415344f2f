import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import type { Cache } from '../../../src/cache/cache.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import { createAsk } from '../../../src/loaders/ask.ts'
import { ANY_FRESHNESS } from '../../../src/rest/freshness.ts'
import type { StaleFact } from '../../../src/rest/freshness.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'
import { createTally } from '../../../src/telemetry/tally.ts'
import type { Answer } from '../../../src/rest/answer.ts'
import { createCall } from '../../../src/rest/call.ts'
import type { Call } from '../../../src/rest/call.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { buildCall, buildRefusal, buildReply, buildScope, buildTerms, carry } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function open(answer: Answer | Error = buildReply()) {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const calls: Call[] = []
  const tally = createTally()
  const scope = buildScope()
  const terms = buildTerms({ scope, deadlineAtMs: 5000, waitUntilMs: 70, tally })
  const ask = createAsk(terms, {
    cache,
    upstream: async (call) => {
      calls.push(call)
      if (answer instanceof Error) throw answer
      return carry(call, answer)
    },
  })
  return { ask, calls, tally, cache, clock, scope, terms }
}

const { retrieveProject, retrieveConsumptionProfile, listProjects } = READS
const failed = (code: ErrorCode) => expect.objectContaining({ name: 'GatewayError', code }) as Error

describe('a call', () => {
  it('is made with the scope, the deadline and the tally of its request', async () => {
    const { ask, calls, terms } = open()

    await ask.object(retrieveProject, { project_id: 'p-1' })

    expect(calls).toEqual([
      createCall(terms, { endpoint: retrieveProject, path: { project_id: 'p-1' }, query: {} }),
    ])
    expect(calls[0]?.terms).toBe(terms)
  })

  it.each(['..', 'a/b', '%2e%2e', '', 'a\r\nX: y', 'Project:1'])(
    'for the id %j is never made',
    async (id) => {
      const { ask, calls } = open()

      await expect(ask.object(retrieveProject, { project_id: id })).rejects.toThrow(
        failed('UPSTREAM_INVALID'),
      )
      await expect(ask.list(listProjects, { project_id: id })).rejects.toThrow(failed('UPSTREAM_INVALID'))

      expect(calls).toHaveLength(0)
    },
  )

  it('that the budget refuses is counted, so that the time for the whole request can be computed', async () => {
    const { ask, tally } = open(new GatewayError('RATE_LIMITED', 'm'))

    await expect(ask.object(retrieveProject, { project_id: 'p-1' })).rejects.toThrow(failed('RATE_LIMITED'))
    await expect(ask.list(listProjects, {})).rejects.toThrow(failed('RATE_LIMITED'))

    expect(tally.refused).toBe(2)
  })

  it('that fails otherwise is not counted as refused', async () => {
    const { ask, tally } = open(new GatewayError('UPSTREAM_TIMEOUT', 'm'))

    await expect(ask.object(retrieveProject, { project_id: 'p-1' })).rejects.toThrow(
      failed('UPSTREAM_TIMEOUT'),
    )

    expect(tally.refused).toBe(0)
  })
})

describe('an answer', () => {
  it('of an object is its members', async () => {
    const { ask } = open(buildReply({ id: 'p-1', name: 'n' }))

    expect(await ask.object(retrieveProject, { project_id: 'p-1' })).toEqual({ id: 'p-1', name: 'n' })
  })

  it('of 404 is null where absence is ordinary, and an error elsewhere', async () => {
    const { ask } = open(buildRefusal(404))

    expect(await ask.object(retrieveConsumptionProfile, { project_id: 'p-1' })).toBeNull()
    await expect(ask.object(retrieveProject, { project_id: 'p-1' })).rejects.toThrow(failed('NOT_FOUND'))
    await expect(ask.list(listProjects, {})).rejects.toThrow(failed('NOT_FOUND'))
  })

  it('of 403 is an error also where absence is ordinary', async () => {
    const { ask } = open(buildRefusal(403))

    await expect(ask.object(retrieveConsumptionProfile, { project_id: 'p-1' })).rejects.toThrow(
      failed('FORBIDDEN'),
    )
  })

  it('that is not a success is the error of its status, with the template and never the path', async () => {
    const { ask } = open(buildRefusal(503))

    await expect(ask.object(retrieveProject, { project_id: 'p-secret' })).rejects.toMatchObject({
      code: 'UPSTREAM_ERROR',
      message: expect.not.stringContaining('p-secret') as string,
      details: { status: 503, upstream: { method: 'GET', route: retrieveProject.route, status: 503 } },
    })
  })
})

describe('what lists have shown', () => {
  it('in this request is found, and not counted as saved', async () => {
    const { ask, tally } = open(buildReply([{ id: 'p-1', name: 'n' }]))
    await ask.list(listProjects, {})

    expect(ask.readListed('project', 'p-1', ['name'])).toEqual({ id: 'p-1', name: 'n' })
    expect(ask.readListed('project', 'p-2', [])).toBeNull()
    expect(ask.readListed('design', 'p-1', [])).toBeNull()
    expect(tally.saved.cache).toBe(0)
  })

  it('in earlier requests is found, and saves one call for each object', () => {
    const { ask, tally, cache } = open()
    const list = buildCall({ endpoint: listProjects, path: {} })
    cache.store(list, buildReply([{ id: 'p-1', name: 'n' }, { id: 'p-2' }]))

    for (let index = 0; index < 3; index += 1) {
      expect(ask.readListed('project', 'p-1', ['name'])).toEqual({ id: 'p-1', name: 'n' })
    }
    expect(tally.saved.cache).toBe(1)
  })

  it('is not counted as saved where a call is still needed', () => {
    const { ask, tally, cache } = open()
    cache.store(buildCall({ endpoint: listProjects, path: {} }), buildReply([{ id: 'p-1' }]))

    expect(ask.readListed('project', 'p-1', ['name'])).toEqual({ id: 'p-1' })
    expect(tally.saved.cache).toBe(0)
  })

  it('to another credential is not found', () => {
    const { ask, cache } = open()
    const list = buildCall({ endpoint: listProjects, path: {}, scope: buildScope('other') })
    cache.store(list, buildReply([{ id: 'p-1' }]))

    expect(ask.readListed('project', 'p-1', [])).toBeNull()
  })

  it('before the request is not found if it is older than the request accepts; its own lists are found', async () => {
    const { cache, clock, scope } = open()
    const list = buildCall({ endpoint: listProjects, path: {} })
    cache.store(list, buildReply([{ id: 'p-1' }], { answeredAtMs: clock.monotonicMs() }))
    await clock.advance(10_000)
    const begunAtMs = clock.monotonicMs()
    const askWithin = (maxAgeMs: number) =>
      createAsk(buildTerms({ scope, begunAtMs, freshness: { ...ANY_FRESHNESS, maxAgeMs } }), {
        cache,
        upstream: async () => buildReply([{ id: 'p-1', name: 'new' }]),
      })

    expect(askWithin(10_001).readListed('project', 'p-1', [])).toEqual({ id: 'p-1' })
    const ask = askWithin(10_000)
    expect(ask.readListed('project', 'p-1', [])).toBeNull()
    await ask.list(listProjects, {})
    await clock.advance(20_000)
    expect(ask.readListed('project', 'p-1', [])).toEqual({ id: 'p-1', name: 'new' })
  })
})

describe('a list at hand', () => {
  it.each([
    ['after a notice that may be lost', (cache: Cache) => cache.doubtAll()],
    ['without notices', (cache: Cache) => cache.confirmBy(() => false)],
  ])('that is in doubt %s is used with a mark', async (_, doubt) => {
    const { cache, scope, clock } = open()
    const stale: StaleFact[] = []
    const used: UsedReply[] = []
    cache.store(
      buildCall({ scope, endpoint: listProjects, path: {} }),
      buildReply([{ id: 'p-1' }], { answeredAtMs: 0 }),
    )
    doubt(cache)
    await clock.advance(10)
    const terms = buildTerms({
      scope,
      begunAtMs: clock.monotonicMs(),
      onStale: (fact) => void stale.push(fact),
      onUsed: (reply) => void used.push(reply),
    })
    const ask = createAsk(terms, { cache, upstream: () => Promise.reject(new Error('a call')) })

    const glanced = ask.glanceList(listProjects, {}, {})
    expect({ stale, used }).toEqual({ stale: [], used: [] })
    glanced?.use()

    expect(glanced?.items).toEqual([{ id: 'p-1' }])
    expect(stale).toEqual([{ operation: 'listProjects', answeredAtMs: 0, reason: 'UNCONFIRMED' }])
    expect(used).toEqual([expect.objectContaining({ isUnconfirmed: true })])
  })
})
