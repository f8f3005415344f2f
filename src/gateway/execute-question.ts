// Executes the question of a live answer, as a request with the same question is executed.
import { randomUUID } from 'node:crypto'
import type { Turns } from '../answers/in-turns.ts'
import { isPlain } from '../exchange/plain-exchange.ts'
import type { PlainAnswer, PlainRequest } from '../exchange/plain-exchange.ts'
import type { GraphQLContext } from '../graphql/context.ts'
import type { HandleGraphQL } from '../graphql/yoga.ts'
import { digestOf, UNREAD_DIGEST } from '../live/digest.ts'
import type { Answered } from '../live/made.ts'
import type { LiveQuestion } from '../live/question.ts'
import { TERMS } from '../live/schedule.ts'
import { isNewcomer, partyOf } from '../live/watched.ts'
import type { Ask, Asking, WatchOptions } from '../live/watched.ts'
import type { UsedReply } from '../rest/terms.ts'
import { createRequestRecord, shortScope } from '../telemetry/request-record.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Loop } from '../turns/loop.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import type { OpenRequests } from './request.ts'

export interface ExecuteQuestionOptions {
  readonly openRequest: OpenRequests
  readonly handleGraphQL: Pick<HandleGraphQL, 'plain'>
  readonly loop: Pick<Loop, 'later'>
  readonly seen: TenantsSeen
  readonly toFault: WatchOptions['toFault']
}

export function createExecuteQuestion(options: ExecuteQuestionOptions): Ask {
  const { toFault } = options
  return async (question, asking) => {
    try {
      return await execute(question, asking, options)
    } catch (error) {
      // An answer that was given up because no stream waits for it is no fault.
      const isUnread = asking.signal.aborted
      const bytes = isUnread ? UNREAD : toFault(error)
      const digest = isUnread
        ? UNREAD_DIGEST
        : await digestOf({ bytes, values: [] }, turnsOf(asking, options))
      // It has no data, so the streams end.
      return { bytes, digest, parts: [], isGood: false, isSpoilt: true, isLast: true }
    }
  }
}

async function execute(
  question: LiveQuestion,
  asking: Asking,
  options: ExecuteQuestionOptions,
): Promise<Answered> {
  const { openRequest, handleGraphQL } = options
  const request = toRequest(question, asking)
  const record = createRecord(asking)
  const manner = mannerOf(asking)
  const { context, end } = openRequest(request, asking.caller, record, manner)
  try {
    const bytes = await bytesOf(await handleGraphQL.plain(request, context))
    // An event that names the changed objects counts as an event, whatever values it shows.
    const values = question.isEvent && !asking.changes ? usedBy(context) : []
    const digest = await digestOf({ bytes, values }, turnsOf(asking, options))
    return { bytes, digest, ...partsOf(context), isLast: manner.stream.isLast }
  } finally {
    end()
  }
}

function createRecord({ caller }: Asking): RequestRecord {
  const { name, scope } = caller
  const known = { caller: name, scope: shortScope(scope.key), isOfNewcomer: isNewcomer(caller) }
  return Object.assign(createRequestRecord(randomUUID()), known)
}

const mannerOf = ({ purpose, changes, repliesBefore }: Asking) => ({
  callClass: TERMS[purpose].callClass,
  stream: { isLast: false, changes: changes ?? null },
  repliesBefore,
})

/** The turns in which the digest of a large answer is made. Rejects when no client waits for the answer any more. */
const turnsOf = (asking: Asking, { loop, seen }: Pick<ExecuteQuestionOptions, 'loop' | 'seen'>): Turns => ({
  nextTurn: () =>
    new Promise((resolve, reject) => {
      const { signal } = asking
      const { tenant, caller } = partyOf(asking.caller)
      const goOn = (): void => (signal.aborted ? reject(signal.reason as Error) : resolve())
      loop.later('work', goOn, [seen.turnOf(tenant), caller, asking])
    }),
})

/**
 * The replies of which the answer is made. Whether they are still good depends on the moment, so this is checked last.
 */
function partsOf(context: GraphQLContext): Pick<Answered, 'parts' | 'isGood' | 'isSpoilt'> {
  const used = usedBy(context)
  return { parts: used, isGood: context.parts.areGood(used), isSpoilt: context.parts.isSpoilt() }
}

const usedBy = ({ parts, repeat }: GraphQLContext): readonly UsedReply[] =>
  repeat.answer?.parts ?? parts.all()

const bytesOf = async (answered: Response | PlainAnswer): Promise<Uint8Array> =>
  isPlain(answered) ? answered.body[0] : new Uint8Array(await answered.arrayBuffer())

const UNREAD = Buffer.from('{}')

const JSON_TYPE = 'application/json'

/** The question as a request for a single answer. */
function toRequest({ body, isCacheOnly }: LiveQuestion, { purpose, signal }: Asking): PlainRequest {
  const headers = new Headers(isCacheOnly ? { 'cache-control': 'only-if-cached' } : TERMS[purpose].fields)
  return {
    method: 'POST',
    headers,
    bodyType: JSON_TYPE,
    answerType: JSON_TYPE,
    acceptsStream: false,
    body,
    signal,
    hasLeft: () => signal.aborted,
    toRequest: () =>
      new Request('http://localhost/graphql', {
        method: 'POST',
        headers: [...headers, ['content-type', JSON_TYPE], ['accept', JSON_TYPE]],
        body: body as Uint8Array<ArrayBuffer>,
        signal,
      }),
  }
}
