// Answers one GraphQL request: opens the parts that it may use, executes it, and reports how it ended.
import type { AnswerStream } from '../exchange/answer-stream.ts'
import type { Caller } from '../callers/caller.ts'
import type { Clock } from '../clock.ts'
import type { HandleGraphQL } from '../graphql/yoga.ts'
import type { GraphQLContext } from '../graphql/context.ts'
import type { Repeat } from '../http/known-answers.ts'
import type { PlainAnswer, PlainRequest, RequestHead } from '../exchange/plain-exchange.ts'
import type { LiveAnswers } from './live-answers.ts'
import type { Repeats } from './repeats.ts'
import type { OpenRequest } from './request.ts'
import type { Emit } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Traces } from '../telemetry/traces.ts'

type Answer<Request, Answered> = (
  request: Request,
  caller: Caller,
  record: RequestRecord,
  /** Called if the same request of the same caller can be given the same answer again, without execution. */
  onRepeatable?: (repeat: Repeat) => void,
) => Promise<Answered>

export interface Answering {
  readonly handle: Answer<Request, Response>
  /**
   * As `handle`, but ordinary requests are answered without a web Request and Response, and live queries by a stream.
   */
  readonly handlePlain: Answer<PlainRequest, Response | PlainAnswer | AnswerStream>
}

export interface AnsweringOptions {
  readonly openRequest: (request: RequestHead, caller: Caller, record: RequestRecord) => OpenRequest
  readonly handleGraphQL: HandleGraphQL
  readonly repeats: Repeats
  readonly live: Pick<LiveAnswers, 'open'>
  readonly clock: Clock
  readonly emit: Emit
  readonly traces: Traces | null
}

export function createAnswering(options: AnsweringOptions): Answering {
  const { openRequest, handleGraphQL, repeats, live, clock, emit, traces } = options

  const answer =
    <Asked extends RequestHead, Answered extends { readonly status: number }>(
      execute: (request: Asked, context: GraphQLContext) => Promise<Answered>,
      hasLeft: (request: Asked) => boolean,
    ): Answer<Asked, Answered> =>
    async (request, caller, record, onRepeatable) => {
      const repeatOf = repeats.begin()
      const { context, end } = openRequest(request, caller, record)
      traces?.begin(record, request)
      const startMs = clock.monotonicMs()
      let status: number | null = null
      try {
        const answered = await execute(request, context)
        status = hasLeft(request) ? null : answered.status
        const repeat = onRepeatable && repeatOf(context)
        if (repeat) onRepeatable(repeat)
        return answered
      } finally {
        end()
        traces?.end(record, status)
        emit('answered', { status, durationMs: clock.monotonicMs() - startMs })
      }
    }

  const once = answer(handleGraphQL.plain, (request) => request.hasLeft())
  return {
    handle: answer(handleGraphQL.whole, ({ signal }) => signal.aborted),
    async handlePlain(request, caller, record, onRepeatable) {
      const stream = request.acceptsStream ? live.open(request, caller, record) : null
      return stream ?? once(request, caller, record, onRepeatable)
    },
  }
}
