// Answers one request: checks its path, its caller and its form, then executes what it asks for.

import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { shortScope } from '../telemetry/request-record.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { AnswerOptions } from './answer-options.ts'
import { answerState } from './answer-state.ts'
import { isBytes } from './bytes-answer.ts'
import type { Answer, Unfinished } from './bytes-answer.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import { chooseEncoding } from './compress.ts'
import { isProven } from './cross-site.ts'
import type { Exchange } from './exchange.ts'
import { executeBody } from './execute-body.ts'
import type { Addressed } from './execute-body.ts'
import { readFields } from './fields.ts'
import { finishAnswer } from './finish-answer.ts'
import { isReading } from './headers.ts'
import { hasBody } from './read-body.ts'
import type { Refusal } from './refusal.ts'
import { endEventSource, plainJson, refuse } from './refuse.ts'
import type { LastId } from './stream-shape.ts'
import { refuseFault, turnAway } from './turn-away.ts'
import { WRONG_FORM } from './wrong-form.ts'

export interface Asked {
  readonly record: RequestRecord
  /** As `pathOf` returns it. */
  readonly path: string | null
}

/** null: the client has left. */
export function answer(
  exchange: Exchange,
  { record, path }: Asked,
  options: AnswerOptions,
): Soon<Answer | null> {
  const { incoming } = exchange
  const fields = readFields(incoming)
  switch (path) {
    case null:
      return refuse(WRONG_FORM.unreadableTarget, { method: incoming.method ?? '', fields })
    case '/graphql': {
      const head = options.heads.of(incoming.method ?? '', fields)
      return answerGraphql({ exchange, record, fields, head, noted: null }, options)
    }
    case '/health':
      return answerState(incoming, 200, 'ok')
    case '/ready':
      return options.isReady() ? answerState(incoming, 200, 'ready') : answerState(incoming, 503, 'not ready')
    case '/':
      // A client that follows the redirect of a POST sends a GET without its operation.
      return isReading(incoming)
        ? new Response(null, { status: 302, headers: { location: 'graphql' } })
        : nothingHere()
    default: {
      if (options.page && path.startsWith(PAGE_FILES))
        return answerFile({ exchange, record, fields }, path, options)
      const webhook = options.answerWebhook?.(incoming, fields) ?? null
      return whenThere(webhook, (answered) => answered ?? nothingHere())
    }
  }
}

/** Below the path of the page, so that a proxy that passes on the page passes on its files, too. */
const PAGE_FILES = '/graphql/files/'

/** The files of the page of the query editor are for everybody, as the page is. */
async function answerFile(
  { exchange: { incoming }, record, fields }: Pick<Addressed, 'exchange' | 'record' | 'fields'>,
  path: string,
  options: AnswerOptions,
): Promise<Response> {
  if (!isReading(incoming)) return answerState(incoming, 405, '')
  const encoding = chooseEncoding(fields.get('accept-encoding'))
  try {
    return (await options.page?.file(path.slice(PAGE_FILES.length), encoding)) ?? nothingHere()
  } catch (error) {
    return refuseFault(error, { record, fields, head: { method: 'GET' } }, options)
  }
}

const nothingHere = (): Response => plainJson(404, { error: 'Nothing is here: GraphQL is at /graphql' })

function answerGraphql(addressed: Addressed, options: AnswerOptions): Soon<Answer | null> {
  const { exchange, fields } = addressed
  const preflight = options.cors.answerPreflight(exchange.incoming, fields)
  if (preflight) return preflight
  const answered = answerOperation(addressed, options)
  return answered instanceof Promise
    ? answered.then((later) => finish(later, addressed, options))
    : finish(answered, addressed, options)
}

const finish = (
  answered: Unfinished | null,
  addressed: Addressed,
  options: AnswerOptions,
): Soon<Answer | null> =>
  answered === null || isBytes(answered) ? answered : finishAnswer(answered, addressed, options)

function answerOperation(addressed: Addressed, options: AnswerOptions): Soon<Unfinished | null> {
  const { exchange, head, fields } = addressed
  const { incoming } = exchange
  if (!isReading(head) && head.method !== 'POST')
    return turnAway(addressed, WRONG_FORM.methodNotAllowed, options)
  if (isWebSocket(head, fields)) return turnAway(addressed, WRONG_FORM.webSocketNotServed, options)
  if (isReading(head) && hasBody(incoming)) return turnAway(addressed, WRONG_FORM.bodyNotExpected, options)
  // The page of the query editor has to load before a user can type a key into it. The gateway executes nothing for
  // such a request, even if its address holds a query: only the page reads that.
  if (options.page && head.isPageWanted && isReading(head) && !isOfProgram(addressed))
    return options.page.open().catch((error: unknown) => refuseFault(error, addressed, options))
  const checked = options.checkCaller(incoming, fields)
  return checked instanceof Promise
    ? checked.then((caller) => answerCaller(addressed, caller, options))
    : answerCaller(addressed, checked, options)
}

/**
 * A handshake has a key (RFC 6455, 4.1). Any other request with `Upgrade` is answered as without it: HTTP clients of Java send `h2c` in each, and
 * proxies may add a fixed value.
 */
const isWebSocket = (head: Addressed['head'], fields: Addressed['fields']): boolean =>
  fields.has('sec-websocket-key') && fields.has('upgrade') && isReading(head)

/**
 * Java's HttpURLConnection and Symfony's HTTP cache name `text/html` in each request. Unlike a browser that opens an address, they
 * send a key. A proxy may add one for a browser, which says that it navigates (https://www.w3.org/TR/fetch-metadata/).
 */
const isOfProgram = ({ exchange, head, fields }: Addressed): boolean =>
  head.accepted.json !== null &&
  isProven(fields) &&
  fields.get('sec-fetch-mode') !== 'navigate' &&
  exchange.incoming.url?.includes('?') === true

export function nameCaller(record: RequestRecord, { name, scope, router, begin }: CheckedCaller): void {
  record.caller = name
  record.isOfRouter = router !== undefined
  record.isOfNewcomer = begin !== undefined
  record.scope = shortScope(scope.key)
}

function answerCaller(
  addressed: Addressed,
  caller: CheckedCaller | Refusal,
  options: AnswerOptions,
): Soon<Unfinished | null> {
  const { head, record, exchange } = addressed
  if ('status' in caller) return turnAway(addressed, caller, options)
  nameCaller(record, caller)
  if (head.misformed) return turnAway(addressed, head.misformed, options)
  // Checked before the request is executed: a write would be carried out even if its client could not read the answer.
  if (head.accepted.json === null && head.accepted.stream === null)
    return turnAway(addressed, WRONG_FORM.typeNotAccepted, options)
  // The connection has ended while the caller was checked, so no more of the request can come.
  if (exchange.hasLeft) return null
  options.heads.keep(head)
  if (isReading(head) && isCompleteAlready(addressed)) return endEventSource()
  return executeBody(addressed, caller, options)
}

/** A browser's EventSource connects again after each end, even after the operation is complete. */
const isCompleteAlready = ({ head, fields }: Addressed): boolean =>
  head.accepted.json === null && fields.get('last-event-id') === ('complete' satisfies LastId)
