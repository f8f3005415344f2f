// A remembered answer holds exactly as long as a look at each of its parts would say so, whatever happens to the cache.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRememberedAnswers } from '../../src/answers/remembered.ts'
import type { Remembered } from '../../src/answers/remembered.ts'
import { READS } from '../../src/aurora/reads.ts'
import { createCache } from '../../src/cache/cache.ts'
import { decideUse } from '../../src/cache/decide-use.ts'
import { lifetimeOf } from '../../src/cache/decide-lifetime.ts'
import { listedKey } from '../../src/cache/listed-key.ts'
import type { Call } from '../../src/rest/call.ts'
import { ANY_FRESHNESS } from '../../src/rest/freshness.ts'
import type { UsedReply } from '../../src/rest/terms.ts'
import { buildCall, buildRefusal, buildReply } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'

const SECOND = 1000
const IDS = ['p-1', 'p-2', 'p-3', 'p-4'] as const
/** Some are absent and for seconds only; one page lists all. */
const CALLS: readonly Call[] = [
  ...IDS.map((id) => buildCall({ path: { project_id: id } })),
  ...IDS.map((id) => buildCall({ endpoint: READS.listDesigns, path: { project_id: id } })),
  buildCall({ endpoint: READS.retrieveTenant, path: {} }),
  buildCall({ endpoint: READS.listProjects, path: {}, query: { page: '1', per_page: '250' } }),
]
const nth = fc.nat(CALLS.length - 1)

const op = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('store' as const), nth, isAbsent: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('remember' as const),
      parts: fc.uniqueArray(nth, { minLength: 1, maxLength: 5 }),
      slot: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('age' as const),
      seconds: fc.constantFrom(1, 5, 29, 60, 299, 300, 3600),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('drop' as const),
      id: fc.constantFrom(...IDS),
      isBelow: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('show' as const), id: fc.constantFrom(...IDS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('doubt' as const, 'lose lease' as const, 'get lease' as const, 'fill' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('use' as const), slot: fc.nat(3) }) },
)

interface Kept {
  readonly answer: Remembered
  readonly parts: readonly UsedReply[]
}

function open() {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 24_000, clock })
  const used: string[] = []
  const remembered = createRememberedAnswers({
    maxBytes: 1024 * 1024,
    cache,
    onUsed: ({ key }) => void used.push(key),
  })
  const lease = { isHeld: true }
  cache.confirmBy(() => lease.isHeld)
  const slots: (Kept | undefined)[] = []
  let version = 0

  /** What the resolvers would say: each part is the cached one, fresh, and beyond doubt. */
  const holdsByWalk = ({ parts }: Kept, maxAgeMs: number | null): boolean =>
    parts.every(({ key, answer }) => {
      const cached = cache.glance.read({ key, endpoint: READS.retrieveTenant, path: {}, query: {} })
      const wanted = { begunAtMs: Infinity, freshness: { ...ANY_FRESHNESS, maxAgeMs } }
      return cached !== null && cached.answer === answer.deref() && decideUse(cached, wanted) === 'fresh'
    })
  const partOf = (key: string, isListed: boolean): UsedReply[] => {
    const cached = cache.readBy(key)
    if (!cached) return []
    const { answer, lifetime } = cached
    const { answeredAtMs } = answer
    return [{ key, operation: 'o', isListed, answeredAtMs, lifetime, answer: new WeakRef(answer) }]
  }
  const remember = (calls: readonly Call[], slot: number): void => {
    const keys = calls.flatMap(({ key, path, terms }) => [
      key,
      listedKey(terms.scope.key, 'project', path['project_id'] ?? ''),
    ])
    const parts = keys.flatMap((key, index) => partOf(key, index % 2 === 1))
    const kept = { answer: null as never, parts }
    if (parts.length === 0 || !holdsByWalk(kept, null)) return
    const question = {
      scope: 's' as never,
      query: `${slot} ${(version += 1)}`,
      operationName: null,
      variables: {},
    }
    const answer = remembered.keep(question, {
      dataText: '{}',
      dataHash: '',
      parts,
      operation: null,
      spared: parts.length,
    })
    slots[slot] = answer ? { answer, parts } : undefined
  }
  const store = (call: Call, isAbsent: boolean): void => {
    const isList = call.endpoint.form !== 'one'
    const answeredAtMs = clock.monotonicMs()
    const members = isList
      ? IDS.map((id) => ({ id, name: `${(version += 1)}` }))
      : { id: call.path['project_id'] ?? 't' }
    cache.store(
      call,
      isAbsent && !isList ? buildRefusal(404, { answeredAtMs }) : buildReply(members, { answeredAtMs }),
    )
  }
  return { clock, cache, remembered, lease, slots, holdsByWalk, remember, store, used }
}

type Op = typeof op extends fc.Arbitrary<infer Each> ? Each : never

async function act(opened: ReturnType<typeof open>, each: Op): Promise<void> {
  const { clock, cache, lease, remember, store, remembered, slots } = opened
  const [first] = CALLS
  if (!first) throw new Error('no calls')
  const scope = first.terms.scope.key
  switch (each.do) {
    case 'store':
      return store(CALLS[each.nth] ?? first, each.isAbsent)
    case 'remember':
      return remember(
        each.parts.map((index) => CALLS[index] ?? first),
        each.slot,
      )
    case 'age':
      return clock.advance(each.seconds * SECOND)
    case 'drop': {
      const path = { project_id: each.id }
      const operation = each.isBelow ? 'listDesigns' : 'retrieveProject'
      return cache.drop(scope, [{ operation, path }])
    }
    case 'show':
      return cache.show(
        scope,
        'project',
        { key: each.id, read: { operation: 'retrieveProject', path: { project_id: each.id } } },
        buildReply({ id: each.id, name: 'shown' }, { answeredAtMs: clock.monotonicMs() }),
      )
    case 'doubt':
      return cache.doubtAll()
    case 'lose lease':
      return void (lease.isHeld = false)
    case 'get lease':
      return void (lease.isHeld = true)
    case 'fill':
      for (let index = 0; index < 20; index += 1)
        store(buildCall({ path: { project_id: `f-${index}` } }), false)
      return undefined
    case 'use': {
      const kept = slots[each.slot]
      if (kept) remembered.noteUse(kept.answer, clock.monotonicMs())
      return undefined
    }
  }
}

describe('whatever is stored, dropped, shown, evicted, doubted or grows old', () => {
  it('a remembered answer is as fresh as its parts: never longer, never shorter', async () => {
    const seen = { held: 0, ended: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(op, { minLength: 5, maxLength: 60 }), async (ops) => {
        const opened = open()
        for (const each of ops) {
          await act(opened, each)
          const nowMs = opened.clock.monotonicMs()
          for (const kept of opened.slots)
            for (const maxAgeMs of [null, 30 * SECOND])
              if (kept) {
                const holds = opened.remembered.holds(kept.answer, { nowMs, maxAgeMs })
                seen[holds ? 'held' : 'ended'] += 1
                expect(holds).toBe(opened.holdsByWalk(kept, maxAgeMs))
              }
        }
      }),
      { numRuns: examplesOf(300) },
    )
    // The histories reach both.
    expect(Math.min(seen.held, seen.ended)).toBeGreaterThan(100)
  })

  it('a repeat counts the use of its parts once a second, and none is lost', async () => {
    const { clock, cache, remembered, remember, store, slots, used } = open()
    const [call] = CALLS
    if (!call) throw new Error('no calls')
    store(call, false)
    remember([call], 0)
    const { answer } = slots[0] ?? {}
    if (!answer) throw new Error('not remembered')
    for (let turn = 0; turn < 5; turn += 1) remembered.noteUse(answer, clock.monotonicMs())
    expect(used).toEqual([call.key])
    remembered.reportUses()
    expect(used).toEqual([call.key, call.key])
    expect(lifetimeOf(call.endpoint, buildReply())).not.toBeNull()
    expect(cache.size().entries).toBe(1)
  })
})
