// Returns remembered answers without execution, and marks the answers that the caller's own cache may store.
import type { ExecutionResult } from 'graphql'
import { findHeld, hashForm, makeTag } from '../../answers/entity-tag.ts'
import { hashInTurns, writeInTurns } from '../../answers/in-turns.ts'
import { ageOf, agesOf, cacheControlOf } from '../../answers/ages.ts'
import type { Ages } from '../../answers/ages.ts'
import type { Question, Remembered, RememberedAnswers } from '../../answers/remembered.ts'
import { whenThere } from '../../at-once.ts'
import type { Soon } from '../../at-once.ts'
import type { Clock } from '../../clock.ts'
import type { FieldWriter } from '../../plain-exchange.ts'
import type { GraphQLContext } from '../context.ts'
import { asksForFreshness } from './note-freshness.ts'
import type { Params } from './step.ts'

export interface AnswersOptions {
  readonly remembered: RememberedAnswers
  readonly clock: Clock
  /** Called for each answer that is returned without execution; counts what that saves. */
  readonly onAgain: (answer: Remembered, context: GraphQLContext) => void
}

/** An answer that a cache may store. What stands beside its data is known when its text is written. */
interface Cacheable {
  readonly dataHash: string
  readonly ages: Ages
  readonly isUnconfirmed: boolean
  rest: string | null
}

/** The answer to one request, on its way out. */
interface Outgoing {
  /** Null where the answer is not to be remembered. */
  readonly question: Question | null
  /** Null where the answer may not be stored. */
  cacheable: Cacheable | null
}

/** `stringify` writes the result; without it, the result is written as any JSON. */
export type Written = ExecutionResult & { stringify?: (result: ExecutionResult) => string }

export interface Answers {
  /** The remembered answer; null where the request has to be executed. `params` have passed all steps before. */
  find(params: Params, context: GraphQLContext): Written | null
  /** To be called with the result of each query that was executed: remembers it where it is worth it. */
  conclude(result: ExecutionResult, context: GraphQLContext): Soon<Written>
  /** Writes the fields that caches read. Returns the tag of the answer; null where no cache may store it. */
  writeFields(headers: FieldWriter, context: GraphQLContext, status: number): StoredForm | null
}

/** An answer that a cache may store, in its media type. */
export interface StoredForm {
  readonly tag: string
  readonly dataHash: string
  readonly isUnconfirmed: boolean
}

export function createAnswers({ remembered, clock, onAgain }: AnswersOptions): Answers {
  const outgoing = new WeakMap<object, Outgoing>()

  return {
    find(params, context) {
      const { query, operationName, variables } = params
      if (typeof query !== 'string' || asksForFreshness(params)) return null
      const name = (operationName as string | undefined) ?? null
      const question = { scope: context.parts.scope, query, operationName: name, variables }
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
    conclude(result, context) {
      const out = outgoing.get(context)
      if (!out) return result
      return whenThere(conclude(result, { context, out, remembered }), (written) => written ?? result)
    },
    writeFields(headers, context, status) {
      const cacheable = outgoing.get(context)?.cacheable
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

/** Identifies the data in the media type of the answer; null where no cache may store that answer. */
function formOf(headers: FieldWriter, dataHash: string): string | null {
  const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0] ?? ''
  return STORED_TYPES.has(mediaType) ? hashForm(dataHash, mediaType) : null
}

/**
 * The answer without a body where the client holds the same data; null where it does not. For a POST, If-None-Match has
 * another meaning (RFC 9110, 13.1.2), and no cache stores the answer. A 304 would confirm the client's copy, and has no body
 * that could tell of a doubt.
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

interface Concluding {
  readonly context: GraphQLContext
  readonly out: Outgoing
  readonly remembered: RememberedAnswers
}

/** Returns the result with its text, and remembers it where it is worth it; null where no cache may store the result. */
function conclude(result: ExecutionResult, concluding: Concluding): Soon<Written | null> {
  const { data } = result
  const standing = isWhole(result) && data ? standingOf(concluding.context) : null
  if (!data || standing === null) return null
  const text = writeInTurns(data)
  const hash = whenThere(text, hashInTurns)
  if (typeof text === 'string' && typeof hash === 'string')
    return keep(result, { dataText: text, dataHash: hash, standing }, concluding)
  return Promise.all([text, hash]).then(([dataText, dataHash]) => {
    // It was written in turns, so its parts may have changed meanwhile.
    const now = standingOf(concluding.context)
    return now && keep(result, { dataText, dataHash, standing: now }, concluding)
  })
}

/** What the parts of an answer allow together. */
interface Standing {
  readonly ages: Ages
  /** Whether all of them may be remembered. */
  readonly isGood: boolean
}

/** Null where an age is unknown, or where something has changed since it was read. */
function standingOf({ parts }: GraphQLContext): Standing | null {
  const all = parts.all()
  const ages = agesOf(all)
  if (ages === null || parts.isSpoilt()) return null
  // What is good is current, and usually all of it is: each part is looked up once then.
  const isGood = all.every(parts.isGood)
  return isGood || all.every(parts.isCurrent) ? { ages, isGood } : null
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
  const parts = context.parts.all()
  const isUnconfirmed = parts.some((part) => part.isUnconfirmed)
  const cacheable: Cacheable = { dataHash, ages, isUnconfirmed, rest: null }
  out.cacheable = cacheable
  if (out.question && isGood && isSpared(context.tally))
    context.repeat.answer = remembered.keep(out.question, {
      dataText,
      dataHash,
      parts,
      spared: context.tally.saved.cache,
      operation: context.record.operation,
      caller: context.record.caller,
    })
  return { ...result, stringify: writer(() => `{"data":${dataText}`, cacheable) }
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
 * Only an answer that waited for no call is worth memory: an answer that is asked for once is not. It also keeps the
 * figures right, because a repeat saves the same calls that this answer saved.
 */
const isSpared = ({ calls, saved }: GraphQLContext['tally']): boolean =>
  calls === 0 && saved.joined === 0 && saved.stale === 0

/** The header fields of a request that change its answer: the form of the answer, and the identity of the caller. */
const VARYING_FIELDS = 'Accept, Authorization, X-Api-Key, X-Aurora-Tenant-Id'

/** A stream is read once, while it comes. */
const STORED_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/graphql-response+json'])

const BODY_FIELDS = ['Content-Type', 'Content-Length']

const isWhole = (result: ExecutionResult): boolean =>
  !(Symbol.asyncIterator in result) &&
  result.errors === undefined &&
  result.data !== null &&
  result.data !== undefined
