// Many clients of one answer: they are given it in turns of the loop, and nobody is given it any more when it has changed meanwhile.
import { expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import type { ChangeNotices } from '../../../src/cache/change-notices.ts'
import { decideLifetime } from '../../../src/cache/decide-lifetime.ts'
import type { Caller } from '../../../src/callers/caller.ts'
import { createLive } from '../../../src/live/live.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'
import { toAnswered } from '../../support/answered.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { readStream } from '../../support/live.ts'
import type { LiveClient } from '../../support/live.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const MB = 1024 * 1024
const SCOPE = buildScope()
const CALLER: Caller = { name: 'a', scope: SCOPE, isReadOnly: false }
const CALL = buildCall({ path: { project_id: 'p-1' } })
const QUESTION = { key: 'q', scope: SCOPE.key, body: Buffer.alloc(0), isEvent: false, isCacheOnly: false }
const CHANGES = { ...QUESTION, tenantId: 'tenant', kinds: new Set(['project'] as const) }

interface OpenOptions {
  readonly lastVersion?: number
  readonly takesMs?: () => number
}

/** The answer is the version of one reply; three clients are given it in one turn. */
function open({ lastVersion = Infinity, takesMs = (): number => 0 }: OpenOptions = {}) {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: MB, clock })
  const turns = new Set<() => void>()
  const faults: unknown[] = []
  /** Others refer to them weakly. */
  const replies: object[] = []
  let version = 0
  let runs = 0
  let note: Parameters<ChangeNotices['listen']>[1] | null = null
  /** What has changed while it was read is not cached. */
  async function read(): Promise<UsedReply> {
    const begun = cache.mark()
    const takes = takesMs()
    if (takes > 0) await new Promise<void>((resolve) => void clock.after(takes, resolve))
    const reply = buildReply({ id: 'p-1', version }, { answeredAtMs: clock.monotonicMs() })
    replies.push(reply)
    cache.store(CALL, reply, begun)
    return {
      key: CALL.key,
      operation: CALL.endpoint.operation,
      isListed: false,
      answeredAtMs: reply.answeredAtMs,
      lifetime: decideLifetime('project', reply.value),
      answer: new WeakRef(reply),
    }
  }
  const live = createLive({
    cache,
    clock,
    changes: {
      listen(_scope, listener) {
        note = listener
        return () => {}
      },
    },
    limits: { maxLastBytes: MB, maxBytes: MB, maxBytesOfCaller: MB, atOnce: 3 },
    later(step) {
      turns.add(step)
      return () => void turns.delete(step)
    },
    again: ({ bytes }) => bytes,
    toFault(fault) {
      faults.push(fault)
      return Buffer.from('{"errors":[{"message":"masked"}]}')
    },
    async ask(_question, { changes }) {
      runs += 1
      if (changes) return toAnswered({ data: changes.objects.map(({ key }) => key) })
      const parts = [await read()]
      return toAnswered({ data: version }, { parts, isGood: true, isLast: version >= lastVersion })
    },
  })
  const join = (count: number, question = QUESTION): readonly LiveClient[] =>
    Array.from({ length: count }, () => readStream(live.open(question, CALLER)))
  return {
    clock,
    live,
    faults,
    join,
    runs: () => runs,
    /** An event of Aurora. */
    change() {
      version += 1
      cache.outdate(tenantOf(SCOPE.key), [{ operation: 'retrieveProject', path: { project_id: 'p-1' } }])
      note?.changed('project', `p-${version}`)
    },
    async turn() {
      const [step] = turns
      if (step && turns.delete(step)) step()
      await settle()
    },
    async allTurns() {
      for (; turns.size > 0; await settle()) for (const step of turns) if (turns.delete(step)) step()
    },
  }
}

/** Eight clients have the first answer, and get another one at once. */
async function openRead({
  question = QUESTION,
  ...options
}: OpenOptions & { question?: typeof QUESTION } = {}) {
  const opened = open(options)
  const clients = opened.join(8, question)
  await settle()
  await opened.allTurns()
  await opened.clock.advance(2000)
  return { ...opened, clients }
}

const lastOf = ({ got }: LiveClient): unknown => got.at(-1)?.data ?? null
const lastsOf = (clients: readonly LiveClient[]): unknown[] => clients.map(lastOf)

it.each([
  ['a live answer', QUESTION, 1],
  ['changes', CHANGES, ['p-1']],
])('%s: so many clients as a turn has time for are given it in each turn', async (_name, question, given) => {
  const { clock, clients, change, turn } = await openRead({ question })
  const before = lastsOf(clients)
  change()
  await clock.advance(0)
  await settle()
  const counts = [lastsOf(clients).filter((last, index) => last !== before[index]).length]
  for (let turns = 0; turns < 2; turns += 1) {
    await turn()
    counts.push(lastsOf(clients).filter((last, index) => last !== before[index]).length)
  }
  expect(counts).toEqual([3, 6, 8])
  expect(lastsOf(clients)).toEqual(clients.map(() => given))
})

it('whoever has not got an answer when it changes gets the next one at once', async () => {
  const { clock, clients, change, turn, allTurns, runs } = await openRead()
  change()
  await clock.advance(0)
  expect(lastsOf(clients)).toEqual([1, 1, 1, 0, 0, 0, 0, 0])
  change()
  await turn()
  await clock.advance(0)
  expect(lastsOf(clients)).toEqual([1, 1, 1, 2, 2, 2, 0, 0])
  // Where one change follows the other, the second answer is given to all who had asked before.
  change()
  await clock.advance(0)
  await allTurns()
  expect(lastsOf(clients)).toEqual([1, 1, 1, 2, 2, 2, 2, 2])
  expect(runs()).toBe(3)
  await clock.advance(1000)
  await allTurns()
  await clock.advance(1000)
  await allTurns()
  expect(lastsOf(clients)).toEqual(clients.map(() => 3))
  expect(runs()).toBe(4)
})

it('where the turns take longer than a second, the clients that were not reached are first in the next round', async () => {
  const { clock, clients, change } = await openRead()
  change()
  await clock.advance(1500)
  expect(lastsOf(clients)).toEqual([1, 1, 1, 0, 0, 0, 0, 0])
  change()
  await clock.advance(0)
  expect(lastsOf(clients)).toEqual([1, 1, 1, 2, 2, 2, 0, 0])
})

it('a client that has left before its turn is given nothing', async () => {
  const { clock, clients, change, allTurns, live } = await openRead()
  change()
  await clock.advance(0)
  for (const { stream } of clients.slice(2)) stream.stop()
  await allTurns()
  expect(lastsOf(clients)).toEqual([1, 1, 1, 0, 0, 0, 0, 0])
  for (const { stream } of clients.slice(0, 2)) stream.stop()
  expect([clock.countTimers(), live.size().watches]).toEqual([0, 0])
})

it('a client that cannot be given an answer in a later turn ends the streams, and the others are given the fault', async () => {
  const { clock, join, allTurns, live, faults } = open()
  const clients = join(4)
  live.open(QUESTION, CALLER).start({
    isFree: () => true,
    next() {
      throw new Error('broken')
    },
    complete() {},
    breakOff() {},
  })
  await settle()
  await allTurns()
  expect(faults).toEqual([new Error('broken')])
  for (const { got, brokenOff } of clients)
    expect([got.at(-1), brokenOff()]).toEqual([{ errors: [{ message: 'masked' }] }, 'fault'])
  expect([clock.countTimers(), live.size().watches]).toEqual([0, 0])
})

it('an answer that nothing follows is given to all in turns, and each stream is complete', async () => {
  const { clock, clients, change, turn, allTurns, live } = await openRead({ lastVersion: 1 })
  change()
  await clock.advance(0)
  await turn()
  expect(clients.map(({ isComplete }) => isComplete())).toEqual(clients.map((_, index) => index < 6))
  await allTurns()
  expect(lastsOf(clients)).toEqual(clients.map(() => 1))
  expect(clients.every(({ isComplete }) => isComplete())).toBe(true)
  expect([clock.countTimers(), live.size().watches]).toEqual([0, 0])
})

it('in a flood of changes each client gets an answer in each second, though some runs and turns are shorter than others', async () => {
  let begun = 0
  const { clock, join, change, turn } = open({ takesMs: () => ((begun += 1) % 2 === 0 ? 30 : 90) })
  const clients = join(8)
  for (let atMs = 0; atMs < 10_000; atMs += 10) {
    await clock.advance(10)
    change()
    const betweenTurnsMs = Math.floor(atMs / 1000) % 2 === 0 ? 100 : 10
    if (atMs % betweenTurnsMs === 0) await turn()
  }
  for (const { got } of clients) expect(got.length).toBeGreaterThanOrEqual(9)
})
