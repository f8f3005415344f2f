// Reads the content of a 2xx answer: from its bytes, or from memory if the same bytes came before.
import type { Emit } from '../telemetry/events.ts'
import type { Soon } from '../turns/at-once.ts'
import { assertWhole } from './assert-whole.ts'
import type { Call, Reply, Follows } from './call.ts'
import { createKnownBodies } from './known-bodies.ts'
import type { Body } from './known-bodies.ts'
import { joinFollows, readHeaders, readHeadTotal } from './more-follows.ts'
import { isLong, parseAtOnce, parseBody } from './parse-body.ts'
import { isSilent, readAnswer, toListPart } from './read-answer.ts'
import type { ReadValue } from './read-body.ts'
import { nextTurn } from '../turns/next-turn.ts'

interface ReadReplyOptions {
  readonly emit: Emit
  /** The memory for bodies that need not be read again when they come again; 0: none. */
  readonly knownBytes: number
}

export interface ReadPart {
  readonly value: Reply['value']
  readonly isAgain: boolean
  readonly follows: Follows
  readonly total: number | null
}

/**
 * Fails with a SyntaxError, or with a ReplyTooWideError, for an answer that does not have the shape of the contract, and with a
 * PartialAnswerError for a part of one.
 */
export type ReadReply = (call: Call, body: Body) => Soon<ReadPart>

/** Returns a promise only for a long body, which is read in turns of the event loop. */
export function createReadReply({ emit, knownBytes }: ReadReplyOptions): ReadReply {
  const bodies = createKnownBodies(knownBytes)

  function read(call: Call, body: Body, parsed?: unknown): ReadValue {
    const { status, bytes } = body
    const value = readAnswer(call, { status, bytes, parse: () => parsed ?? parseAtOnce(textOf(body)) })
    if (value === null) throw new SyntaxError('not the shape of the contract')
    bodies.keep(call, body, value)
    return value
  }

  function toPart(call: Call, { headers }: Body, read: ReadOnce): ReadPart {
    const { value, unreadable, isAgain, follows = null, total = null } = read
    if (unreadable > 0) noteUnreadable(emit, call, unreadable)
    const byHead = Array.isArray(value) ? readHeaders(headers, toListPart(call, value.length)) : null
    const headTotal = Array.isArray(value) ? readHeadTotal(headers) : null
    return { value, isAgain, follows: joinFollows(follows, byHead), total: total ?? headTotal }
  }

  /** A long list takes several turns: to parse it, to read it, and to store it. */
  async function readLong(call: Call, body: Body): Promise<ReadPart> {
    const parsed = await nextTurn(await parseBody(textOf(body)))
    return nextTurn(toPart(call, body, { isAgain: false, ...read(call, body, parsed) }))
  }

  return (call, body) => {
    assertWhole(call.endpoint, body)
    const inTurns = isLong(body.bytes.length) && !isSilent(call, body.bytes)
    const known = bodies.find(call, body)
    if (known) {
      const part = toPart(call, body, { isAgain: true, ...known })
      return inTurns ? nextTurn(part) : part
    }
    return inTurns ? readLong(call, body) : toPart(call, body, { isAgain: false, ...read(call, body) })
  }
}

const textOf = ({ bytes, headers }: Body) => ({ bytes, type: headers['content-type'] })

type ReadOnce = ReadValue & Pick<ReadPart, 'isAgain'>

const noteUnreadable = (
  emit: Emit,
  { endpoint: { operation }, terms: { record } }: Call,
  count: number,
): void => emit('itemUnreadable', { operation, count, record })
