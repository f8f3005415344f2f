// A reading of the log as a whole: it has all that the log had when it was asked for.
import { expect, it } from 'vitest'
import type { Connection } from '../../../src/redis/connection.ts'
import type { DropCopy } from '../../../src/redis/drop-copy.ts'
import { createKeys } from '../../../src/redis/keys.ts'
import { createLogReader } from '../../../src/redis/log-reader.ts'
import type { Publisher } from '../../../src/redis/publish-drops.ts'
import { createServerClock } from '../../../src/redis/server-clock.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

function open() {
  let readings = 0
  const applied: (() => void)[] = []
  const client = {
    eval: async () => 'generation',
    async xrange() {
      readings += 1
      return [[`${readings}-0`, ['by', 'another', 'drop', '']]]
    },
  }
  const main = {
    time: createServerClock(),
    ask: (work: (to: typeof client) => Promise<unknown>) => work(client),
  } as unknown as Connection
  const copy = {
    generation: () => 'generation',
    lastId: () => '0-0',
    restart: () => {},
    take: () => new Promise<void>((resolve) => applied.push(resolve)),
  } as unknown as DropCopy
  const publisher = {
    takeForgotten: () => false,
    lastSentId: () => '0-0',
    sendAgain: () => {},
    send: async () => {},
  } as unknown as Publisher
  const clock = createManualClock(1000)
  const options = { main, clock, keys: createKeys('test:'), newToken: () => 'token', doubt: () => {} }
  return { ...createLogReader(options, copy, publisher), applied, readings: () => readings }
}

it('is made once more for whoever asks while its entries are applied, because others may have come since', async () => {
  const { catchUp, applied, readings } = open()
  const first = Promise.all([catchUp(), catchUp()])
  await settle()
  expect(readings()).toBe(1)
  let isDone = false
  const later = Promise.all([catchUp(), catchUp()]).finally(() => (isDone = true))
  applied[0]?.()
  expect(await first).toEqual([true, true])
  await settle()
  expect(readings()).toBe(2)
  expect(isDone).toBe(false)
  applied[1]?.()
  expect(await later).toEqual([true, true])
  expect(readings()).toBe(2)
})
