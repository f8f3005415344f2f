// How live answers are executed: how many at once, in whose name, and what is no fault.
import { describe, expect, it } from 'vitest'
import { CHARS_PER_TURN } from '../../src/answers/in-turns.ts'
import { createCache } from '../../src/cache/cache.ts'
import { createLiveAnswers } from '../../src/gateway/live-answers.ts'
import type { LiveAnswersOptions } from '../../src/gateway/live-answers.ts'
import type { Manner } from '../../src/gateway/manner.ts'
import { holderOf } from '../../src/live/watched.ts'
import { createLoop } from '../../src/turns/loop.ts'
import { createTenantsSeen } from '../../src/turns/tenants-seen.ts'
import type { PlainRequest } from '../../src/exchange/plain-exchange.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'
import { usedAs } from '../../src/cache/used-as.ts'
import { buildCall, buildReply, buildScope, nth } from '../support/builders.ts'
import { readStream } from '../support/live.ts'
import { createManualClock, settle } from '../support/manual-clock.ts'
import type { ManualClock } from '../support/manual-clock.ts'

const SCOPE = buildScope()

/** With the number of the pieces of work that it was given. */
function countingLoop(clock: ManualClock) {
  const { isFree, later } = createLoop({ clock })
  let pieces = 0
  return {
    loop: {
      isFree,
      later(...[kind, step, place]: Parameters<typeof later>) {
        if (kind === 'work') pieces += 1
        return later(kind, step, place)
      },
    },
    countPieces: () => pieces,
  }
}

/** Every answer is made of one reply. Nothing is answered before the test says so. */
function open() {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const call = buildCall({ path: { project_id: 'p-1' } })
  const write = (version: number | string): void => {
    cache.store(call, buildReply({ id: 'p-1', version }, { answeredAtMs: clock.monotonicMs() }))
  }
  write(1)
  const logged: string[] = []
  let isGood = true
  let errors = ''
  const manners: Manner[] = []
  const { loop, countPieces } = countingLoop(clock)
  const underWay: { readonly caller: string; answer(): void; fail(): void }[] = []
  const options = {
    cache,
    clock,
    loop,
    seen: createTenantsSeen(clock),
    changes: { listen: () => () => {} },
    windowMs: 60_000,
    budget: { state: () => ({ limit: 90, remaining: 90, resetAtMs: null }) },
    log: { info() {}, warn() {}, error: (_: object, message: string) => void logged.push(message) },
    openRequest(_: unknown, caller: { name: string }, _record: unknown, manner: Manner) {
      manners.push(manner)
      return { context: { caller: caller.name }, end() {} }
    },
    handleGraphQL: {
      readStreamed: ({ body }: PlainRequest) => ({
        type: 'query',
        body,
        hash: Buffer.from(body).toString(),
        isPersonal: false,
        kinds: null,
      }),
      plain(_: unknown, context: Record<string, unknown>) {
        const cached = cache.read(call)
        const parts = cached ? [usedAs('asked', cached, call.endpoint)] : []
        Object.assign(context, {
          repeat: {},
          parts: { all: () => parts, areGood: () => isGood, isSpoilt: () => false },
        })
        const body = Buffer.from(`{${errors}"data":${JSON.stringify(cached?.answer)}}`)
        return new Promise((resolve, reject) => {
          const end = (settleIt: () => void) => (): void => {
            underWay.splice(underWay.indexOf(one), 1)
            settleIt()
          }
          const one = {
            caller: String(context['caller']),
            answer: end(() => resolve({ kind: 'plain', body: [body] })),
            fail: end(() => reject(new Error('was given up'))),
          }
          underWay.push(one)
        })
      },
    },
  }
  const live = createLiveAnswers(options as unknown as LiveAnswersOptions)
  return {
    clock,
    loop,
    write,
    logged,
    underWay,
    countPieces,
    /** From now on no reply is known to be current. */
    doubt: () => void (isGood = false),
    /** From now on a field fails. */
    failFields: () => void (errors = '"errors":[{"message":"m"}],'),
    /** Since the last call of this function. */
    takeManners: () => manners.splice(0),
    watch(name: string, caller: string) {
      const request = {
        body: Buffer.from(`live ${name}`),
        headers: new Headers(),
        method: 'POST',
        bodyType: 'application/json',
      }
      const stream = live.open(
        request as unknown as PlainRequest,
        { name: caller, scope: SCOPE, isReadOnly: false },
        createRequestRecord('r'),
      )
      if (!stream) throw new Error('this was answered once')
      return readStream(stream)
    },
  }
}

/** Steps of the loop that wait are done. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate)
  await settle()
}

const countsOf = (underWay: readonly { readonly caller: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { caller } of underWay) counts[caller] = (counts[caller] ?? 0) + 1
  return counts
}

it('a change of thirty answers executes two of each caller at once, and all of them in the end', async () => {
  const { clock, write, underWay, watch } = open()
  const clients = Array.from({ length: 30 }, (_, index) => watch(`${index}`, index < 25 ? 'a' : 'b'))
  // Their clients wait for them.
  await turn()
  expect(countsOf(underWay)).toEqual({ a: 25, b: 5 })
  for (const one of underWay.slice()) one.answer()
  await turn()
  write(2)
  await clock.advance(1000)
  await turn()
  expect(countsOf(underWay)).toEqual({ a: 2, b: 2 })
  // A client that comes does not wait for them.
  const joined = watch('another', 'a')
  await turn()
  expect(countsOf(underWay)).toEqual({ a: 3, b: 2 })
  for (let rounds = 0; underWay.length > 0; rounds += 1) {
    expect(rounds).toBeLessThan(30)
    for (const one of underWay.slice()) one.answer()
    await turn()
    expect(countsOf(underWay)['a'] ?? 0).toBeLessThanOrEqual(2)
  }
  for (const { got } of clients) expect(got).toHaveLength(2)
  expect(joined.got).toHaveLength(1)
})

it('an answer that is made again names the number of replies of the last one, where that was whole and no client waits', async () => {
  const { clock, write, underWay, watch, failFields, takeManners } = open()
  const answerAll = async (): Promise<unknown[]> => {
    await turn()
    for (const one of underWay.slice()) one.answer()
    await turn()
    return takeManners().map(({ callClass, repliesBefore }) => [callClass, repliesBefore])
  }
  watch('one', 'a')
  // To read what it asks is a request as well.
  expect(await answerAll()).toEqual(Array.from({ length: 2 }, () => ['interactive', undefined]))
  write(2)
  await clock.advance(1000)
  watch('one', 'a')
  expect(await answerAll()).toEqual([
    ['revalidation', 1],
    ['interactive', undefined],
    ['interactive', undefined],
  ])
  failFields()
  write(3)
  await clock.advance(1000)
  expect(await answerAll()).toEqual([['revalidation', 1]])
  write(4)
  await clock.advance(1000)
  expect(await answerAll()).toEqual([['revalidation', undefined]])
})

it('clients get an answer while a caller of them has large requests of its own, which take turns without an end', async () => {
  const { clock, loop, write, underWay, watch } = open()
  const clients = Array.from({ length: 30 }, (_, index) => watch('one', index === 0 ? 'a' : 'b'))
  const answerAll = async (): Promise<void> => {
    await turn()
    for (const one of underWay.slice()) one.answer()
    await turn()
  }
  await answerAll()
  let isOver = false
  for (let requests = 0; requests < 4; requests += 1) {
    const request = {}
    const goOn = (): void => {
      if (!isOver)
        loop.later('work', goOn, ['', holderOf({ name: 'a', scope: SCOPE, isReadOnly: false }), request])
    }
    goOn()
  }
  write(2)
  await clock.advance(1000)
  await answerAll()
  isOver = true
  expect(clients.map(({ got }) => got.length)).toEqual(clients.map(() => 2))
})

it('an answer that waits for its turn is not executed when its client has left', async () => {
  const { clock, write, underWay, watch } = open()
  const clients = Array.from({ length: 5 }, (_, index) => watch(`${index}`, 'a'))
  await turn()
  for (const one of underWay.slice()) one.answer()
  await turn()
  write(2)
  await clock.advance(1000)
  await turn()
  for (const { stream } of clients.slice(2)) stream.stop()
  for (const one of underWay.slice()) one.answer()
  await turn()
  expect(underWay).toEqual([])
})

it('a failure is logged, unless its client has left', async () => {
  const { logged, underWay, watch } = open()
  const left = watch('one', 'a')
  await turn()
  left.stream.stop()
  nth(underWay, 0).fail()
  await turn()
  expect(logged).toEqual([])
  const client = watch('two', 'a')
  await turn()
  nth(underWay, 0).fail()
  await turn()
  expect(logged).toEqual(['a live answer failed inside the gateway'])
  expect(client.got).toMatchObject([{ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }])
})

describe('a large answer becomes a live one in pieces', () => {
  const LARGE = 'x'.repeat(8 * CHARS_PER_TURN)

  /** The first piece of the answer is made. */
  async function openFirstPiece() {
    const opened = open()
    opened.write(LARGE)
    const client = opened.watch('one', 'a')
    await turn()
    nth(opened.underWay, 0).answer()
    const { countPieces } = opened
    for (let turns = 0; countPieces() === 0 && turns < 1000; turns += 1) await new Promise(setImmediate)
    expect(countPieces()).toBe(1)
    return { ...opened, client }
  }

  it('of which each is work of the loop', async () => {
    const { write, underWay, watch, countPieces } = open()
    write(LARGE)
    const client = watch('one', 'a')
    await turn()
    nth(underWay, 0).answer()
    await turn()
    expect(countPieces()).toBeGreaterThanOrEqual(8)
    expect(client.got).toHaveLength(1)
  })

  it('and no more is done when its client has left, which is no fault', async () => {
    const { client, countPieces, logged } = await openFirstPiece()
    client.stream.stop()
    await turn()
    expect(countPieces()).toBeLessThan(8)
    expect([client.got, logged]).toEqual([[], []])
  })

  it('and what comes into doubt meanwhile is not given to who comes later', async () => {
    const { underWay, watch, doubt } = await openFirstPiece()
    doubt()
    await turn()
    const late = watch('one', 'b')
    await turn()
    expect([late.got, underWay.length]).toEqual([[], 1])
  })

  it('and what is written meanwhile is shown', async () => {
    const { client, clock, write, underWay, watch } = await openFirstPiece()
    write(2)
    await turn()
    // Who joins now waits for the answer with what was written.
    const late = watch('one', 'b')
    for (let rounds = 0; rounds < 5; rounds += 1) {
      await clock.advance(1000)
      await turn()
      for (const one of underWay.slice()) one.answer()
      await turn()
    }
    for (const { got } of [client, late])
      expect(got.at(-1)).toMatchObject({ data: { value: { version: 2 } } })
    expect(JSON.stringify(late.got)).not.toContain('xxx')
  })
})
