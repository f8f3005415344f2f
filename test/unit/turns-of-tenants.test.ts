// Tenants take turns, and callers within each: a tenant with a hundred callers has as much of the loop as one with a single caller.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { httpLimits } from '../../src/http/limits.ts'
import { createTurns } from '../../src/http/turns.ts'
import { createLoop } from '../../src/turns/loop.ts'
import { createRotation } from '../../src/turns/rotation.ts'
import { createTenantsSeen } from '../../src/turns/tenants-seen.ts'
import { createManualClock, settle } from '../support/manual-clock.ts'

const times = (count: number, act: (index: number) => void): void => {
  for (let index = 0; index < count; index += 1) act(index)
}

describe('a rotation', () => {
  const drain = (rotation: ReturnType<typeof createRotation<string>>): string[] => {
    const taken: string[] = []
    for (let item = rotation.takeNext(); item !== undefined; item = rotation.takeNext()) taken.push(item)
    return taken
  }

  it('gives each tenant the same number of turns, and within it each caller', () => {
    const rotation = createRotation<string>()
    for (const item of ['a1', 'a1', 'a2', 'a3', 'a3']) rotation.add(item, ['a', item])
    for (const item of ['b1', 'b1', 'b1', 'b2']) rotation.add(item, ['b', item])
    expect(drain(rotation)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b1', 'a1', 'b1', 'a3'])
  })

  it('serves another caller of a tenant where the next one has all that it may have', () => {
    const rotation = createRotation<string>()
    rotation.add('full', ['a', 'full'])
    rotation.add('free', ['a', 'free'])
    expect(rotation.takeNext((item) => item !== 'full')).toBe('free')
    expect(rotation.takeNext((item) => item !== 'full')).toBeUndefined()
    expect(rotation.size()).toBe(1)
  })

  it('counts the parts that take turns for each caller, and not for its tenant', () => {
    const rotation = createRotation<string>({ partsAtOnce: 1 })
    for (const caller of ['x', 'y'])
      times(2, (index) => {
        const part = {}
        times(2, () => rotation.add(`${caller}${index}`, ['a', caller, part]))
      })
    expect(drain(rotation)).toEqual(['x0', 'y0', 'x0', 'y0', 'x1', 'y1', 'x1', 'y1'])
  })
})

describe('the name by which callers of a tenant take turns', () => {
  it('is the same for all callers while there is one tenant, also for those of no tenant', () => {
    const seen = createTenantsSeen(createManualClock())
    for (const tenant of ['sole', '', 'sole']) seen.note(tenant)
    expect(['sole', ''].map(seen.turnOf)).toEqual(['', ''])
  })

  it('is that of the tenant where several have come within a day; all credentials that are made up share one', async () => {
    const clock = createManualClock()
    const seen = createTenantsSeen(clock)
    for (const tenant of ['hot', 'quiet']) seen.note(tenant)
    expect(['hot', 'quiet', ''].map(seen.turnOf)).toEqual(['hot', 'quiet', ''])
    await clock.advance(24 * 3_600_000)
    expect(seen.turnOf('hot')).toBe('')
  })
})

describe('the work of a hundred callers of one tenant', () => {
  it('takes every other turn from one caller of another tenant, and not a hundred of them', async () => {
    const loop = createLoop({ clock: createManualClock() })
    const seen: string[] = []
    const work = (tenant: string, caller: string, pieces: number): void => {
      const request = {}
      times(pieces, () => void loop.later('work', () => seen.push(tenant), [tenant, caller, request]))
    }
    times(100, (index) => work('hot', `hot ${index}`, 5))
    work('quiet', 'quiet', 20)
    while (seen.length < 520) await nextTurn()
    expect(seen.lastIndexOf('quiet')).toBeLessThan(41)
  })
})

describe('requests that wait to begin', () => {
  it('begin in turns of their tenants, however many callers one of them has', async () => {
    const clock = createManualClock()
    const seen = createTenantsSeen(clock)
    const limits = { ...httpLimits, maxUnderWay: 1, reservedUnderWay: 0 }
    const turns = createTurns({ clock, loop: createLoop({ clock }), seen, limits })
    const begun: string[] = []
    const ask = async (tenant: string, caller: string): Promise<void> => {
      const asker = { caller, tenant, address: () => 'here', connection: {} }
      const turn = await turns.take({ ...asker, signal: new AbortController().signal })
      begun.push(turn.kind === 'taken' ? tenant : 'refused')
      if (turn.kind === 'taken') turn.end()
    }
    for (const tenant of ['hot', 'quiet']) seen.note(tenant)
    const first = turns.tryTake({ caller: 'hot', tenant: 'hot' })
    times(50, (index) => void ask('hot', `hot ${index}`))
    times(5, () => void ask('quiet', 'quiet'))
    first?.end()
    while (begun.length < 55) {
      await nextTurn()
      await settle()
    }
    expect(begun.lastIndexOf('quiet')).toBeLessThan(11)
    expect(begun).not.toContain('refused')
  })
})
