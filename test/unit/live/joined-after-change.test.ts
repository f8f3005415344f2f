// A client that joins while a change cannot be read: the change is read as soon after it as without that client.
import { expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { decideLifetime } from '../../../src/cache/decide-lifetime.ts'
import type { Caller } from '../../../src/callers/caller.ts'
import { createLive } from '../../../src/live/live.ts'
import type { Purpose } from '../../../src/live/schedule.ts'
import { AT_ONCE } from '../../../src/turns/pace.ts'
import { toAnswered } from '../../support/answered.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { readStream } from '../../support/live.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const MINUTE_MS = 60_000
const SCOPE = buildScope()
const CALLER: Caller = { name: 'a', scope: SCOPE, isReadOnly: false }
const CALL = buildCall({ path: { project_id: 'p-1' } })
const QUESTION = { key: 'q', scope: SCOPE.key, body: Buffer.alloc(0), isEvent: false, isCacheOnly: false }

/** No call is left for any run, so each shows the same old copy. A run because of a change waits two seconds for a call. */
function open() {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const answeredAtMs = clock.monotonicMs()
  let reply = buildReply({ id: 'p-1' }, { answeredAtMs })
  const asked: [Purpose, number][] = []
  const change = (): void => {
    reply = buildReply({ id: 'p-1' }, { answeredAtMs })
    cache.store(CALL, reply)
  }
  const live = createLive({
    cache,
    clock,
    changes: { listen: () => () => {} },
    again: ({ bytes }) => bytes,
    later: AT_ONCE,
    toFault: (fault) => {
      throw fault
    },
    async ask(_question, { purpose }) {
      asked.push([purpose, clock.monotonicMs()])
      if (purpose === 'change') await new Promise<void>((resolve) => void clock.after(2000, resolve))
      const part = {
        key: CALL.key,
        operation: CALL.endpoint.operation,
        isListed: false,
        answeredAtMs,
        lifetime: decideLifetime('project', reply.value),
        answer: new WeakRef(reply),
      }
      return toAnswered({ data: {} }, { parts: [part], isGood: false })
    },
  })
  change()
  return { clock, live, asked, change }
}

it.each([false, true])('the change is read again after 5 seconds (a client joins: %s)', async (joins) => {
  const { clock, live, asked, change } = open()
  readStream(live.open(QUESTION, CALLER))
  await settle()
  await clock.advance(60 * MINUTE_MS)
  asked.splice(0)
  const changedAtMs = clock.monotonicMs()
  change()
  await clock.advance(1000)
  if (joins) readStream(live.open(QUESTION, CALLER))
  await settle()
  await clock.advance(9000)
  const all = asked.map(([purpose, atMs]) => [purpose, atMs - changedAtMs])
  expect(all).toEqual(
    joins
      ? [
          ['change', 0],
          ['first', 1000],
          ['retry', 6000],
        ]
      : [
          ['change', 0],
          ['retry', 7000],
        ],
  )
})
