// Confirmations go to the replicas that wait for them, and a report that Redis has not taken goes with the next one.
import { expect, it } from 'vitest'
import { createConfirmations } from '../../../src/redis/confirmations.ts'
import type { Connection } from '../../../src/redis/connection.ts'
import { createKeys } from '../../../src/redis/keys.ts'
import { createServerClock } from '../../../src/redis/server-clock.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const keys = createKeys('test:')

function open() {
  const clock = createManualClock(1000)
  const time = createServerClock()
  const sent: string[] = []
  let isTaken = true
  let id = '1-0'
  const pipeline = {
    xadd(key: string, ...words: readonly unknown[]) {
      sent.push(`${key} ${String(words.at(-1))}`)
      return pipeline
    },
    pexpire: () => pipeline,
    exec: async () => [],
  }
  const main = {
    time,
    ask: async (work: (client: unknown) => Promise<unknown>) => {
      const answer = await work({ pipeline: () => pipeline })
      return isTaken ? answer : null
    },
  } as unknown as Connection
  const confirmations = createConfirmations({
    main,
    clock,
    keys,
    replicaId: 'this',
    mark: () => ({ generation: 'generation', id }),
  })
  return {
    confirmations,
    sent,
    time,
    refuse: (isRefused: boolean) => void (isTaken = !isRefused),
    reach: (reached: string) => void (id = reached),
  }
}

const to = (replica: string, id: string): string => `${keys.confirmationsFor(replica)} ${id}`

it('are sent to the writers of the entries that were applied, and to nobody else', async () => {
  const { confirmations, sent, reach } = open()
  confirmations.send(['one', 'two'])
  await settle()
  reach('2-0')
  confirmations.send(['two'])
  await settle()
  expect(sent).toEqual([to('one', '1-0'), to('two', '1-0'), to('two', '2-0')])
  expect(confirmations.key()).toBe(keys.confirmationsFor('this'))
})

it('that come while one is sent are one report, of how far the log was applied by then', async () => {
  const { confirmations, sent, reach } = open()
  confirmations.send(['one'])
  reach('2-0')
  confirmations.send(['one'])
  confirmations.send(['two'])
  reach('3-0')
  await settle()
  expect(sent).toEqual([to('one', '1-0'), to('one', '3-0'), to('two', '3-0')])
})

it('that Redis has not taken are sent with the next ones', async () => {
  const { confirmations, sent, refuse, reach } = open()
  refuse(true)
  confirmations.send(['one'])
  await settle()
  expect(sent).toEqual([to('one', '1-0')])
  refuse(false)
  reach('2-0')
  confirmations.send(['two'])
  await settle()
  expect(sent.slice(1).toSorted()).toEqual([to('one', '2-0'), to('two', '2-0')])
})

it('are read from the beginning after the clock of Redis was set back, because their ids may be lower now', () => {
  const { confirmations, time } = open()
  void confirmations.take([{ id: '9000-0', fields: { by: 'one', generation: 'generation', id: '1-0' } }])
  time.note({ sentAtMs: 0, receivedAtMs: 1, serverMs: 9000 })
  expect(confirmations.from()).toBe('9000-0')
  time.note({ sentAtMs: 10, receivedAtMs: 11, serverMs: 4000 })
  expect(confirmations.from()).toBe('0-0')
  void confirmations.take([{ id: '4000-0', fields: { by: 'one', generation: 'generation', id: '2-0' } }])
  expect(confirmations.from()).toBe('4000-0')
})
