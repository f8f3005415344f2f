// When those who use the primary hear of it: where another one is named, and where it is named again after it could not be relied on.
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { createPrimaryWatch } from '../../../src/redis/primary-watch.ts'
import type { Named } from '../../../src/redis/primary-watch.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function open() {
  const clock = createManualClock()
  const client = new Redis({ lazyConnect: true })
  let answer: Named | null = { epoch: 1, address: { host: 'one', port: 1 } }
  let isConfirmed = true
  const watch = createPrimaryWatch<Named>({
    clock,
    clients: () => [client],
    ask: async () => answer,
    judge: ([named = null]) => ({ named, isConfirmed: named !== null && isConfirmed }),
    reason: () => 'NONE',
  })
  const heard: string[] = []
  watch.onChange(() => heard.push(watch.primary()?.host ?? 'none'))
  return {
    clock,
    watch,
    heard,
    turnTo: (next: Named | null) => void (answer = next),
    confirm: (is: boolean) => void (isConfirmed = is),
  }
}

it('one that is named and not confirmed any more is relied on for ten seconds', async () => {
  const { clock, watch, heard, confirm } = open()
  await clock.advance(1000)
  confirm(false)
  // The last look that confirmed it was up to half a second ago.
  await clock.advance(9000)
  expect(watch.primary()?.host).toBe('one')
  await clock.advance(1500)
  expect(watch.primary()).toBeNull()
  confirm(true)
  await clock.advance(1000)
  expect(watch.primary()?.host).toBe('one')
  expect(heard).toEqual(['one', 'one'])
  watch.close()
})

it('one that was never confirmed is no primary', async () => {
  const { clock, watch, heard, confirm } = open()
  confirm(false)
  await clock.advance(5000)
  expect([watch.primary(), heard]).toEqual([null, []])
  watch.close()
})

it('they hear of the same primary again after nobody has answered for so long that there was none', async () => {
  const { clock, watch, heard, turnTo } = open()
  await clock.advance(1000)
  const named = watch.primary()
  expect(heard).toEqual(['one'])

  turnTo(null)
  await clock.advance(5000)
  expect(watch.primary()).toEqual(named)
  await clock.advance(6000)
  expect(watch.primary()).toBeNull()
  turnTo({ epoch: 1, address: { host: 'one', port: 1 } })
  await clock.advance(1000)
  expect(heard).toEqual(['one', 'one'])
  watch.close()
  expect(clock.countTimers()).toBe(0)
})

it('they hear of another one once, and of none with a lower epoch', async () => {
  const { clock, watch, heard, turnTo } = open()
  await clock.advance(1000)
  turnTo({ epoch: 2, address: { host: 'two', port: 2 } })
  await clock.advance(2000)
  turnTo({ epoch: 1, address: { host: 'one', port: 1 } })
  await clock.advance(2000)
  expect(heard).toEqual(['one', 'two'])
  expect(watch.primary()?.host).toBe('two')
  watch.close()
})
