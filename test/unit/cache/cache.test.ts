import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listedKey } from '../../../src/cache/listed-key.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { decideAge, decideRefusalLifetime } from '../../../src/cache/decide-lifetime.ts'
import { KINDS } from '../../../src/aurora/kinds.ts'
import type { Call } from '../../../src/rest/call.ts'
import type { Members } from '../../../src/aurora/body.ts'
import { READS } from '../../../src/aurora/reads.ts'
import type { Endpoint } from '../../../src/aurora/endpoint.ts'
import { ANY_FRESHNESS } from '../../../src/rest/freshness.ts'
import { toRefusalError } from '../../../src/rest/refusal-error.ts'
import { buildCall, buildRefusal, buildReply, buildScope, createEventLog } from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { countHeldBytes } from '../../support/memory.ts'

const START_MS = 1000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function open(maxBytes = 1024 * 1024) {
  const clock = createManualClock(START_MS)
  const cache = createCache({ maxBytes, clock })
  /** Keeps an answer that has just come. */
  const store = (call: Call, ...parts: Parameters<typeof buildReply>) =>
    cache.store(call, buildReply(parts[0], { answeredAtMs: clock.monotonicMs(), ...parts[1] }))
  return { clock, cache, store }
}

const aProject = (id = 'p-1', parts: CallParts = {}) => buildCall({ path: { project_id: id }, ...parts })
const aListOf = (endpoint: Endpoint, query: Call['query'] = {}, parts: CallParts = {}) =>
  buildCall({ endpoint, path: {}, query, ...parts })

describe('keys', () => {
  const { key } = buildScope()

  it('begin with the scope', () => {
    expect(buildCall().key.startsWith(`["${key}"`)).toBe(true)
    expect(listedKey(key, 'project', 'p').startsWith(`["${key}"`)).toBe(true)
  })

  it('differ with the scope, the operation, each id and each parameter, and with nothing else', () => {
    const calls = [
      buildCall(),
      buildCall({ scope: buildScope('other') }),
      buildCall({ scope: buildScope('sk_sand_builder', 'other-tenant') }),
      buildCall({ endpoint: READS.retrieveConsumptionProfile }),
      buildCall({ path: { project_id: 'p-2' } }),
      buildCall({ path: { design_id: 'p-1' } }),
      buildCall({ query: { page: '1' } }),
      buildCall({ query: { page: '2' } }),
      buildCall({ query: { per_page: '1' } }),
    ]

    expect(new Set(calls.map((call) => call.key)).size).toBe(calls.length)
    expect(buildCall({ waitUntilMs: 9, deadlineAtMs: 9, signal: AbortSignal.abort() }).key).toBe(
      buildCall().key,
    )
  })

  it('do not depend on the order in which ids and parameters are given', () => {
    const one = buildCall({ query: { page: '1', per_page: '2' }, path: { a: '1', b: '2' } })
    const other = buildCall({ query: { per_page: '2', page: '1' }, path: { b: '2', a: '1' } })

    expect(one.key).toBe(other.key)
  })

  it('are unambiguous, whatever the parts contain', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'b', '"', ',', ':', '[', ']', '\\', '\ud800'),
      maxLength: 4,
    })
    const parts = fc.record({
      path: fc.dictionary(part, part, { maxKeys: 2 }),
      query: fc.dictionary(part, part, { maxKeys: 2 }),
    })
    const canonical = ({ path, query }: { path: object; query: object }) =>
      [path, query].map((side) => Object.entries(side).toSorted(([left], [right]) => (left < right ? -1 : 1)))

    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = JSON.stringify(canonical(one)) === JSON.stringify(canonical(other))
        expect(buildCall(one).key === buildCall(other).key).toBe(isSame)
      }),
      { numRuns: 500 },
    )
  })

  it('of calls and of listed objects never meet', () => {
    const calls = Object.values(READS).map((endpoint) => buildCall({ endpoint, path: {} }).key)

    expect(calls).not.toContain(listedKey(key, 'project', ''))
    expect(Object.values<Endpoint>(READS).map(({ operation }) => operation)).not.toContain('listed')
  })
})

describe('ages', () => {
  const lifetime = { freshMs: 10, staleMs: 20, keptMs: 30 }

  it.each([
    [0, 'fresh'],
    [9.99, 'fresh'],
    [10, 'stale'],
    [19.99, 'stale'],
    [20, 'old'],
    [29.99, 'old'],
    [30, 'expired'],
    [Infinity, 'expired'],
  ])('at %d ms: %s', (ageMs, age) => {
    expect(decideAge(ageMs, lifetime)).toBe(age)
  })

  it('of every kind come in their order', () => {
    const refusals = Object.values<Endpoint>(READS).flatMap((endpoint) =>
      [403, 404].flatMap((status) => decideRefusalLifetime(status, endpoint) ?? []),
    )
    const read = Object.values<Endpoint>(READS).map(({ kind }) => KINDS[kind].lifetime)
    for (const { freshMs, staleMs, keptMs } of [...read, ...refusals]) {
      expect(freshMs).toBeGreaterThan(0)
      expect(staleMs).toBeGreaterThanOrEqual(freshMs)
      expect(keptMs).toBeGreaterThanOrEqual(staleMs)
    }
  })

  it.each<[endpoint: Endpoint, freshMs: number, staleMs: number, keptMs: number]>([
    [READS.retrieveProject, 5 * MINUTE, 15 * MINUTE, DAY],
    [READS.listUsers, HOUR, 4 * HOUR, DAY],
    [READS.retrieveTenant, DAY, 2 * DAY, 7 * DAY],
  ])('of %o are counted from the answer', async (endpoint, freshMs, staleMs, keptMs) => {
    const { clock, cache, store } = open()
    const call = buildCall({ endpoint })
    store(call, endpoint.answers === 'list' ? [] : { id: 'p-1' })
    const ageAt = async (atMs: number) => {
      await clock.advance(START_MS + atMs - clock.monotonicMs())
      return cache.read(call)?.age ?? null
    }

    expect(await ageAt(freshMs - 1)).toBe('fresh')
    expect(await ageAt(freshMs)).toBe('stale')
    expect(await ageAt(staleMs - 1)).toBe('stale')
    expect(await ageAt(staleMs)).toBe('old')
    expect(await ageAt(keptMs - 1)).toBe('old')
    expect(await ageAt(keptMs)).toBeNull()
  })

  it('do not move with the wall clock', () => {
    const { clock, cache, store } = open()
    store(aProject())

    clock.jumpWall(100 * DAY)
    expect(cache.read(aProject())?.age).toBe('fresh')
    clock.jumpWall(-200 * DAY)
    expect(cache.read(aProject())?.age).toBe('fresh')
  })

  it('do not begin again when an answer is read or stored a second time', async () => {
    const { clock, cache } = open()
    const reply = buildReply()
    cache.store(aProject(), reply)
    await clock.advance(4 * MINUTE)
    cache.read(aProject())
    cache.store(aProject(), reply)
    await clock.advance(MINUTE)

    expect(cache.read(aProject())?.age).toBe('stale')
  })
})

describe('what is cached', () => {
  it('a success, as it was', () => {
    const { cache } = open()
    const reply = buildReply()
    cache.store(aProject(), reply)

    expect(cache.read(aProject())).toMatchObject({ answer: reply, age: 'fresh' })
    expect(cache.read(aProject('p-2'))).toBeNull()
  })

  it.each([
    [404, 10_000],
    [403, 300_000],
  ])('a %i, for %i ms', async (status, keptMs) => {
    const { clock, cache } = open()
    const reply = buildRefusal(status)
    cache.store(aProject(), reply)

    await clock.advance(keptMs - 1)
    expect(cache.read(aProject())).toMatchObject({ answer: reply, age: 'fresh' })
    await clock.advance(1)
    expect(cache.read(aProject())).toBeNull()
  })

  it.each([301, 400, 401, 409, 410, 422, 429, 500, 502, 503])('never a %i', (status) => {
    const { cache } = open()
    cache.store(aProject(), buildRefusal(status))

    expect(cache.read(aProject())).toBeNull()
  })

  it.each([401, 429, 500])('the older answer, when a %i comes', (status) => {
    const { cache, store } = open()
    store(aProject())
    cache.store(aProject(), buildRefusal(status))

    expect(cache.read(aProject())?.answer.status).toBe(200)
  })

  it.each([403, 404])(
    'a %i in place of the object that was there, and the object in place of it',
    (status) => {
      const { cache, store } = open()
      store(aProject())
      cache.store(aProject(), buildRefusal(status))
      expect(cache.read(aProject())?.answer.status).toBe(status)

      store(aProject())
      expect(cache.read(aProject())?.answer.status).toBe(200)
    },
  )

  it('nothing that another credential or tenant could read', () => {
    const { cache, store } = open()
    store(aProject())
    store(aListOf(READS.listProjects), [{ id: 'p-1' }])

    for (const scope of [buildScope('other'), buildScope('sk_sand_builder', 'other-tenant')]) {
      expect(cache.read(aProject('p-1', { scope }))).toBeNull()
      expect(cache.readListed(scope.key, 'project', 'p-1')).toBeNull()
    }
  })
})

describe('listed objects', () => {
  const { key } = buildScope()
  const list = aListOf(READS.listProjects, { page: '1', per_page: '250' })

  it('are found by their id, with the members that the list carried', () => {
    const { cache, store } = open()
    store(list, [{ id: 'p-1', name: 'one' }, { id: 'p-2' }])

    expect(cache.readListed(key, 'project', 'p-1')).toEqual({ id: 'p-1', name: 'one' })
    expect(cache.readListed(key, 'project', 'p-2')).toEqual({ id: 'p-2' })
    expect(cache.readListed(key, 'project', 'p-3')).toBeNull()
    expect(cache.readListed(key, 'design', 'p-1')).toBeNull()
  })

  it('are found while the list is fresh, and no longer', async () => {
    const { clock, cache, store } = open()
    store(list, [{ id: 'p-1' }])

    await clock.advance(5 * MINUTE - 1)
    expect(cache.readListed(key, 'project', 'p-1')).not.toBeNull()
    await clock.advance(1)
    expect(cache.readListed(key, 'project', 'p-1')).toBeNull()
  })

  it('are those of the newest list that carried them', () => {
    const { cache, store } = open()
    store(list, [{ id: 'p-1', name: 'old' }])
    store(list, [{ id: 'p-0' }, { id: 'p-1', name: 'new' }])

    expect(cache.readListed(key, 'project', 'p-1')).toEqual({ id: 'p-1', name: 'new' })
  })

  it('are found through whichever page carried them', () => {
    const { cache, store } = open()
    store(list, [{ id: 'p-1', name: 'page 1' }])
    store(aListOf(READS.listProjects, { page: '2', per_page: '250' }), [{ id: 'p-2', name: 'page 2' }])

    expect(cache.readListed(key, 'project', 'p-1')).toMatchObject({ name: 'page 1' })
    expect(cache.readListed(key, 'project', 'p-2')).toMatchObject({ name: 'page 2' })
  })

  it('that the list does not carry any more are not found as another object', () => {
    const { cache, store } = open()
    store(list, [{ id: 'p-1' }, { id: 'p-2' }])
    store(list, [{ id: 'p-2' }])

    expect([null, 'p-1']).toContain(cache.readListed(key, 'project', 'p-1')?.['id'] ?? null)
    expect(cache.readListed(key, 'project', 'p-2')).toEqual({ id: 'p-2' })
  })

  it('do not come from single objects or failures', () => {
    const { cache, store } = open()
    store(aProject(), { id: 'p-1' })
    cache.store(list, buildRefusal(404))

    expect(cache.readListed(key, 'project', 'p-1')).toBeNull()
  })
})

describe('whether an object exists', () => {
  const { key } = buildScope()
  const aDesign = buildCall({ endpoint: READS.retrieveDesign, path: { design_id: 'd-1' } })
  const wanted = { begunAtMs: Infinity, freshness: ANY_FRESHNESS }

  it('is unknown without an answer, shown by a fresh one, and unknown again when that is stale', async () => {
    const { clock, cache, store } = open()
    expect(cache.exists(aDesign, wanted)).toBeNull()
    store(aDesign, { id: 'd-1' })
    expect(cache.exists(aDesign, wanted)).toBe(true)
    expect(cache.exists(aDesign, { ...wanted, freshness: { ...ANY_FRESHNESS, maxAgeMs: 0 } })).toBeNull()
    await clock.advance(5 * MINUTE)
    expect(cache.exists(aDesign, wanted)).toBeNull()
  })

  it('stays denied by a 404 after the time for which the 404 is served, until Aurora answers otherwise', async () => {
    const { clock, cache, store } = open()
    cache.store(aDesign, buildRefusal(404, { answeredAtMs: clock.monotonicMs() }))
    expect(cache.exists(aDesign, wanted)).toBe(false)
    await clock.advance(HOUR)
    expect(cache.read(aDesign)).toBeNull()
    expect(cache.exists(aDesign, wanted)).toBe(false)
    store(aDesign, { id: 'd-1' })
    expect(cache.exists(aDesign, wanted)).toBe(true)
  })

  it('is not denied by a 403, and denied after a deletion without an answer being served', () => {
    const { cache, store } = open()
    cache.store(aDesign, buildRefusal(403))
    expect(cache.exists(aDesign, wanted)).toBeNull()
    store(aDesign, { id: 'd-1' })
    cache.noteAbsence(key, aDesign)
    expect(cache.exists(aDesign, wanted)).toBe(false)
    expect(cache.read(aDesign)).toBeNull()
  })
})

describe('the bound in bytes', () => {
  it('holds: an entry that was only glanced at does not count as used, but is found', () => {
    // A sixteenth is for what is known of the objects above others.
    const { cache, store } = open((6000 * 16) / 15)
    const project = (id: string) => store(aProject(id), { id }, { bytes: 500 })
    project('p-1')
    project('p-2')
    project('p-3')
    expect(cache.glance.read(aProject('p-1'))?.age).toBe('fresh')
    project('p-4')
    expect(cache.glance.read(aProject('p-1'))).toBeNull()
    cache.read(aProject('p-2'))
    project('p-5')
    expect(cache.glance.read(aProject('p-2'))).not.toBeNull()
  })

  it('holds: the least recently used leave first', () => {
    // Each answer of 1000 bytes counts about 3.5 KB: three of them fit.
    const { cache, store } = open(12_000)
    for (const id of ['a', 'b', 'c']) store(aProject(id), { id }, { bytes: 1000 })
    cache.read(aProject('a'))
    store(aProject('d'), { id: 'd' }, { bytes: 1000 })

    expect(['a', 'b', 'c', 'd'].filter((id) => cache.read(aProject(id)) !== null)).toEqual(['a', 'c', 'd'])
  })

  it('leaves the same ones after all were made older, and finds objects in their lists as before', () => {
    const { clock, cache, store } = open(12_000)
    const list = aListOf(READS.listProjects)
    store(list, [{ id: 'l' }], { bytes: 500 })
    for (const id of ['a', 'b']) store(aProject(id), { id }, { bytes: 1000 })
    cache.read(aProject('a'))
    cache.read(list)
    cache.ageAll(MINUTE)
    expect(cache.glance.read(aProject('a'))?.answer.answeredAtMs).toBe(clock.monotonicMs() - MINUTE)
    expect(cache.glance.readListed(buildScope().key, 'project', 'l')).toEqual({ id: 'l' })
    store(aProject('c'), { id: 'c' }, { bytes: 1000 })
    expect(['a', 'b', 'c'].filter((id) => cache.read(aProject(id)) !== null)).toEqual(['a', 'c'])
  })

  it('leaves objects in their lists as long as before after all were made older', () => {
    const { cache, store } = open(12_000)
    for (const id of ['a', 'b']) store(aProject(id), { id }, { bytes: 1000 })
    store(aListOf(READS.listProjects), [{ id: 'l' }], { bytes: 500 })
    cache.ageAll(MINUTE)
    store(aProject('c'), { id: 'c' }, { bytes: 1000 })
    expect(cache.readListed(buildScope().key, 'project', 'l')).toEqual({ id: 'l' })
    expect(cache.read(aProject('a'))).toBeNull()
  })

  it('is not broken by an answer that is larger than all of it', () => {
    const { cache, store } = open(12_000)
    store(aProject('a'), { id: 'a' }, { bytes: 1000 })
    store(aProject('huge'), { id: 'huge' }, { bytes: 1_000_000 })

    expect(cache.read(aProject('huge'))).toBeNull()
    expect(cache.read(aProject('a'))).not.toBeNull()
  })

  it('of zero caches nothing', () => {
    const { cache, store } = open(0)
    store(aProject())

    expect(cache.read(aProject())).toBeNull()
  })

  it('holds for absences too', () => {
    const { cache } = open(100_000)
    for (let index = 0; index < 1000; index += 1) cache.store(aProject(`p-${index}`), buildRefusal(404))

    const kept = Array.from({ length: 1000 }, (_, index) => cache.read(aProject(`p-${index}`)))
    expect(kept.filter((entry) => entry !== null).length).toBeLessThan(300)
  })

  it.each([
    ['that fit', 4 * 1024 * 1024],
    ['that are too large to be kept', 1024 * 1024],
  ])('holds in memory for lists %s, whose objects must not outlive them uncounted', (_what, maxBytes) => {
    const { cache } = open(maxBytes)
    const { key } = buildScope()
    const ids: string[] = []
    const buildItem = (id: string): Members => {
      ids.push(id)
      // A text of its own for each, not one that all share.
      return JSON.parse(JSON.stringify({ id, notes: `${id} ${'x'.repeat(10_000)}` })) as Members
    }
    const beforeBytes = countHeldBytes()

    for (let page = 0; page < 30; page += 1) {
      const items = Array.from({ length: 50 }, (_, index) => buildItem(`p-${page}-${index}`))
      const bytes = JSON.stringify(items).length
      cache.store(aListOf(READS.listProjects, { page: String(page) }), buildReply(items, { bytes }))
      // Objects that are asked for stay among the recently used.
      for (const id of ids) cache.readListed(key, 'project', id)
    }

    expect(countHeldBytes() - beforeBytes).toBeLessThan(maxBytes)
  })

  it('holds in memory for failures with long messages', () => {
    const maxBytes = 1024 * 1024
    const { cache } = open(maxBytes)
    const beforeBytes = countHeldBytes()

    for (let index = 0; index < 500; index += 1) {
      const words = JSON.parse(JSON.stringify(`${index} ${'x'.repeat(20_000)}`)) as string
      const call = aProject(`p-${index}`)
      const { refusal } = toRefusalError(call.endpoint, buildRefusal(404), { messages: [words] })
      if (refusal) cache.store(call, refusal)
    }

    expect(countHeldBytes() - beforeBytes).toBeLessThan(2 * maxBytes)
  })
})

describe('a refusal that cost a slot', () => {
  /** A slot is held for Aurora's minute and a little: what is forgotten sooner is asked for anew, for ever. */
  const SLOT_MS = 61_000

  it.each(Object.values<Endpoint>(READS))('of $operation outlives it, if it is 403', (endpoint) => {
    expect(decideRefusalLifetime(403, endpoint)?.freshMs).toBeGreaterThan(SLOT_MS)
  })

  it.each(Object.values<Endpoint>(READS).filter(({ mayBeAbsent }) => mayBeAbsent))(
    'of $operation outlives it, if it is the 404 of what need not be there',
    (endpoint) => {
      expect(decideRefusalLifetime(404, endpoint)?.freshMs).toBeGreaterThan(SLOT_MS)
    },
  )
})

it('a reply that is larger than the cache is reported once for its operation, with the sizes', () => {
  const clock = createManualClock(START_MS)
  const events = createEventLog()
  const cache = createCache({ maxBytes: 3000, clock, emit: events.emit })
  const call = aListOf(READS.listProjects, { page: '1' })
  for (const each of [call, call, aListOf(READS.listProjects, { page: '2' })])
    cache.store(each, buildReply([{ id: 'p-1' }], { bytes: 1000, answeredAtMs: START_MS }))

  expect(events.of('replyTooLarge')).toMatchObject([{ operation: 'listProjects', maxBytes: 3000 }])
  expect(events.of('replyTooLarge')[0]?.bytes).toBeGreaterThan(3000)
  expect(cache.size().entries).toBe(0)
})
