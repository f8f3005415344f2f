// Answers clients that accept streams: decides which requests get a stream, and executes a question whenever its live answer has to be made again.
import { randomUUID } from 'node:crypto'
import type { Turns } from '../answers/in-turns.ts'
import type { AnswerStream } from '../exchange/answer-stream.ts'
import type { Budget } from '../budget/budget.ts'
import type { ChangeNotices } from '../cache/change-notices.ts'
import type { Caller } from '../callers/caller.ts'
import type { Clock } from '../clock.ts'
import type { HandleGraphQL } from '../graphql/yoga.ts'
import type { GraphQLContext } from '../graphql/context.ts'
import { describeUpstream } from '../graphql/steps/present-result.ts'
import { mayBeStreamed } from '../graphql/streamed-operation.ts'
import type { StreamedOperation } from '../graphql/streamed-operation.ts'
import { digestOf, UNREAD_DIGEST } from '../live/digest.ts'
import type { GiveLater } from '../live/giving.ts'
import { createLive } from '../live/live.ts'
import type { Live } from '../live/live.ts'
import type { ChangeQuestion, LiveQuestion } from '../live/question.ts'
import type { Answered, Made } from '../live/made.ts'
import { TERMS } from '../live/schedule.ts'
import { withTurns } from '../live/turns.ts'
import type { WatchedCache } from '../live/held-parts.ts'
import { isNewcomer, partyOf } from '../live/watched.ts'
import type { Asking } from '../live/watched.ts'
import type { Loop } from '../turns/loop.ts'
import { readFreshness } from '../http/directives.ts'
import { isPlain } from '../exchange/plain-exchange.ts'
import type { PlainAnswer, PlainRequest } from '../exchange/plain-exchange.ts'
import type { OpenRequests } from './request.ts'
import type { UsedReply } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import { createTally } from '../telemetry/tally.ts'
import type { Log } from '../telemetry/log.ts'
import { createRequestRecord, shortScope } from '../telemetry/request-record.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'

export interface LiveAnswersOptions {
  readonly openRequest: OpenRequests
  readonly handleGraphQL: HandleGraphQL
  readonly budget: Pick<Budget, 'state'>
  readonly windowMs: number
  readonly cache: WatchedCache
  readonly changes: ChangeNotices
  readonly clock: Clock
  readonly loop: Pick<Loop, 'isFree' | 'later'>
  readonly seen: TenantsSeen
  readonly log: Log
  /** By what the freshness of an answer of these parts is proven; null if answers do not report it. */
  readonly validatedBy: (parts: readonly UsedReply[]) => Parameters<typeof describeUpstream>[3]
  readonly emit: Emit
}

export interface LiveAnswers extends Omit<Live, 'open'> {
  /** Null if the request needs one answer. To be called for clients that accept streams. */
  open(request: PlainRequest, caller: Caller, record: RequestRecord): AnswerStream | null
}

export function createLiveAnswers(options: LiveAnswersOptions): LiveAnswers {
  const { openRequest, handleGraphQL, cache, changes, clock, loop, seen } = options

  const toFault = createToFault(options)

  async function ask(question: LiveQuestion, asking: Asking): Promise<Answered> {
    try {
      return await execute(question, asking)
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

  async function execute(question: LiveQuestion, asking: Asking): Promise<Answered> {
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

  const live = createLive({
    ask: withTurns(ask, { seen, loop }),
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

/** Those of a large answer, and in turn with them: its caller has left when nobody waits for the answer any more. */
const turnsOf = (asking: Asking, { loop, seen }: Pick<LiveAnswersOptions, 'loop' | 'seen'>): Turns => ({
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

/** Shows an answer that is known, with the cost for a client that gets it now. */
const createAgain =
  ({ budget, windowMs, clock, validatedBy }: LiveAnswersOptions) =>
  ({ bytes, endOfData, parts }: Made, { scope }: Caller): Uint8Array => {
    if (endOfData === bytes.length) return bytes
    const tally = createTally()
    tally.saved.cache = parts.length
    const state = { windowMs, ...budget.state(scope.budgetKey) }
    const upstream = describeUpstream(tally, state, clock, validatedBy(parts))
    const made = JSON.parse(`{${Buffer.from(bytes.subarray(endOfData + 1)).toString()}`) as {
      readonly extensions?: object
    }
    const end = `,"extensions":${JSON.stringify({ ...made.extensions, upstream })}}`
    return Buffer.concat([bytes.subarray(0, endOfData), Buffer.from(end)])
  }
