// Reports to other replicas: the first at once, what comes in quick succession together, and never more than there is room for.
import { describe, expect, it } from 'vitest'
import type { Touch } from '../../../src/cache/invalidation.ts'
import type { Drop } from '../../../src/redis/drop-text.ts'
import type { TenantKey } from '../../../src/rest/scope.ts'
import { createReport } from '../../../src/webhooks/report.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const tenant = '0123456789abcdef' as TenantKey
const touchOf = (id: string): Touch => ({ operation: 'retrieveProject', path: { project_id: id } })

function open() {
  let taken = 0
  const clock = createManualClock(1000)
  const drops: Drop[] = []
  const answers: ((isTaken: boolean) => void)[] = []
  const outdated: number[] = []
  const report = createReport({
    clock,
    repliesTaken: () => taken,
    cache: { outdate: (_, touches) => void outdated.push(touches.length) },
    report: (drop) => {
      drops.push(drop)
      return new Promise((resolve) => answers.push(resolve))
    },
  })
  return {
    clock,
    drops,
    answers,
    outdated,
    /** A reply of another replica comes from Redis. */
    takeReply: () => void (taken += 1),
    send: (id: string, owner = tenant) =>
      report(owner, [touchOf(id), { operation: 'listProjects', path: {} }]),
  }
}

describe('a report', () => {
  it('of a single webhook is made in the same turn, and what comes while it is under way is one report', async () => {
    const { clock, drops, answers, outdated, send } = open()
    const first = send('p-1')
    // The cache has taken it in already, in this turn.
    expect([drops.length, outdated]).toEqual([1, []])
    const others = ['p-2', 'p-3', 'p-2', 'p-3'].map((id) => send(id))
    await settle()
    expect(drops).toHaveLength(1)
    answers[0]?.(true)
    expect(await first).toBe(true)
    await clock.advance(20)
    expect(drops).toHaveLength(2)
    expect(outdated).toEqual([])
    expect(drops[1]).toEqual({
      owner: tenant,
      touches: [touchOf('p-2'), { operation: 'listProjects', path: {} }, touchOf('p-3')],
    })
    answers[1]?.(false)
    expect(await Promise.all(others)).toEqual([false, false, false, false])
  })

  it('is applied once more if a reply came from Redis since the webhook, which may be from before it', async () => {
    const { clock, answers, outdated, takeReply, send } = open()
    takeReply()
    const first = send('p-1')
    const others = [send('p-2'), send('p-3')]
    takeReply()
    answers[0]?.(true)
    await first
    await clock.advance(20)
    expect(outdated).toEqual([3])
    const later = [send('p-4'), send('p-5')]
    answers[1]?.(true)
    await Promise.all(others)
    await clock.advance(20)
    expect(outdated).toEqual([3])
    answers[2]?.(true)
    expect(await Promise.all(later)).toEqual([true, true])
  })

  it('lets eight webhooks be answered in each turn of the event loop, so that others have theirs between them', async () => {
    const { clock, answers, send } = open()
    const first = send('p-0')
    const answered: string[] = []
    const sent = Array.from({ length: 20 }, (_, index) =>
      send(`p-${index + 1}`).then(() => void answered.push(`p-${index + 1}`)),
    )
    answers[0]?.(true)
    await first
    await clock.advance(20)
    const counts: number[] = []
    answers[1]?.(true)
    while (answered.length < 20) {
      await new Promise((resolve) => setImmediate(resolve))
      if (answered.length > (counts.at(-1) ?? 0)) counts.push(answered.length)
    }
    await Promise.all(sent)
    expect(counts).toEqual([8, 16, 20])
  })

  it('is made fifty times a second at most', async () => {
    const { clock, drops, answers, send } = open()
    const sent: Promise<boolean>[] = []
    for (let ms = 0; ms < 1000; ms += 1) {
      sent.push(send(`p-${ms}`))
      await clock.advance(1)
      for (const answer of answers.splice(0)) answer(true)
      await settle()
    }
    expect(drops.length).toBeLessThanOrEqual(51)
    await clock.advance(20)
    for (const answer of answers.splice(0)) answer(true)
    expect(new Set(await Promise.all(sent))).toEqual(new Set([true]))
  })

  it('of very many webhooks names no ids, and beyond a thousand that wait none is taken', async () => {
    const { clock, drops, answers, send } = open()
    void send('p-0')
    const sent = Array.from({ length: 1100 }, (_, index) => send(`p-${index + 1}`))
    expect((await Promise.all(sent.slice(-101))).every((isTaken) => !isTaken)).toBe(true)
    answers[0]?.(true)
    await settle()
    await clock.advance(20)
    expect(drops[1]).toEqual({
      owner: tenant,
      touches: [
        { operation: 'listProjects', path: {} },
        { operation: 'retrieveProject', path: {} },
      ],
    })
    answers[1]?.(true)
    expect((await Promise.all(sent.slice(0, 999))).every(Boolean)).toBe(true)
  })

  it('finds room beside a flood of webhooks about another tenant', async () => {
    const { clock, answers, send } = open()
    const quiet = 'fedcba9876543210' as TenantKey
    const first = send('p-0', quiet)
    const flood = Array.from({ length: 1100 }, (_, index) => send(`p-${index}`))
    const beside = send('p-1', quiet)
    answers[0]?.(true)
    expect(await first).toBe(true)
    await clock.advance(40)
    for (const answer of answers) answer(true)
    expect(await beside).toBe(true)
    expect((await Promise.all(flood)).filter(Boolean)).toHaveLength(749)
  })

  it.each<[string, () => boolean]>([
    ['is not taken', () => false],
    ['fails', () => expect.unreachable()],
  ])('of a tenant that %s leaves those of others as they are', async (_, fail) => {
    const clock = createManualClock(1000)
    const others = ['1111111111111111', '2222222222222222'] as TenantKey[]
    const report = createReport({
      clock,
      repliesTaken: () => 0,
      cache: { outdate: () => {} },
      report: async ({ owner }) => (owner === tenant ? fail() : true),
    })
    const first = await report(tenant, [])
    const together = [others[0], tenant, others[1], tenant].map((owner) => report(owner ?? tenant, []))
    await clock.advance(20)
    expect([first, ...(await Promise.all(together))]).toEqual([false, true, false, true, false])
  })

  it('of very many tenants is sent a hundred at a time, because the log would forget more than 200', async () => {
    const { clock, drops, answers, send } = open()
    const first = send('p-1')
    const others = Array.from({ length: 250 }, (_, count) =>
      send('p-1', String(count).padStart(16, '0') as TenantKey),
    )
    answers[0]?.(true)
    await first
    await clock.advance(20)
    for (const count of [101, 201, 251]) {
      await settle()
      expect(drops).toHaveLength(count)
      for (const answer of answers) answer(true)
    }
    expect((await Promise.all(others)).filter(Boolean)).toHaveLength(250)
  })

  it('that fails is not recorded, and the next one is tried', async () => {
    const clock = createManualClock(1000)
    let fails = true
    const report = createReport({
      clock,
      repliesTaken: () => 0,
      cache: { outdate: () => {} },
      report: async () => {
        if (fails) throw new Error('no Redis')
        return true
      },
    })
    expect(await report(tenant, [])).toBe(false)
    fails = false
    const again = report(tenant, [])
    await clock.advance(20)
    expect(await again).toBe(true)
  })
})
