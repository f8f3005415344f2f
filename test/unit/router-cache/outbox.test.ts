// What a router has yet to be notified of: nothing is lost, nothing grows without bound, and a router that is away is left alone.
import { expect, it } from 'vitest'
import { createOutbox } from '../../../src/router-cache/outbox.ts'
import type { Outcome, Tags } from '../../../src/router-cache/outbox.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

function open() {
  const clock = createManualClock()
  const sent: Tags[] = []
  const events: string[] = []
  /** The answers that are still to come. */
  const answers: ((outcome: Outcome) => void)[] = []
  const outbox = createOutbox({
    clock,
    random: () => 1,
    emit: (name, fact) => void events.push(`${name} ${JSON.stringify(fact)}`),
    send: (tags, signal) => {
      sent.push(tags)
      return new Promise((resolve) => {
        answers.push(resolve)
        signal.addEventListener('abort', () => resolve({ isTaken: false, why: 'ended' }))
      })
    },
  })
  const answer = async (outcome: Outcome): Promise<void> => {
    answers.shift()?.(outcome)
    await settle()
  }
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    await settle()
  }
  return { outbox, sent, events, answer, pass }
}

const TAKEN: Outcome = { isTaken: true }
const DOWN: Outcome = { isTaken: false, why: 'ECONNREFUSED' }

it('puts together what comes in a burst, each tag once, in one request at a time', async () => {
  const { outbox, sent, answer, pass } = open()
  outbox.put(['Project:1', 'Project:list'])
  outbox.put(['Project:2', 'Project:list'])
  expect(sent).toEqual([])
  await pass(50)
  outbox.put(['Project:3'])
  await pass(1_000)
  expect(sent).toEqual([['Project:1', 'Project:list', 'Project:2']])
  await answer(TAKEN)
  await pass(50)
  expect(sent.slice(1)).toEqual([['Project:3']])
})

it('sends again what was not taken, later each time, with what has come meanwhile; and reports the failure once', async () => {
  const { outbox, sent, events, answer, pass } = open()
  outbox.put(['Project:1'])
  await pass(50)
  await answer(DOWN)
  outbox.put(['Project:2'])
  await pass(999)
  expect(sent).toHaveLength(1)
  await pass(1)
  await answer(DOWN)
  await pass(1_999)
  expect(sent).toHaveLength(2)
  await pass(1)
  await answer(TAKEN)
  expect(new Set(sent[2])).toEqual(new Set(['Project:1', 'Project:2']))
  expect(events).toEqual([
    'routerNotified {"outcome":"failed"}',
    'routerNotNotified {"why":"ECONNREFUSED"}',
    'routerNotified {"outcome":"failed"}',
    'routerNotified {"outcome":"done"}',
  ])
})

it('asks a router that stays away once a minute', async () => {
  const { outbox, sent, answer, pass } = open()
  outbox.put(['Project:1'])
  for (let failure = 0; failure < 12; failure += 1) {
    await pass(60_000)
    await answer(DOWN)
  }
  const before = sent.length
  await pass(59_999)
  expect(sent).toHaveLength(before)
  await pass(1)
  expect(sent).toHaveLength(before + 1)
})

it('divides many tags, and names everything of the subgraph where there are too many', async () => {
  const { outbox, sent, answer, pass } = open()
  const tags = (count: number): string[] => Array.from({ length: count }, (_, index) => `Project:${index}`)
  outbox.put(tags(1_200))
  for (const _ of [1, 2, 3]) {
    await pass(50)
    await answer(TAKEN)
  }
  expect(sent.map(({ length }) => length)).toEqual([500, 500, 200])
  outbox.put(tags(5_001))
  outbox.put(['Design:1'])
  await pass(50)
  await answer(DOWN)
  await pass(1_000)
  await answer(TAKEN)
  await pass(60_000)
  expect(sent.slice(3)).toEqual(['all', 'all'])
})

it('sends what waits when the process ends, and waits no longer than 800 ms for it', async () => {
  const { outbox, sent, pass } = open()
  outbox.put(['Project:1'])
  const closed = outbox.close()
  expect(sent).toEqual([['Project:1']])
  await pass(800)
  await closed
  outbox.put(['Project:2'])
  await pass(60_000)
  expect(sent).toHaveLength(1)
})

it('sends all that waits when the process ends: what a request under way had no room for, and more than one request takes', async () => {
  const { outbox, sent, events, answer, pass } = open()
  outbox.put(['Project:1'])
  await pass(50)
  outbox.put(Array.from({ length: 700 }, (_, index) => `Design:${index}`))
  const closed = outbox.close()
  for (const _ of [1, 2, 3]) await answer(TAKEN)
  await closed
  expect(sent.map(({ length }) => length)).toEqual([1, 500, 200])
  expect(events).toEqual(Array.from({ length: 3 }, () => 'routerNotified {"outcome":"done"}'))
})

it('gives a router that was away what waits once more when the process ends, and reports how much is left', async () => {
  const { outbox, sent, events, answer, pass } = open()
  outbox.put(['Project:1', 'Project:2'])
  await pass(50)
  await answer(DOWN)
  const closed = outbox.close()
  expect(sent).toHaveLength(2)
  await answer(DOWN)
  await closed
  expect(events.at(-1)).toBe('routerLeftBehind {"tags":2}')
})

it('reports what a router has not taken within 800 ms of the end, and nothing where it has taken all', async () => {
  const slow = open()
  slow.outbox.put(['Project:1'])
  const closed = slow.outbox.close()
  await slow.pass(800)
  await closed
  expect(slow.events.at(-1)).toBe('routerLeftBehind {"tags":1}')
  const all = open()
  all.outbox.put(Array.from({ length: 5_001 }, (_, index) => `Project:${index}`))
  const ended = all.outbox.close()
  await all.answer(DOWN)
  await ended
  expect(all.events.at(-1)).toBe('routerLeftBehind {"tags":"all"}')
  const quiet = open()
  await quiet.outbox.close()
  expect(quiet.events).toEqual([])
})

it('waits for the request that is under way when the process ends', async () => {
  const { outbox, events, answer, pass } = open()
  outbox.put(['Project:1'])
  await pass(50)
  const closed = outbox.close()
  await pass(10)
  await answer(TAKEN)
  await closed
  expect(events).toEqual(['routerNotified {"outcome":"done"}'])
})
