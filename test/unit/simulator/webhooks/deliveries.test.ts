// Webhooks on their way, with a clock and a receiver of the test: attempts, waits, and what is switched off.

import { describe, expect, it } from 'vitest'
import type { Target } from '../../../../src/simulator/webhooks/address.ts'
import { ANSWER_LIMIT_MS, createDeliveries } from '../../../../src/simulator/webhooks/deliveries.ts'
import type { SendWebhook } from '../../../../src/simulator/webhooks/send-webhook.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

const HOUR_MS = 3_600_000
const EVENT = { event: 'project_deleted', attributes: { PROJECT_ID: 'p1' } } as const

const TARGET: Target = {
  id: 't1',
  event: null,
  urlTemplate: 'http://127.0.0.1:9/<EVENT>?project=<PROJECT_ID>',
  authKey: 'X-Key',
  authValue: 'secret',
  isEnabled: true,
}

interface Opened {
  readonly target?: Partial<Target>
  readonly isAnyHostAllowed?: boolean
  readonly retryFactor?: number
}

function open(answer: SendWebhook, { target = {}, isAnyHostAllowed = false, retryFactor = 1 }: Opened = {}) {
  const clock = createManualClock()
  const startMs = clock.monotonicMs()
  const targets = new Map<string, Target>([['t1', { ...TARGET, ...target }]])
  const sent: { url: string; headers: object; atMs: number }[] = []
  const switchedOff: string[] = []
  const deliveries = createDeliveries({
    clock,
    send(request, signal) {
      sent.push({ url: request.url.href, headers: request.headers, atMs: clock.monotonicMs() - startMs })
      return answer(request, signal)
    },
    isAnyHostAllowed,
    retryFactor,
    findTarget: (id) => targets.get(id),
    switchOff(id) {
      switchedOff.push(id)
      targets.set(id, { ...TARGET, isEnabled: false })
    },
    unpublished: () => 'given',
  })
  return { clock, deliveries, sent, targets, switchedOff }
}

const times = (sent: readonly { atMs: number }[]): number[] => sent.map(({ atMs }) => atMs)

describe('one webhook', () => {
  it('is sent once where the answer is in the 200s, with its header', async () => {
    const { clock, deliveries, sent } = open(async () => 204)
    deliveries.add('t1', EVENT, 0)
    await clock.advance(100 * HOUR_MS)
    expect(sent).toEqual([
      { url: 'http://127.0.0.1:9/project_deleted?project=p1', headers: { 'X-Key': 'secret' }, atMs: 0 },
    ])
    expect(deliveries.counts).toMatchObject({ delivered: 1, failed: 0 })
    expect(deliveries.pending()).toBe(0)
  })

  const FAILURES: readonly (readonly [string, SendWebhook])[] = [
    ['302', async () => 302],
    ['404', async () => 404],
    ['500', async () => 500],
    ['no connection', () => Promise.reject(new Error('refused'))],
  ]
  it.each(FAILURES)('is tried after 30 s, 5 min, 30 min, 3 h and 20 h again: %s', async (_, answer) => {
    const { clock, deliveries, sent } = open(answer)
    deliveries.add('t1', EVENT, 0)
    await clock.advance(100 * HOUR_MS)
    expect(times(sent)).toEqual([0, 30_000, 330_000, 2_130_000, 12_930_000, 84_930_000])
    expect(deliveries.counts).toMatchObject({ delivered: 0, failed: 1 })
    expect(clock.countTimers()).toBe(0)
  })

  it('counts silence for 10 s as a failure, and the attempt is ended', async () => {
    const ended: unknown[] = []
    const { clock, deliveries, sent } = open(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            ended.push(signal.reason)
            reject(new Error('aborted'))
          })
        }),
    )
    deliveries.add('t1', EVENT, 0)
    await clock.advance(ANSWER_LIMIT_MS - 1)
    expect(ended).toHaveLength(0)
    await clock.advance(1 + 30_000)
    expect(ended).toHaveLength(1)
    expect(times(sent)).toEqual([0, ANSWER_LIMIT_MS + 30_000])
    expect(deliveries.attempts[0]).toMatchObject({ attempt: 1, status: null })
  })

  it('waits shorter by the factor', async () => {
    const { clock, deliveries, sent } = open(async () => 500, { retryFactor: 0.001 })
    deliveries.add('t1', EVENT, 0)
    await clock.advance(84_930)
    expect(times(sent)).toEqual([0, 30, 330, 2130, 12_930, 84_930])
  })

  it('goes to the address that the subscription has at the time of the attempt', async () => {
    const answers = [500, 204]
    const { clock, deliveries, sent, targets } = open(async () => answers.shift() ?? 500)
    deliveries.add('t1', EVENT, 0)
    await clock.advance(1)
    targets.set('t1', { ...TARGET, urlTemplate: 'http://127.0.0.1:9/new' })
    await clock.advance(30_000)
    expect(sent.map(({ url }) => url)).toEqual([
      'http://127.0.0.1:9/project_deleted?project=p1',
      'http://127.0.0.1:9/new',
    ])
  })

  it('is withdrawn where its subscription is deleted before the next attempt', async () => {
    const { clock, deliveries, sent, targets } = open(async () => 500)
    deliveries.add('t1', EVENT, 0)
    await clock.advance(1)
    targets.clear()
    await clock.advance(100 * HOUR_MS)
    expect(sent).toHaveLength(1)
    expect(deliveries.counts).toMatchObject({ withdrawn: 1, failed: 0 })
  })

  it.each([
    'https://hooks.example.com/<EVENT>',
    'http://127.0.0.1.example.com/',
    'http://0.0.0.0:9/',
    'http://[::ffff:192.0.2.1]/',
  ])('is not sent to another host: %s', async (urlTemplate) => {
    const { clock, deliveries, sent } = open(async () => 204, { target: { urlTemplate } })
    deliveries.add('t1', EVENT, 0)
    await clock.advance(HOUR_MS)
    expect(sent).toHaveLength(0)
    expect(deliveries.counts.refused).toBe(1)
  })

  it('is sent to another host where the operator allows it', async () => {
    const target = { urlTemplate: 'https://hooks.example.com/<EVENT>' }
    const { clock, deliveries, sent } = open(async () => 204, { target, isAnyHostAllowed: true })
    deliveries.add('t1', EVENT, 0)
    await clock.advance(0)
    expect(sent.map(({ url }) => url)).toEqual(['https://hooks.example.com/project_deleted'])
  })

  it('shows no user and no password in the record', async () => {
    const target = { urlTemplate: 'http://user:password@127.0.0.1:9/' }
    const { clock, deliveries, sent } = open(async () => 204, { target })
    deliveries.add('t1', EVENT, 0)
    await clock.advance(0)
    expect(sent[0]?.url).toBe('http://user:password@127.0.0.1:9/')
    expect(JSON.stringify(deliveries.attempts)).not.toContain('password')
  })
})

describe('a subscription that fails', () => {
  it('is switched off after 48 h and 100 attempts, and what waits for it is withdrawn', async () => {
    const { clock, deliveries, switchedOff } = open(async () => 500)
    // 20 webhooks of 5 attempts in the first four hours: enough attempts, and too early.
    for (let count = 0; count < 20; count += 1) deliveries.add('t1', EVENT, 0)
    await clock.advance(47 * HOUR_MS)
    expect(switchedOff).toEqual([])
    deliveries.add('t1', EVENT, 2 * HOUR_MS)
    await clock.advance(2 * HOUR_MS)
    expect(switchedOff).toEqual(['t1'])
    await clock.advance(100 * HOUR_MS)
    expect(deliveries.counts).toMatchObject({ failed: 20, withdrawn: 1 })
    expect(deliveries.pending()).toBe(0)
  })

  it('is not switched off before its hundredth attempt', async () => {
    const { clock, deliveries, switchedOff } = open(async () => 500)
    for (let day = 0; day < 16; day += 1) {
      deliveries.add('t1', EVENT, 0)
      await clock.advance(24 * HOUR_MS)
    }
    // Six attempts a day until here; the fourth of this day is the hundredth of all.
    deliveries.add('t1', EVENT, 0)
    await clock.advance(2_129_999)
    expect(switchedOff).toEqual([])
    await clock.advance(1)
    expect(switchedOff).toEqual(['t1'])
  })

  it('begins anew after one delivery', async () => {
    let status = 500
    const { clock, deliveries, switchedOff } = open(async () => status)
    for (let count = 0; count < 30; count += 1) deliveries.add('t1', EVENT, 0)
    await clock.advance(47 * HOUR_MS)
    status = 204
    deliveries.add('t1', EVENT, 0)
    await clock.advance(0)
    status = 500
    deliveries.add('t1', EVENT, 0)
    await clock.advance(100 * HOUR_MS)
    expect(switchedOff).toEqual([])
  })
})

describe('many webhooks', () => {
  it('are sent 32 at a time, in their order', async () => {
    const ends: ((status: number) => void)[] = []
    const { clock, deliveries, sent } = open(() => new Promise((resolve) => void ends.push(resolve)))
    for (let count = 0; count < 40; count += 1) deliveries.add('t1', EVENT, 0)
    expect(sent).toHaveLength(32)
    ends[5]?.(204)
    await clock.advance(0)
    expect(sent).toHaveLength(33)
    expect(deliveries.pending()).toBe(39)
  })

  it('are dropped beyond 10,000, and counted', async () => {
    const { clock, deliveries } = open(async () => 204)
    for (let count = 0; count < 10_007; count += 1) deliveries.add('t1', EVENT, 1000)
    expect(deliveries.counts.overflowed).toBe(7)
    expect(deliveries.pending()).toBe(10_000)
    deliveries.close()
    expect(clock.countTimers()).toBe(0)
    expect(deliveries.pending()).toBe(0)
  })

  it('go on after those that are refused', async () => {
    const { clock, deliveries, sent, targets } = open(async () => 204)
    targets.set('t2', { ...TARGET, id: 't2', urlTemplate: 'http://elsewhere.example/' })
    for (let count = 0; count < 100; count += 1) deliveries.add(count % 2 === 0 ? 't1' : 't2', EVENT, 0)
    await clock.advance(0)
    expect(sent).toHaveLength(50)
    expect(deliveries.counts).toMatchObject({ delivered: 50, refused: 50 })
    expect(deliveries.pending()).toBe(0)
  })

  it('leave no more than the newest 1000 attempts in the record', async () => {
    const { clock, deliveries } = open(async () => 204)
    for (let count = 0; count < 1200; count += 1) deliveries.add('t1', EVENT, 0)
    await clock.advance(0)
    expect(deliveries.attempts).toHaveLength(1000)
    expect(deliveries.counts.delivered).toBe(1200)
  })
})
