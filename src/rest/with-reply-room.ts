// Bounds the bytes of the replies that are under way: a call whose reply would find no room in memory is not sent yet.
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { rateLimited } from '../errors/rate-limited.ts'
import { createAlarms } from '../turns/alarms.ts'
import type { Alarms } from '../turns/alarms.ts'
import { createByteTurns } from '../turns/byte-turns.ts'
import type { ByteTurns } from '../turns/byte-turns.ts'
import { isRead } from '../aurora/endpoint.ts'
import { LeftUnsent } from './attempt-error.ts'
import type { Call, Layer } from './call.ts'
import { isLong } from './parse-body.ts'
import { waitEndOf } from './wait.ts'

/** The four largest replies that are accepted by default, or 150 full pages of projects. */
const ROOM_BYTES = 32 * 1024 * 1024
/**
 * What a reply takes of the room at the most as long as none of its operation has come with this credential. So 128 such calls are made
 * together, more than Aurora's limit allows one key in a minute: a gateway that has just started answers its first requests as fast as later.
 */
const UNKNOWN_BYTES = 256 * 1024
/** The share that is left of the longest reply after each shorter one. */
const FADING = 0.9
/** Of so many operations and credentials the size is remembered. */
const MAX_REMEMBERED = 10_000

/** When a refused call may come again, and the shortest wait: most replies have been read by then. */
const SHORT_WAIT_MS = 1_000

export interface ReplyRoomOptions {
  readonly clock: Clock
  readonly emit: Emit
  /** The time of a request and the time of one attempt: a call that is sent has the time of a whole attempt left. */
  readonly requestTimeoutMs: number
  readonly attemptTimeoutMs: number
  readonly roomBytes?: number
}

/**
 * Replies that cannot be read in time use up calls and memory for nothing. So a read waits here before it is sent, and is refused with RATE_LIMITED if its
 * reply could not come before the end of its request. Its slot is given back then, and also if its client leaves. A read whose replies are short never
 * waits, and a write never does.
 */
export function withReplyRoom(options: ReplyRoomOptions): Layer {
  const { clock, roomBytes = ROOM_BYTES } = options
  const waitMs = Math.max(SHORT_WAIT_MS, options.requestTimeoutMs - options.attemptTimeoutMs)
  const turns = createByteTurns(roomBytes)
  const alarms = createAlarms(clock)
  const sizes = createSizes()
  return (next) => async (call) => {
    if (!isRead(call.endpoint)) return next(call)
    const bytes = sizes.expect(call)
    const isBounded = isLong(bytes)
    if (isBounded && !turns.beginAtOnce(bytes))
      await turnOf(call, bytes, { ...options, turns, alarms, waitMs })
    try {
      const reply = await next(call)
      sizes.learn(call, reply.bytes)
      return reply
    } finally {
      if (isBounded) turns.end(bytes)
    }
  }
}

interface Waiting extends Pick<ReplyRoomOptions, 'clock' | 'emit'> {
  readonly turns: ByteTurns
  readonly alarms: Alarms
  readonly waitMs: number
}

/** Rejects with a LeftUnsent. */
function turnOf(call: Call, bytes: number, { turns, alarms, clock, emit, waitMs }: Waiting): Promise<void> {
  const { endpoint, terms } = call
  const endAtMs = clock.monotonicMs() + waitMs
  /** A request may wait longer than usual, and callers who join later may, too. */
  const latestMs = (): number => Math.max(waitEndOf(call), endAtMs)
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      endWaiting()
      resolve()
    }
    const giveUp = (reason: unknown): void => {
      endWaiting()
      takeOut()
      reject(new LeftUnsent(reason))
    }
    const leave = (): void => giveUp(terms.signal.reason)
    const look = (): void => {
      const nowMs = clock.monotonicMs()
      if (nowMs < latestMs()) return void (cancel = alarms.at(latestMs(), look))
      const { callClass, record } = terms
      emit('refused', { operation: endpoint.operation, callClass, retryInMs: SHORT_WAIT_MS, record })
      giveUp(rateLimited(endpoint, nowMs + SHORT_WAIT_MS))
    }
    const endWaiting = (): void => {
      cancel()
      terms.signal.removeEventListener('abort', leave)
    }
    let cancel = alarms.at(latestMs(), look)
    terms.signal.addEventListener('abort', leave, { once: true })
    const takeOut = turns.later(bytes, begin, [terms.scope.key, terms.caller])
  })
}

/**
 * The bytes that a reply is expected to have, by the replies of the same operation with the same credential; before the first one, by those
 * with any credential, so that a thousand credentials whose replies are short do not wait for each other.
 */
function createSizes() {
  /** The one that was learned from longest ago is the first. */
  const sizes = new Map<string, number>()
  const nameOf = ({ endpoint, terms }: Call): string => `${terms.scope.key} ${endpoint.operation}`
  function learnAs(name: string, bytes: number): void {
    const before = sizes.get(name) ?? 0
    sizes.delete(name)
    sizes.set(name, Math.max(bytes, Math.floor(before * FADING)))
    if (sizes.size <= MAX_REMEMBERED) return
    const [oldest] = sizes.keys()
    if (oldest !== undefined) sizes.delete(oldest)
  }
  return {
    expect: (call: Call): number =>
      sizes.get(nameOf(call)) ?? Math.min(UNKNOWN_BYTES, sizes.get(call.endpoint.operation) ?? UNKNOWN_BYTES),
    learn(call: Call, bytes: number): void {
      learnAs(nameOf(call), bytes)
      learnAs(call.endpoint.operation, bytes)
    },
  }
}
