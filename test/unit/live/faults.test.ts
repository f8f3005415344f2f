// A fault of the gateway while a live answer is made or given ends its streams, with an answer that shows nothing of it.
import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import type { ChangeNotices } from '../../../src/cache/change-notices.ts'
import type { Caller } from '../../../src/callers/caller.ts'
import { createLive } from '../../../src/live/live.ts'
import type { Answered } from '../../../src/live/made.ts'
import { AT_ONCE } from '../../../src/turns/pace.ts'
import { toAnswered } from '../../support/answered.ts'
import { buildScope } from '../../support/builders.ts'
import { readStream } from '../../support/live.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const scope = buildScope()
const CALLER: Caller = { name: 'a', scope, isReadOnly: false }
const QUESTION = {
  key: 'a',
  scope: scope.key,
  body: Buffer.alloc(0),
  isEvent: false,
  isCacheOnly: false,
}
const QUESTIONS = [
  ['a live answer', QUESTION],
  ['changes', { ...QUESTION, tenantId: 'tenant', kinds: new Set(['project'] as const) }],
] as const

const MASKED = { errors: [{ message: 'masked' }] }
const UNREADABLE = '{"errors":['
const GOOD = '{"data":1,"extensions":{"upstream":{}}}'

function open(texts: readonly string[]) {
  const clock = createManualClock()
  const faults: unknown[] = []
  const asked = [...texts]
  let change: Parameters<ChangeNotices['listen']>[1] | null = null
  const live = createLive({
    cache: createCache({ maxBytes: 1024, clock }),
    clock,
    changes: {
      listen(_scope, listener) {
        change = listener
        return () => {}
      },
    },
    again: ({ bytes }) => bytes,
    later: AT_ONCE,
    toFault(fault) {
      faults.push(fault)
      return Buffer.from(JSON.stringify(MASKED))
    },
    async ask(): Promise<Answered> {
      // Where something has failed, it is made again soon.
      return toAnswered(asked.shift() ?? UNREADABLE, { isSpoilt: true })
    },
  })
  return { clock, live, faults, change: () => change?.changed('project', 'p-1') }
}

describe.each(QUESTIONS)('%s', (_name, question) => {
  it('cannot be made: the client is given that, and the stream ends', async () => {
    const { clock, live, faults } = open([])
    const client = readStream(live.open(question, CALLER))
    await settle()
    expect([client.got, client.brokenOff(), faults]).toEqual([[MASKED], 'fault', [expect.any(SyntaxError)]])
    expect([clock.countTimers(), live.size().watches]).toEqual([0, 0])
  })

  it('cannot be made again: the same for all, and who comes later begins anew', async () => {
    const { clock, live, faults, change } = open([GOOD, GOOD, UNREADABLE, GOOD])
    const clients = [readStream(live.open(question, CALLER)), readStream(live.open(question, CALLER))]
    await settle()
    await clock.advance(2000)
    change()
    await clock.advance(30_000)
    for (const { got, brokenOff } of clients) expect([got.at(-1), brokenOff()]).toEqual([MASKED, 'fault'])
    expect(faults.length).toBeGreaterThan(0)
    expect([clock.countTimers(), live.size().watches]).toEqual([0, 0])
  })

  it('cannot be given to one: that one is called no more, and the others are given the fault', async () => {
    const { clock, live, faults } = open([GOOD, GOOD, GOOD])
    let calls = 0
    const broken = live.open(question, CALLER)
    const client = readStream(live.open(question, CALLER))
    broken.start({
      isFree: () => true,
      next() {
        calls += 1
        throw new Error('broken')
      },
      complete: () => void (calls += 1),
      breakOff: () => void (calls += 1),
    })
    await settle()
    await clock.advance(30_000)
    expect(calls).toBe(1)
    expect([client.got.at(-1), client.brokenOff()]).toEqual([MASKED, 'fault'])
    expect(faults).toEqual([new Error('broken')])
    expect([clock.countTimers(), live.size().watches]).toEqual([0, 0])
  })
})
