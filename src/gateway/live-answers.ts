// Answers clients that take streams: decides who gets one, and executes a question whenever its live answer has to be made.
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
import type { createRequests } from './request.ts'
import type { UsedReply } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import { createTally } from '../telemetry/tally.ts'
import type { Log } from '../telemetry/log.ts'
import { createRequestRecord, shortScope } from '../telemetry/request-record.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'

export interface LiveAnswersOptions {
  readonly openRequest: ReturnType<typeof createRequests>
  readonly handleGraphQL: HandleGraphQL
  readonly budget: Pick<Budget, 'state'>
  readonly windowMs: number
  readonly cache: WatchedCache
  readonly changes: ChangeNotices
  readonly clock: Clock
  readonly loop: Pick<Loop, 'isFree' | 'later'>
  readonly seen: TenantsSeen
  readonly log: Log
  /** What an answer of these parts is fresh by; null where answers do not report it. */
  readonly validatedBy: (parts: readonly UsedReply[]) => Parameters<typeof describeUpstream>[3]
  readonly emit: Emit
}

export interface LiveAnswers extends Omit<Live, 'open'> {
  /** Null where the request asks for one answer. To be asked for clients that take streams. */
  open(request: PlainRequest, caller: Caller, record: RequestRecord): AnswerStream | null
}

export function createLiveAnswers(options: LiveAnswersOptions): LiveAnswers {
  const { openRequest, handleGraphQL, cache, changes, clock, loop, seen } = options

  const toFault = createToFault(options)

  async function ask(question: LiveQuestion, asking: Asking): Promise<Answered> {
    try {
      return await execute(question, asking)
    } catch (error) {
      // It was given up because nobody waits for it any more, which is no fault.
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
      // An event that names what has changed is one whatever it shows.
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

/** A party of its own. As steps of the caller they would wait for its large requests, and so would the clients of others. */
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

/** Streams share what is executed where their questions have the same key. */
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

/** Everything that a read of the answer finds in the cache. Whether it is good is a matter of the moment, so it is asked for last. */
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

/** The request of a client that would be answered once. */
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

/** An answer that is known, with what it costs a client that gets it now. */
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
