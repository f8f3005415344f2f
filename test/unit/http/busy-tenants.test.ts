// One tenant with very many callers takes neither all turns nor all streams from the others; a sole tenant has everything.
import { describe, expect, it } from 'vitest'
import { httpLimits } from '../../../src/http/limits.ts'
import { createOpenStreams } from '../../../src/http/open-streams.ts'
import { createTurns } from '../../../src/http/turns.ts'
import type { Turn } from '../../../src/http/turns.ts'
import { createLoop } from '../../../src/turns/loop.ts'
import { createTenantsSeen } from '../../../src/turns/tenants-seen.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const LIMITS = {
  ...httpLimits,
  maxUnderWay: 40,
  maxUnderWayOfCaller: 20,
  reservedUnderWay: 16,
  maxWaiting: 30,
  maxWaitingOfCaller: 10,
  maxStreams: 40,
  maxStreamsOfCaller: 20,
}
const FREE_OF_BUSY = LIMITS.maxUnderWay - LIMITS.reservedUnderWay

describe('turns', () => {
  function open() {
    const clock = createManualClock()
    const turns = createTurns({
      clock,
      loop: createLoop({ clock }),
      seen: createTenantsSeen(clock),
      limits: LIMITS,
    })
    let callers = 0
    /** Each for another caller. */
    const takeAtOnce = (tenant: string) => turns.tryTake({ caller: `${tenant} ${(callers += 1)}`, tenant })
    const takeAll = (tenant: string): number => {
      let taken = 0
      while (takeAtOnce(tenant)) taken += 1
      return taken
    }
    const wait = (tenant: string): Promise<Turn> =>
      turns.take({
        caller: `${tenant} ${(callers += 1)}`,
        tenant,
        address: () => 'here',
        connection: {},
        signal: new AbortController().signal,
      })
    return { clock, takeAtOnce, takeAll, wait }
  }

  it('are all for the callers of a sole tenant', () => {
    expect(open().takeAll('hot')).toBe(LIMITS.maxUnderWay)
  })

  it('are all for them again a day after the key of their tenant was replaced', async () => {
    const { clock, takeAtOnce, takeAll } = open()
    takeAtOnce('hot with the former key')?.end()
    takeAtOnce('hot')?.end()
    await clock.advance(24 * 3_600_000)
    expect(takeAll('hot')).toBe(LIMITS.maxUnderWay)
  })

  it('are left for the callers of others, however many callers a tenant has', () => {
    const { takeAtOnce, takeAll } = open()
    takeAtOnce('quiet')?.end()
    expect(takeAll('hot')).toBe(FREE_OF_BUSY)
    expect(takeAtOnce('quiet')?.kind).toBe('taken')
    expect(takeAtOnce('another')?.kind).toBe('taken')
  })

  it('come back to a tenant when its requests have ended', () => {
    const { takeAtOnce, takeAll } = open()
    takeAtOnce('quiet')?.end()
    const turns = Array.from({ length: FREE_OF_BUSY }, () => takeAtOnce('hot'))
    expect(takeAtOnce('hot')).toBeNull()
    for (const turn of turns) turn?.end()
    expect(takeAll('hot')).toBe(FREE_OF_BUSY)
  })

  it('are waited for by as many requests of one tenant as of one caller, so that those of others find room to wait', async () => {
    const { clock, takeAtOnce, takeAll, wait } = open()
    takeAtOnce('quiet')?.end()
    takeAll('hot')
    const waiting = Array.from({ length: LIMITS.maxWaitingOfCaller }, () => wait('hot'))
    expect(await wait('hot')).toEqual({ kind: 'refused', by: 'all' })
    expect((await wait('quiet')).kind).toBe('taken')
    await clock.advance(LIMITS.turnWaitMs)
    expect(new Set((await Promise.all(waiting)).map(({ kind }) => kind))).toEqual(new Set(['refused']))
    // Nothing of them is counted any more.
    let isRefused = false
    const again = wait('hot').finally(() => (isRefused = true))
    await settle()
    expect(isRefused).toBe(false)
    await clock.advance(LIMITS.turnWaitMs)
    expect(await again).toEqual({ kind: 'refused', by: 'all' })
  })
})

describe('streams', () => {
  function open() {
    const clock = createManualClock()
    const streams = createOpenStreams({ clock, seen: createTenantsSeen(clock), limits: LIMITS })
    let callers = 0
    const reserve = (tenant: string) =>
      streams.reserve({ caller: `${tenant} ${(callers += 1)}`, tenant, connection: {} })
    const reserveAll = (tenant: string): (() => void)[] => {
      const taken: (() => void)[] = []
      for (let place = reserve(tenant); typeof place !== 'string'; place = reserve(tenant)) taken.push(place)
      return taken
    }
    return { reserve, reserveAll }
  }

  it('are all for the callers of a sole tenant', () => {
    expect(open().reserveAll('hot')).toHaveLength(LIMITS.maxStreams)
  })

  it('are left for the callers of others, however many callers a tenant has', () => {
    const { reserve, reserveAll } = open()
    const place = reserve('quiet')
    if (typeof place === 'function') place()
    const places = reserveAll('hot')
    expect(places).toHaveLength((LIMITS.maxStreams * 3) / 4)
    expect(reserve('quiet')).toBeTypeOf('function')
    expect(reserve('another')).toBeTypeOf('function')
    for (const release of places) release()
    // Its streams have ended, so it is a quiet one now.
    expect(reserveAll('busy now')).toHaveLength((LIMITS.maxStreams * 3) / 4 - 2)
    expect(reserve('hot')).toBeTypeOf('function')
  })
})
