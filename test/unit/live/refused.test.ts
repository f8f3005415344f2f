// A live answer that is refused for the moment, because the gateway is full, is made again; one that is refused for good ends its streams.
import { expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import type { ChangeNotices } from '../../../src/cache/change-notices.ts'
import type { Caller } from '../../../src/callers/caller.ts'
import { createLive } from '../../../src/live/live.ts'
import { AT_ONCE } from '../../../src/turns/pace.ts'
import { toAnswered } from '../../support/answered.ts'
import { buildScope } from '../../support/builders.ts'
import { readStream } from '../../support/live.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const scope = buildScope()
const CALLER: Caller = { name: 'a', scope, isReadOnly: false }
const QUESTION = { key: 'a', scope: scope.key, body: Buffer.alloc(0), isEvent: false, isCacheOnly: false }
const CHANGES = { ...QUESTION, tenantId: 'tenant', kinds: new Set(['project'] as const) }

const EXTENSIONS = { upstream: {} }
const GOOD = { data: { a: 1 }, extensions: EXTENSIONS }
const refusedWith = (extensions: object) => ({
  errors: [{ message: 'm', extensions }],
  extensions: EXTENSIONS,
})

function open(answers: (wallMs: number) => readonly object[]) {
  const clock = createManualClock()
  const asked = [...answers(clock.wallMs())]
  const changes: ChangeNotices = { listen: () => () => {} }
  const live = createLive({
    cache: createCache({ maxBytes: 1024, clock }),
    clock,
    changes,
    again: ({ bytes }) => bytes,
    later: AT_ONCE,
    toFault: (fault) => {
      throw fault
    },
    ask: () => toAnswered(asked.shift() ?? GOOD),
  })
  return { clock, live }
}

const inASecond = (wallMs: number) =>
  refusedWith({ code: 'RATE_LIMITED', retryAfter: 1, retryAt: new Date(wallMs + 1000).toISOString() })

it('for the moment: the stream stays open, and gets the answer at the time that it was told', async () => {
  const { clock, live } = open((wallMs) => [inASecond(wallMs)])
  const client = readStream(live.open(QUESTION, CALLER))
  await settle()
  expect([client.got, client.isComplete()]).toEqual([[inASecond(clock.wallMs())], false])
  await clock.advance(1000)
  expect([client.got.at(-1), client.isComplete(), client.brokenOff()]).toEqual([GOOD, false, null])
})

it('for good: the stream ends', async () => {
  const refused = refusedWith({ code: 'QUERY_REJECTED' })
  const { live } = open(() => [refused])
  const client = readStream(live.open(QUESTION, CALLER))
  await settle()
  expect([client.got, client.isComplete(), live.size().watches]).toEqual([[refused], true, 0])
})

it('where changes are told, the stream ends either way, as its client would miss those', async () => {
  const { clock, live } = open((wallMs) => [inASecond(wallMs)])
  const client = readStream(live.open(CHANGES, CALLER))
  await settle()
  expect([client.got, client.isComplete()]).toEqual([[inASecond(clock.wallMs())], true])
})
