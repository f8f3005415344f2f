// Returns remembered answers without execution, and marks the answers that the caller's own cache may store.
import { getOperationAST } from 'graphql'
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { findHeld, hashData, hashForm, makeTag } from '../../answers/entity-tag.ts'
import { ageOf, agesOf, cacheControlOf } from '../../answers/ages.ts'
import type { Ages } from '../../answers/ages.ts'
import type { Question, Remembered, RememberedAnswers } from '../../answers/remembered.ts'
import type { Clock } from '../../clock.ts'
import type { GraphQLContext } from '../context.ts'

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

type Written = ExecutionResult & { stringify?: (result: ExecutionResult) => string }

export function useAnswers({ remembered, clock, onAgain }: AnswersOptions): Plugin<object, GraphQLContext> {
  const outgoing = new WeakMap<object, Outgoing>()

  return {
    onParams({ params, context, setResult }) {
      const { query, operationName, variables, extensions } = params
      if (typeof query !== 'string' || extensions?.['freshness'] === true) return
      const question = { scope: context.parts.scope, query, operationName: operationName ?? null, variables }
      const found = remembered.find(question, {
        nowMs: clock.monotonicMs(),
        maxAgeMs: context.parts.maxAgeMs,
      })
      if (!found) {
        outgoing.set(context, { question, cacheable: null })
        return
      }
      onAgain(found, context)
      context.record.operation = found.operation
      context.repeat.answer = found
      const { dataHash, ages, text } = found
      const cacheable: Cacheable = { dataHash, ages, isUnconfirmed: false, rest: null }
      outgoing.set(context, { question: null, cacheable })
      const result: Written = { data: {}, stringify: writer(() => text.toString(), cacheable) }
      setResult(result)
    },
    onExecute({ args }) {
      const { document, operationName, contextValue } = args as ExecutionArgs
      if (getOperationAST(document, operationName)?.operation !== 'query') return
      return {
        onExecuteDone({ result, setResult }) {
          const context = contextValue as GraphQLContext
          const out = outgoing.get(context)
          const written = out && conclude(result as Written, { context, out, remembered })
          if (written) setResult(written)
        },
      }
    },
    onResponse({ request, response, serverContext, setResponse, fetchAPI }) {
      const { headers } = response
      const cacheable = outgoing.get(serverContext)?.cacheable
      const form = cacheable ? formOf(response, cacheable.dataHash) : null
      if (!cacheable || form === null || cacheable.rest === null) {
        headers.set('Cache-Control', 'no-store')
        return
      }
      serverContext.repeat.contentType = headers.get('Content-Type')
      const tag = makeTag(form, cacheable.rest)
      allowCaching(headers, { ages: cacheable.ages, tag, nowMs: clock.monotonicMs() })
      // For a POST, If-None-Match has another meaning (RFC 9110, 13.1.2), and no cache stores the answer.
      // A 304 would confirm the client's copy, and has no body that could tell of the doubt.
      if (request.method !== 'GET' || cacheable.isUnconfirmed) return
      const held = findHeld(request.headers.get('If-None-Match'), { tag, dataHash: form })
      if (held === null) return
      headers.set('ETag', held)
      for (const name of BODY_FIELDS) headers.delete(name)
      setResponse(new fetchAPI.Response(null, { status: 304, headers }))
    },
  }
}

/** Identifies the data in the media type of the answer; null where no cache may store that answer. */
function formOf({ status, headers }: Response, dataHash: string): string | null {
  const mediaType = (headers.get('Content-Type') ?? '').split(';', 1)[0] ?? ''
  return status === 200 && STORED_TYPES.has(mediaType) ? hashForm(dataHash, mediaType) : null
}

/** Returns the result with its text, and remembers it where it is worth it; null where no cache may store the result. */
function conclude(
  result: Written,
  { context, out, remembered }: { context: GraphQLContext; out: Outgoing; remembered: RememberedAnswers },
): Written | null {
  if (!isWhole(result)) return null
  const parts = context.parts.all()
  const ages = agesOf(parts)
  if (ages === null || context.parts.isSpoilt() || !parts.every(context.parts.isCurrent)) return null
  const dataText = JSON.stringify(result.data)
  const isUnconfirmed = parts.some((part) => part.isUnconfirmed)
  const cacheable: Cacheable = { dataHash: hashData(dataText), ages, isUnconfirmed, rest: null }
  out.cacheable = cacheable
  if (out.question && isSpared(context.tally) && parts.every(context.parts.isGood))
    context.repeat.answer = remembered.keep(out.question, {
      dataText,
      dataHash: cacheable.dataHash,
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
  headers: Headers,
  { ages, tag, nowMs }: { readonly ages: Ages; readonly tag: string; readonly nowMs: number },
): void {
  headers.set('Cache-Control', cacheControlOf(ages))
  headers.set('Age', String(ageOf(ages, nowMs)))
  headers.set('ETag', tag)
  headers.append('Vary', VARYING_FIELDS)
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

const isWhole = (result: Written): boolean =>
  !(Symbol.asyncIterator in result) &&
  result.errors === undefined &&
  result.data !== null &&
  result.data !== undefined
