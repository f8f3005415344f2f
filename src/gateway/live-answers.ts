// Answers clients that accept streams: decides which requests get a stream, and joins what their live answers are made of.
import { randomUUID } from 'node:crypto'
import type { ChangeNotices } from '../cache/change-notices.ts'
import type { Caller } from '../callers/caller.ts'
import type { AnswerStream } from '../exchange/answer-stream.ts'
import type { PlainRequest } from '../exchange/plain-exchange.ts'
import { mayBeStreamed } from '../graphql/streamed-operation.ts'
import type { StreamedOperation } from '../graphql/streamed-operation.ts'
import type { HandleGraphQL } from '../graphql/yoga.ts'
import { readFreshness } from '../http/directives.ts'
import type { GiveLater } from '../live/giving.ts'
import type { WatchedCache } from '../live/held-parts.ts'
import { createLive } from '../live/live.ts'
import type { Live } from '../live/live.ts'
import type { ChangeQuestion, LiveQuestion } from '../live/question.ts'
import { withTurns } from '../live/turns.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Log } from '../telemetry/log.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Loop } from '../turns/loop.ts'
import { createAgain } from './again-at-no-cost.ts'
import type { AgainOptions } from './again-at-no-cost.ts'
import { createExecuteQuestion } from './execute-question.ts'
import type { ExecuteQuestionOptions } from './execute-question.ts'

export interface LiveAnswersOptions extends Omit<ExecuteQuestionOptions, 'toFault'>, AgainOptions {
  readonly handleGraphQL: HandleGraphQL
  readonly cache: WatchedCache
  readonly changes: ChangeNotices
  readonly loop: Pick<Loop, 'isFree' | 'later'>
  readonly log: Log
  readonly emit: Emit
}

export interface LiveAnswers extends Omit<Live, 'open'> {
  /** Null if the request needs one answer. To be called for clients that accept streams. */
  open(request: PlainRequest, caller: Caller, record: RequestRecord): AnswerStream | null
}

export function createLiveAnswers(options: LiveAnswersOptions): LiveAnswers {
  const { openRequest, handleGraphQL, cache, changes, clock, loop, seen } = options
  const toFault = createToFault(options)
  const live = createLive({
    ask: withTurns(createExecuteQuestion({ ...options, toFault }), { seen, loop }),
    toFault,
    cache,
    changes,
    clock,
    emit: options.emit,
    again: createAgain(options),
    later: createGiveLater(options),
  })
  return {
    ...live,
    open(request, caller, record) {
      if (!mayBeStreamed(request)) return null
      const { context, end } = openRequest(request, caller, record, {
        callClass: 'interactive',
        stream: { isLast: false, changes: null },
      })
      const streamed = handleGraphQL.readStreamed(request, context)
      end()
      return streamed && live.open(questionOf(streamed, request, caller), caller)
    },
  }
}

/** A party of its own, because the steps of the caller would wait for its large requests, and with them clients of other callers. */
const createGiveLater =
  ({ loop, seen }: Pick<LiveAnswersOptions, 'loop' | 'seen'>): GiveLater =>
  (step, { tenant, caller }, part) =>
    loop.later('work', step, [seen.turnOf(tenant), `live ${caller}`, part])

/** Streams share an execution if their questions have the same key. */
function questionOf(
  { type, body, hash, isPersonal, kinds }: StreamedOperation,
  request: PlainRequest,
  { name, isReadOnly, router, scope: { key: scope, tenantId } }: Caller,
): LiveQuestion | ChangeQuestion {
  const { isCacheOnly } = readFreshness(request.headers)
  const role = `${isReadOnly ? 'reads' : 'writes'}${router ? ' through a router' : ''}`
  const key = JSON.stringify([scope, role, isCacheOnly, isPersonal ? name : null, hash])
  const question = { key, scope, body, isEvent: type === 'subscription', isCacheOnly }
  return kinds ? { ...question, tenantId, kinds } : question
}

const createToFault =
  ({ log }: Pick<LiveAnswersOptions, 'log'>) =>
  (err: unknown): Uint8Array => {
    const errorId = randomUUID()
    log.error({ err, errorId }, 'a live answer failed inside the gateway')
    const extensions = { code: 'INTERNAL_SERVER_ERROR', errorId }
    return Buffer.from(JSON.stringify({ errors: [{ message: 'Unexpected error.', extensions }] }))
  }
