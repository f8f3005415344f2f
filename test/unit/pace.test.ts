// Turns of the event loop: how much of one request's work begins in each, in which order, and when it ends.
import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createLeaving } from '../../src/leaving.ts'
import { createPace, FIRST_TURN_UNITS, UNITS_PER_TURN } from '../../src/turns/pace.ts'

/** Work is noted when it begins, and so is each turn in which something else could be done. */
async function run(pieces: readonly number[], pace = createPace()): Promise<string[]> {
  const seen: string[] = []
  const work = pieces.map(async (units, index) => {
    if (!pace.take(units)) await pace.wait(units)
    seen.push(`piece ${index}`)
  })
  const all = Promise.all(work).then(() => 'done')
  while ((await Promise.race([all, nextTurn('others')])) === 'others') seen.push('others')
  return seen
}

/** How many turns of others lie between two pieces. */
const turnsBetween = (seen: readonly string[], from: string, to: string): number =>
  seen.slice(seen.indexOf(from), seen.indexOf(to)).filter((what) => what === 'others').length

it('work that fits into one turn is done at once', async () => {
  expect((await run([UNITS_PER_TURN / 2, UNITS_PER_TURN / 2])).slice(0, 2)).toEqual(['piece 0', 'piece 1'])
})

it('a small request asks for no turn, neither for work that it begins nor for work that comes later', () => {
  const turns = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Immediate').length
  const before = turns()
  const pace = createPace()
  expect([pace.take(FIRST_TURN_UNITS / 2), pace.takeAhead(FIRST_TURN_UNITS / 2)]).toEqual([true, true])
  expect(turns()).toBe(before)
  expect([pace.takeAhead(1), pace.take(1)]).toEqual([false, false])
})

it('work behind which no client waits has a first turn as short as the others', async () => {
  const pieces = Array.from({ length: 4 }, () => UNITS_PER_TURN)
  expect(turnsBetween(await run(pieces), 'piece 0', 'piece 3')).toBe(0)
  const seen = await run(pieces, createPace({ firstUnits: UNITS_PER_TURN }))
  expect(turnsBetween(seen, 'piece 0', 'piece 3')).toBeGreaterThanOrEqual(2)
})

it('work that comes later is not counted ahead once something had to wait', async () => {
  const pace = createPace()
  await pace.wait(1)
  expect([pace.takeAhead(1), pace.take(1)]).toEqual([false, true])
})

it('more work waits for later turns, in the order asked, and others have their turns between', async () => {
  const inFirst = (2 * FIRST_TURN_UNITS) / UNITS_PER_TURN
  const count = inFirst + 10
  const seen = await run(Array.from({ length: count }, () => UNITS_PER_TURN / 2))
  expect(seen.filter((what) => what !== 'others')).toEqual(
    Array.from({ length: count }, (_, index) => `piece ${index}`),
  )
  expect(turnsBetween(seen, 'piece 0', `piece ${count - 1}`)).toBeGreaterThanOrEqual(4)
})

it('a piece that is larger than a turn has a turn of its own', async () => {
  const seen = await run([1, 10 * UNITS_PER_TURN, 10 * UNITS_PER_TURN, 1])
  expect(seen.filter((what) => what !== 'others')).toEqual(['piece 0', 'piece 1', 'piece 2', 'piece 3'])
  expect(turnsBetween(seen, 'piece 1', 'piece 2')).toBeGreaterThanOrEqual(1)
})

it('small work does not overtake work that waits', async () => {
  const seen = await run([FIRST_TURN_UNITS, UNITS_PER_TURN, 1])
  expect(seen.indexOf('piece 1')).toBeLessThan(seen.indexOf('piece 2'))
})

it('whoever waits for the end of all work is called after it, with its own async context', async () => {
  const pace = createPace()
  const storage = new AsyncLocalStorage<string>()
  const seen: string[] = []
  for (let piece = 0; piece < 3; piece += 1)
    void pace.wait(UNITS_PER_TURN).then(() => seen.push(`piece ${piece}`))
  expect(pace.isBusy()).toBe(true)
  const called = new Promise<void>((resolve) =>
    storage.run('mine', () =>
      pace.whenIdle(() => {
        seen.push(`idle ${storage.getStore()}`)
        resolve()
      }),
    ),
  )
  await called
  expect(seen).toEqual(['piece 0', 'piece 1', 'piece 2', 'idle mine'])
  expect(pace.isBusy()).toBe(false)
})

it('nothing begins after the end', async () => {
  const noted: number[] = []
  const pace = createPace({ onNote: (units) => noted.push(units) })
  let begun = 0
  void pace.wait(1).then(() => (begun += 1))
  pace.note(7)
  pace.end()
  void pace.wait(1).then(() => (begun += 1))
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
  expect({ noted, begun, take: pace.take(1), isBusy: pace.isBusy() }).toEqual({
    noted: [7],
    begun: 0,
    take: false,
    isBusy: false,
  })
})

it('when the client leaves, what waits rejects with the reason, its step is taken out, and nothing waits any more', async () => {
  const { signal, abort } = createLeaving()
  let steps = 0
  const pace = createPace({
    leaving: () => signal,
    inTurn: () => {
      steps += 1
      return () => void (steps -= 1)
    },
  })
  const waiting = [pace.wait(1), pace.wait(1)]
  await nextTurn()
  expect(steps).toBe(1)
  abort('gone')
  expect(steps).toBe(0)
  const outcomes = await Promise.allSettled([...waiting, pace.wait(1)])
  expect(outcomes).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: 'gone' })))
  expect([pace.take(1), pace.isBusy()]).toEqual([false, false])
})

it('where the client has left before anything waits, nothing does', async () => {
  const { signal, abort } = createLeaving()
  abort('gone')
  const pace = createPace({ leaving: () => signal })
  await expect(pace.wait(1)).rejects.toBe('gone')
})

it('when the client leaves, whoever waits for the end of all work is called nevertheless, now and later', async () => {
  const { signal, abort } = createLeaving()
  const pace = createPace({ leaving: () => signal })
  const seen: string[] = []
  pace.wait(1).catch(() => {})
  pace.whenIdle(() => seen.push('before'))
  abort('gone')
  pace.whenIdle(() => seen.push('after'))
  expect(seen).toEqual([])
  await nextTurn()
  expect(seen).toEqual(['before', 'after'])
})

it('after the end, nobody is called any more', async () => {
  const pace = createPace()
  const seen: string[] = []
  pace.wait(1).catch(() => {})
  pace.whenIdle(() => seen.push('before'))
  pace.end()
  pace.whenIdle(() => seen.push('after'))
  await nextTurn()
  expect(seen).toEqual([])
})
