// Answers a request whose head its connection has sent before, byte for byte, if its answer is known. Node's parser reads nothing of it.

import type { FieldReader } from '../callers/caller.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'
import type { Again, GiveAgain } from './again.ts'
import type { AnswerOptions } from './answer-options.ts'
import { nameCaller } from './answer.ts'
import type { ParsedRequest } from './boundaries.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import { giveKnown } from './execute-body.ts'
import { readFields } from './fields.ts'
import type { Head } from './heads.ts'
import { readRequestId } from './headers.ts'
import { keyOf } from './known-answers.ts'
import type { HttpLimits } from './limits.ts'
import { pathOf } from './request-for-gateway.ts'
import type { ServeExchangeOptions } from './serve-exchange.ts'
import type { WriteRaw } from './raw-answers.ts'

export interface GiveAgainOptions extends ServeExchangeOptions {
  readonly writeRaw: WriteRaw
}

/** What the head asks for, worked out. */
interface Understood {
  readonly fields: FieldReader
  readonly head: Head
}

export function createGiveAgain(options: GiveAgainOptions): GiveAgain {
  const { answerOptions, clock, limits, newId, isClosing, writeRaw } = options
  const understood = new WeakMap<ParsedRequest, Understood | null>()

  const understand = (request: ParsedRequest): Understood | null => {
    const known = understood.get(request)
    if (known !== undefined) return known
    const { incoming } = request
    const fields = readFields(incoming)
    const head = answerOptions.heads.of(incoming.method ?? '', fields)
    const isKnowable =
      pathOf(incoming.url ?? '') === '/graphql' &&
      head.isKept &&
      !head.isMultipart &&
      // Whether it gets the page depends on more than the key contains.
      !(answerOptions.page && head.isPageWanted) &&
      // This header is no part of the key, because a body is refused for it only if the body is read.
      !fields.has('content-encoding')
    const result = isKnowable ? { fields, head } : null
    understood.set(request, result)
    return result
  }
  return (again) => {
    const { request, socket } = again
    if (isClosing() || !socket.writable || socket.writableLength > 0) return null
    const read = understand(request)
    const giveUp = (): void => void understood.set(request, null)
    const admitted = read && admit(again, read, { answerOptions, limits, giveUp })
    if (!admitted) return null
    const { method } = read.head
    const beganAtMs = clock.monotonicMs()
    const record = createRequestRecord(readRequestId(request.incoming) ?? newId())
    nameCaller(record, admitted.caller)
    const { fields, head } = read
    const answer = giveKnown({ record, fields, head }, admitted, answerOptions)
    // The answer was there before the caller was checked, so its absence is a fault, and the request is parsed.
    if (answer === null || answer instanceof Promise) return null
    const isBodySent = method !== 'HEAD'
    return writeRaw(socket, {
      answer,
      requestId: record.id,
      isBodySent,
      isLast: false,
      caller: admitted.caller,
      onOver(isCutShort) {
        options.onServed?.({
          record,
          method,
          path: '/graphql',
          status: answer.status,
          bytes: isBodySent ? answer.bytes : 0,
          durationMs: clock.monotonicMs() - beganAtMs,
          isCutShort,
        })
        options.onOver()
      },
    })
  }
}

interface Admitting {
  readonly answerOptions: Pick<AnswerOptions, 'checkCaller' | 'known'>
  readonly limits: Pick<HttpLimits, 'pieceBytes'>
  /** From now on every request with the same head is parsed, and its caller is not looked up first. */
  giveUp(): void
}

/**
 * Checks everything that may stop the request before counting it. A caller with too many requests is counted once more
 * when the request is parsed and refused: within the same minute, that changes nothing.
 */
function admit(
  { request: { incoming }, body }: Again,
  { fields, head }: Understood,
  { answerOptions: { checkCaller, known }, limits, giveUp }: Admitting,
): { readonly caller: CheckedCaller; readonly key: string } | null {
  const caller = checkCaller.identify(fields)
  if (caller === null) giveUp()
  // If the caller is identified, the next request finds the result. If not, two checks of each request would be of no use.
  if (caller instanceof Promise) caller.then((found) => found ?? giveUp(), giveUp)
  // Each request of a caller with a credential of its own may have to be counted.
  if (caller === null || caller instanceof Promise || caller.credential) return null
  const key = keyOf({ head, caller, target: incoming.url ?? '', body })
  if (!known.isReady(key, limits.pieceBytes)) return null
  // A caller with too many requests is refused in the ordinary way.
  const admitted = checkCaller.admit(caller, incoming, fields)
  return admitted instanceof Promise || 'status' in admitted ? null : { caller: admitted, key }
}
