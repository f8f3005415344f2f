// How many reads are sent while their replies are large, and what happens to those that are not sent.
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { LeftUnsent } from '../../../src/rest/attempt-error.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import { withReplyRoom } from '../../../src/rest/with-reply-room.ts'
import { aWrite, buildCall, buildReply, buildScope, createEventLog } from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const KB = 1024
const MB = 1024 * KB
const ROOM_BYTES = 8 * MB
/** A request may take 10 s and an attempt 5 s. */
const WAIT_MS = 5_000

/** An Aurora that answers when a test calls `answer`, and the calls that were sent to it. */
function open() {
  const clock = createManualClock()
  const events = createEventLog()
  const sent: { readonly call: Call; end(bytes: number): void }[] = []
  const room = withReplyRoom({
    clock,
    emit: events.emit,
    requestTimeoutMs: 10_000,
    attemptTimeoutMs: 5_000,
    roomBytes: ROOM_BYTES,
  })
  const send = room(
    (call) =>
      new Promise(
        (resolve) => void sent.push({ call, end: (bytes) => resolve(buildReply({ id: 'p-1' }, { bytes })) }),
      ),
  )
  const outcomes: unknown[] = []
  const ask = (parts: CallParts = {}): Promise<unknown> => {
    const outcome = send(buildCall(parts)).then(
      (reply: Reply) => reply.bytes,
      (error: unknown) => error,
    )
    void outcome.then((value) => outcomes.push(value))
    return outcome
  }
  /** Sends one read, and answers it with so many bytes. */
  async function learn(bytes: number, parts: CallParts = {}): Promise<void> {
    const answered = ask(parts)
    sent.at(-1)?.end(bytes)
    await answered
    sent.length = 0
    outcomes.length = 0
  }
  return { clock, events, sent, outcomes, ask, learn }
}

describe('room for replies', () => {
  it('is for as many reads as their replies fit into it, by what the last ones have had', async () => {
    const { clock, sent, ask, learn } = open()
    await learn(2 * MB)
    for (let asked = 0; asked < 20; asked += 1) void ask()
    expect(sent).toHaveLength(4)

    sent[0]?.end(2 * MB)
    sent[1]?.end(2 * MB)
    await clock.advance(0)

    expect(sent).toHaveLength(6)
  })

  it('is bounded before the first reply has come: some of the reads are sent, and all after a short one', async () => {
    const { clock, sent, ask } = open()
    for (let asked = 0; asked < 50; asked += 1) void ask()
    expect(sent).toHaveLength(32)

    sent[0]?.end(2 * KB)
    await clock.advance(0)
    for (let asked = 0; asked < 500; asked += 1) void ask()

    expect(sent).toHaveLength(32 + 1 + 500)
  })

  it('is not needed with an unknown credential where the replies with others are short', async () => {
    const { sent, ask, learn } = open()
    await learn(KB)
    for (let asked = 0; asked < 300; asked += 1) void ask({ scope: buildScope(`sk_sand_${asked}`) })
    expect(sent).toHaveLength(300)
  })

  it('is for some reads with an unknown credential where the replies with others are long', async () => {
    const { sent, ask, learn } = open()
    await learn(8 * MB)
    for (let asked = 0; asked < 300; asked += 1) void ask({ scope: buildScope(`sk_sand_${asked}`) })
    expect(sent).toHaveLength(32)
  })

  it('is not needed for reads of short replies, for other operations and credentials, or for writes', async () => {
    const { sent, ask, learn } = open()
    await learn(KB, { endpoint: READS.listTeams, path: {} })
    await learn(KB, { scope: buildScope('sk_sand_other') })
    await learn(8 * MB)
    for (let asked = 0; asked < 3; asked += 1) void ask()
    expect(sent).toHaveLength(1)

    for (let asked = 0; asked < 300; asked += 1) {
      void ask({ endpoint: READS.listTeams, path: {} })
      void ask({ scope: buildScope('sk_sand_other') })
      void ask({ endpoint: aWrite() })
    }

    expect(sent).toHaveLength(1 + 900)
  })

  it('is expected to be needed for a while after replies have become short', async () => {
    const { sent, ask, learn } = open()
    await learn(8 * MB)
    await learn(KB)
    for (let asked = 0; asked < 5; asked += 1) void ask()
    expect(sent).toHaveLength(1)

    const other = open()
    await other.learn(8 * MB)
    for (let answered = 0; answered < 50; answered += 1) await other.learn(KB)
    for (let asked = 0; asked < 500; asked += 1) void other.ask()
    expect(other.sent).toHaveLength(500)
  })

  it('is free again when a read fails', async () => {
    const clock = createManualClock()
    const room = withReplyRoom({
      clock,
      emit: () => {},
      requestTimeoutMs: 10_000,
      attemptTimeoutMs: 5_000,
      roomBytes: MB,
    })
    let sent = 0
    const send = room(() => Promise.reject(new Error(`failure ${(sent += 1)}`)))

    await Promise.allSettled(Array.from({ length: 10 }, () => send(buildCall())))

    expect(sent).toBe(10)
  })

  it('refuses a read that could not be answered in time, with a time, and the read was not sent', async () => {
    const { clock, events, sent, outcomes, ask, learn } = open()
    await learn(8 * MB)
    void ask()
    void ask()
    await clock.advance(WAIT_MS - 1)
    expect(outcomes).toEqual([])

    await clock.advance(1)

    expect(outcomes).toEqual([expect.any(LeftUnsent)])
    const [{ reason }] = outcomes as [LeftUnsent]
    expect(reason).toMatchObject({ code: 'RATE_LIMITED', details: { retryAtMs: clock.monotonicMs() + 1000 } })
    expect(sent).toHaveLength(1)
    expect(events.of('refused')).toMatchObject([{ operation: 'retrieveProject', retryInMs: 1000 }])
    expect(clock.countTimers()).toBe(0)
  })

  it('lets a read wait as long as its request prefers to wait for a slot', async () => {
    const { clock, sent, outcomes, ask, learn } = open()
    await learn(8 * MB)
    void ask()
    void ask({ wait: { latestMs: clock.monotonicMs() + 30_000, retryAtMs: null } })
    await clock.advance(29_000)
    expect(outcomes).toEqual([])

    sent[0]?.end(8 * MB)
    await clock.advance(0)

    expect(sent).toHaveLength(2)
    expect(clock.countTimers()).toBe(0)
  })

  it('gives the place of a client that has left to the next one', async () => {
    const { clock, sent, outcomes, ask, learn } = open()
    await learn(6 * MB)
    const leaving = new AbortController()
    void ask()
    void ask({ signal: leaving.signal })
    void ask()

    leaving.abort(new Error('has left'))
    await clock.advance(0)
    expect(outcomes).toEqual([expect.objectContaining({ reason: leaving.signal.reason })])
    sent[0]?.end(6 * MB)
    await clock.advance(0)

    expect(sent).toHaveLength(2)
    expect(clock.countTimers()).toBe(0)
  })
})
