// An answer of Aurora that is not a success passes each layer like a success does: it resumes the key, has an age, is learned from.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../src/budget/budget.ts'
import { openMemoryLedger } from '../../../src/budget/ledger.ts'
import type { Slot } from '../../../src/budget/ledger.ts'
import { withBudget } from '../../../src/budget/with-budget.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { withCache } from '../../../src/cache/with-cache.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { createTypicalReplies } from '../../../src/planning/typical-replies.ts'
import { withLearning } from '../../../src/planning/with-learning.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { createSystemClock } from '../../../src/clock.ts'
import { createClient } from '../../../src/rest/client.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'
import { buildCall, buildRefusal, buildScope, carry, createEventLog } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { formatReply, openRawServer } from '../../support/raw-server.ts'

const emit = createEventLog().emit
const absent = () => buildCall({ endpoint: READS.retrieveConsumptionProfile })

describe('an answer that is not a success', () => {
  it.each([403, 404, 500])('and is a %i after a pause resumes the key', async (status) => {
    const clock = createManualClock()
    const resumed: string[] = []
    const budget = createBudget({ limit: 90, windowMs: 60_000, clock, openLedger: openMemoryLedger(clock) })
    const answers = [buildRefusal(429, { retryAfterMs: 1000 }), buildRefusal(status)]
    const line = withBudget({
      budget: { ...budget, resume: (key, sentAtMs) => (resumed.push(key), budget.resume(key, sentAtMs)) },
      clock,
      emit,
    })((call) => carry(call, answers.shift() ?? buildRefusal(status)))
    await line(buildCall()).catch(() => {})
    await clock.advance(2000)
    await line(buildCall()).catch(() => {})
    expect(resumed).toHaveLength(1)
    expect(budget.state(buildCall().terms.scope.budgetKey).remaining).toBeGreaterThan(1)
  })

  it('is a whole answer to its slot', async () => {
    const answered: unknown[] = []
    const slot: Slot = { answered: (isWhole) => void answered.push(isWhole), neverSent: () => {} }
    const clock = createManualClock()
    const real = createBudget({ limit: 9, windowMs: 60_000, clock, openLedger: openMemoryLedger(clock) })
    const line = withBudget({ budget: { ...real, spend: async () => ({ slot }) }, clock, emit })((call) =>
      carry(call, buildRefusal(404)),
    )
    await line(buildCall()).catch(() => {})
    expect(answered).toEqual([true])
  })

  it('that is an ordinary absence counts in the age of the answer', async () => {
    const clock = createManualClock()
    const used: UsedReply[] = []
    const line = withCache({
      cache: createCache({ maxBytes: 1e6, clock }),
      clock,
      emit,
      refreshTimeoutMs: 1000,
    })((call) => carry(call, buildRefusal(404)))
    await line(
      buildCall({ endpoint: READS.retrieveConsumptionProfile, onUsed: (part) => used.push(part) }),
    ).catch(() => {})
    expect(used).toMatchObject([{ operation: 'retrieveConsumptionProfile', answeredAtMs: 1000 }])
  })

  it('that is an ordinary absence is learned', async () => {
    const typical = createTypicalReplies(createListEnds({ clock: createSystemClock() }))
    await withLearning(typical)((call) => carry(call, buildRefusal(404)))(absent()).catch(() => {})
    expect(typical.of(absent().terms.scope.key, 'retrieveConsumptionProfile')).toMatchObject({
      replies: 1,
      absences: 1,
    })
  })

  it('keeps its status if the client leaves while its body is read', async () => {
    const server = await openRawServer(
      (socket) => void socket.write('HTTP/1.1 429 Limited\r\nretry-after: 30\r\ncontent-length: 9\r\n\r\n{'),
    )
    const client = createClient({
      apiVersion: null,
      attemptTimeoutMs: 3000,
      maxReplyBytes: 1e6,
      clock: createSystemClock(),
      emit,
    })
    const gone = new AbortController()
    // The answer's headers are there, and its body is being read.
    const leave = () => void setImmediate(() => gone.abort(new Error('left')))
    subscribe('undici:request:headers', leave)
    const scope = { ...buildScope(), baseUrl: server.url }
    await expect(client.send(buildCall({ scope, signal: gone.signal }))).rejects.toMatchObject({
      refusal: { status: 429 },
    })
    unsubscribe('undici:request:headers', leave)
    await client.close()
    await server.close()
  })
})

it('a whole answer that cannot be read is no time-out, although its time ends while it is read', async () => {
  // More than one turn of the event loop looks at.
  const body = `{"project": "${'a'.repeat(1e6)}"`
  const server = await openRawServer((socket) => void socket.write(formatReply(200, body)))
  let ring = (): void => expect.unreachable('no alarm is set')
  const clock = {
    ...createSystemClock(),
    after: (_ms: number, alarm: () => void) => ((ring = alarm), () => {}),
  }
  const client = createClient({ apiVersion: null, attemptTimeoutMs: 3000, maxReplyBytes: 2e6, clock, emit })
  let hasRung = false
  const end = () =>
    void setImmediate(() => {
      ring()
      hasRung = true
    })
  subscribe('undici:request:trailers', end)
  const scope = { ...buildScope(), baseUrl: server.url }
  await expect(client.send(buildCall({ scope }))).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' })
  unsubscribe('undici:request:trailers', end)
  expect(hasRung).toBe(true)
  await client.close()
  await server.close()
})
