// Returns remembered answers without execution, and marks the answers that the caller's own cache may store.
import type { ExecutionResult } from 'graphql'
import { findHeld, hashForm, makeTag } from '../../answers/entity-tag.ts'
import { findLarge, hashInTurns, writeLarge } from '../../answers/in-turns.ts'
import type { Large } from '../../answers/pieces.ts'
import { ageOf, cacheControlOf } from '../../answers/ages.ts'
import type { Ages } from '../../answers/ages.ts'
import { writeAround } from '../../exchange/answer-data.ts'
import type { Question, Remembered, RememberedAnswers } from '../../answers/remembered.ts'
import { merge } from '../../merge.ts'
import { whenThere } from '../../turns/at-once.ts'
import type { Soon } from '../../turns/at-once.ts'
import type { Clock } from '../../clock.ts'
import type { FieldWriter } from '../../exchange/plain-exchange.ts'
import type { GraphQLContext } from '../context.ts'
import { asksForFreshness } from './note-freshness.ts'
import { countEntities } from './router-fields.ts'
import type { Params } from './step.ts'
import { createAnswerSizes } from './answer-sizes.ts'
import type { AnswerSizes } from './answer-sizes.ts'
import { orTooLarge, refuseLarge } from './refuse-large.ts'
import { turnsOf, withTexts, writeData } from './write-large.ts'
import type { Written } from './write-large.ts'

export interface AnswersOptions {
  readonly remembered: RememberedAnswers
  readonly clock: Clock
  /** The largest answer that is written. */
  readonly maxBytes: number
  /** The memory that all answers may take together while they are made. */
  readonly roomBytes: number
  /** Called for each answer that is returned without execution; counts what that saves. */
  readonly onAgain: (answer: Remembered, context: GraphQLContext) => void
}

/** An answer that a cache may store. Everything beside its data is final when its text is written. */
interface Cacheable {
  readonly dataHash: string
  readonly ages: Ages
  readonly isUnconfirmed: boolean
  rest: string | null
}

/** The answer to one request, on its way out. */
interface Outgoing {
  /** Null if the answer is not to be remembered. */
  readonly question: Question | null
  /** Null if the answer may not be stored. */
  cacheable: Cacheable | null
}

export interface Answers {
  /** The remembered answer; null if the request has to be executed. `params` have passed all steps before. */
  find(params: Params, context: GraphQLContext): Written | null
  readonly openSize: AnswerSizes['open']
  /** To be called with each result: writes it if it is large, and remembers that of a query if it is worth it. */
  conclude(result: ExecutionResult, context: GraphQLContext): Soon<Written>
  /** Writes the header fields that caches read. Returns the tag of the answer; null if no cache may store it. */
  writeFields(headers: FieldWriter, context: GraphQLContext, status: number): StoredForm | null
}

/** An answer that a cache may store, in its media type. */
export interface StoredForm {
  readonly tag: string
  readonly dataHash: string
  readonly isUnconfirmed: boolean
}

export function createAnswers({ remembered, clock, maxBytes, roomBytes, onAgain }: AnswersOptions): Answers {
  const sizes = createAnswerSizes({ maxBytes, roomBytes })
  const outgoing = new WeakMap<object, Outgoing>()

  return {
    find(params, context) {
      const { query, operationName, variables } = params
      if (typeof query !== 'string' || asksForFreshness(params)) return null
      const name = (operationName as string | undefined) ?? null
      const { isOfRouter } = context.record
      const question = { scope: context.parts.scope, query, operationName: name, variables, isOfRouter }
      const found = remembered.find(question, {
        nowMs: clock.monotonicMs(),
        maxAgeMs: context.parts.maxAgeMs,
      })
      if (!found) {
        outgoing.set(context, { question, cacheable: null })
        return null
      }
      onAgain(found, context)
      context.record.operation = found.operation
      context.repeat.answer = found
      const { dataHash, ages, text } = found
      const cacheable: Cacheable = { dataHash, ages, isUnconfirmed: false, rest: null }
      outgoing.set(context, { question: null, cacheable })
      return { data: {}, stringify: writer(() => text.toString(), cacheable) }
    },
    openSize: sizes.open,
    conclude: (result, context) =>
      sizes.conclude(result, context, () => {
        const out = isQuery(context) ? outgoing.get(context) : undefined
        const written = out ? conclude(result, { context, out, remembered, maxBytes }) : null
        return whenThere(written, (kept) => kept ?? writeData(result, context, maxBytes))
      }),
    writeFields(headers, context, status) {
      const cacheable = context.repeat.isUntagged ? null : outgoing.get(context)?.cacheable
      const form = cacheable && status === 200 ? formOf(headers, cacheable.dataHash) : null
      if (!cacheable || form === null || cacheable.rest === null) {
        headers.set('cache-control', 'no-store')
        return null
      }
      context.repeat.contentType = headers.get('content-type')
      const tag = makeTag(form, cacheable.rest)
      allowCaching(headers, { ages: cacheable.ages, tag, nowMs: clock.monotonicMs() })
      return { tag, dataHash: form, isUnconfirmed: cacheable.isUnconfirmed }
    },
  }
}

/** Identifies the data in the media type of the answer; null if no cache may store that answer. */
function formOf(headers: FieldWriter, dataHash: string): string | null {
  const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0] ?? ''
  return STORED_TYPES.has(mediaType) ? hashForm(dataHash, mediaType) : null
}

/**
 * The answer without a body, if the client holds the same data; else null. For a POST, If-None-Match has another
 * meaning (RFC 9110, 13.1.2), and no cache stores the answer. A 304 would confirm the client's copy, and has no body
 * that could report a doubt.
 */
export function toNotModified(
  request: Pick<Request, 'method' | 'headers'>,
  { headers }: Pick<Response, 'headers'>,
  { tag, dataHash, isUnconfirmed }: StoredForm,
): ResponseInit | null {
  if (request.method !== 'GET' || isUnconfirmed) return null
  const held = findHeld(request.headers.get('If-None-Match'), { tag, dataHash })
  if (held === null) return null
  headers.set('ETag', held)
  for (const name of BODY_FIELDS) headers.delete(name)
  return { status: 304, headers }
}

const isQuery = ({ record }: GraphQLContext): boolean => record.operation?.type === 'query'

interface Concluding {
  readonly context: GraphQLContext
  readonly maxBytes: number
  readonly out: Outgoing
  readonly remembered: RememberedAnswers
}

/** Returns the result with its text, and remembers it if it is worth it; null if no cache may store the result. */
function conclude(result: ExecutionResult, concluding: Concluding): Soon<Written | null> {
  const { data } = result
  const standing = isWhole(result) && data ? standingOf(concluding.context) : null
  if (!data || standing === null) return null
  const large = findLarge(data)
  if (large) return concludeLarge(result, { data, large }, concluding)
  const dataText = concluding.context.parts.hasGroups() ? (writeAround(data) ?? '') : JSON.stringify(data)
  return whenThere(hashInTurns(dataText), (dataHash) =>
    keep(result, { dataText, dataHash, standing }, concluding),
  )
}

async function concludeLarge(
  result: ExecutionResult,
  { data, large }: { readonly data: object; readonly large: Large },
  concluding: Concluding,
): Promise<Written> {
  const { context, maxBytes } = concluding
  const turns = turnsOf(context)
  return orTooLarge(
    async () => {
      const dataText = await writeLarge(data, large, { maxBytes, ...turns })
      const dataHash = await hashInTurns(dataText, turns)
      // Read now, because its parts may have changed meanwhile.
      const standing = standingOf(context)
      return standing
        ? keep(result, { dataText, dataHash, standing }, concluding)
        : withTexts(result, { dataText })
    },
    (error) => refuseLarge(result, context, error),
  )
}

/** The ages of an answer, as far as all its parts allow. */
interface Standing {
  readonly ages: Ages
  /** Whether all parts may be remembered. */
  readonly isGood: boolean
}

/**
 * Null if an age is unknown, or if a part has changed since it was read, or had changed before, as an event has shown.
 */
function standingOf({ parts }: GraphQLContext): Standing | null {
  const ages = parts.ages()
  if (ages === null || parts.isSpoilt()) return null
  // Parts that are good are also current, and usually all are good: each part is then looked at once.
  const isGood = parts.areAllGood()
  if (isGood) return { ages, isGood }
  const all = parts.all()
  // With a tag, a 304 would confirm the client's copy from before the event, and that copy has no mark.
  return parts.areCurrent(all) && !all.some((part) => part.isOutdated) ? { ages, isGood } : null
}

interface WrittenData {
  readonly dataText: string
  readonly dataHash: string
  readonly standing: Standing
}

function keep(
  result: ExecutionResult,
  { dataText, dataHash, standing: { ages, isGood } }: WrittenData,
  { context, out, remembered }: Concluding,
): Written {
  const isUnconfirmed = context.parts.hasUnconfirmed()
  const cacheable: Cacheable = { dataHash, ages, isUnconfirmed, rest: null }
  out.cacheable = cacheable
  if (out.question && isGood && !context.repeat.isOfNewDocument && isSpared(context.tally))
    context.repeat.answer = remembered.keep(out.question, {
      dataText,
      dataHash,
      parts: context.parts.all(),
      entityCount: context.record.isOfRouter ? countEntities(result) : null,
      spared: context.tally.saved.cache,
      operation: context.record.operation,
      caller: context.record.caller,
    })
  return merge(result, { stringify: writer(() => `{"data":${dataText}`, cacheable) })
}

/** Writes an answer around the text of its data, so that the data is not written a second time. */
const writer =
  (begin: () => string, cacheable: Cacheable) =>
  (result: ExecutionResult): string => {
    const extensions = JSON.stringify(result.extensions)
    cacheable.rest = extensions
    return `${begin()},"extensions":${extensions}}`
  }

function allowCaching(
  headers: FieldWriter,
  { ages, tag, nowMs }: { readonly ages: Ages; readonly tag: string; readonly nowMs: number },
): void {
  headers.set('cache-control', cacheControlOf(ages))
  headers.set('age', String(ageOf(ages, nowMs)))
  headers.set('etag', tag)
  headers.append('vary', VARYING_FIELDS)
}

/**
 * Only an answer that waited for no call is worth memory: one that waited may never be requested again. This also keeps
 * the figures right, because a repeat saves the same calls that this answer saved.
 */
const isSpared = ({ calls, saved }: GraphQLContext['tally']): boolean =>
  calls === 0 && saved.joined === 0 && saved.stale === 0

/** The header fields of a request that change its answer: the form of the answer, and the identity of the caller. */
const VARYING_FIELDS = 'Accept, Authorization, X-Api-Key, X-Aurora-Tenant-Id'

/** The answer types that may be stored; a stream is read once, while it comes. */
const STORED_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/graphql-response+json'])

const BODY_FIELDS = ['Content-Type', 'Content-Length']

const isWhole = (result: ExecutionResult): boolean =>
  !(Symbol.asyncIterator in result) &&
  result.errors === undefined &&
  result.data !== null &&
  result.data !== undefined
