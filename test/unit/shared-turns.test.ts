// Turns of the event loop that requests share: one large answer at a time, and each caller in turn.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createPace, UNITS_PER_TURN } from '../../src/pace.ts'
import { createSharedTurns } from '../../src/shared-turns.ts'

it('one turn does the work of one request, and callers take turns', async () => {
  const turns = createSharedTurns()
  const seen: string[] = []
  const parts = [{}, {}, {}]
  for (const [index, part] of parts.entries())
    for (const piece of [1, 2])
      turns.take(() => seen.push(`greedy ${index}.${piece}`), { party: 'greedy', part })
  turns.take(() => seen.push('modest'), { party: 'modest', part: {} })
  expect(seen).toEqual(['greedy 0.1'])
  await nextTurn()
  expect(seen.length).toBeLessThanOrEqual(2)
  while (seen.length < 7) await nextTurn()
  expect(seen.slice(0, 3)).toContain('modest')
  expect(seen.filter((what) => what !== 'modest').slice(0, 4)).toEqual([
    'greedy 0.1',
    'greedy 0.2',
    'greedy 1.1',
    'greedy 2.1',
  ])
})

it('a hundred large answers of one caller take no longer turns than one, and do not hold up another caller', async () => {
  const turns = createSharedTurns()
  const begun: string[] = []
  const createPaceOf = (party: string) => {
    const part = {}
    return createPace({ inTurn: (work) => turns.take(work, { party, part }) })
  }
  const start = (party: string): void => {
    const pace = createPaceOf(party)
    for (let piece = 0; piece < 5; piece += 1) void pace.wait(UNITS_PER_TURN).then(() => begun.push(party))
  }
  for (let count = 0; count < 100; count += 1) start('greedy')
  start('modest')
  let most = 0
  while (begun.length < 505) {
    const before = begun.length
    await nextTurn()
    most = Math.max(most, begun.length - before)
  }
  expect(most).toBeLessThanOrEqual(2)
  expect(begun.lastIndexOf('modest')).toBeLessThan(20)
})

it('of one caller, four requests take turns, so that few large answers are half made', async () => {
  const turns = createSharedTurns()
  const seen: number[] = []
  const parts = Array.from({ length: 20 }, () => ({}))
  const begin = (index: number, pieces: number): void => {
    const work = (): void => {
      seen.push(index)
      if (pieces > 1) begin(index, pieces - 1)
    }
    turns.take(work, { party: 'greedy', part: parts[index] ?? {} })
  }
  for (const index of parts.keys()) begin(index, 3)
  while (seen.length < 60) await nextTurn()
  const halfMade = seen.map((_, moment) => {
    const before = seen.slice(0, moment + 1)
    return new Set(before.filter((index) => before.filter((other) => other === index).length < 3)).size
  })
  expect(Math.max(...halfMade)).toBe(4)
  expect(new Set(seen).size).toBe(20)
})
