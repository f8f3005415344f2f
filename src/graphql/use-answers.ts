// Answers that are remembered are given again without execution; those that may be kept say so to the caller's own cache.
import { getOperationAST } from 'graphql'
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { findSameData, hashData, makeTag } from '../answers/entity-tag.ts'
import { cacheControlOf, lifespanOf } from '../answers/parts.ts'
import type { Question, Remembered, RememberedAnswers } from '../answers/remembered.ts'
import type { Clock } from '../clock.ts'
import type { UsedReply } from '../rest/terms.ts'
import type { GraphQLContext } from './context.ts'

export interface AnswersOptions {
  readonly remembered: RememberedAnswers
  readonly clock: Clock
  /** Hears of each answer that is given again. */
  readonly onAgain: (answer: Remembered, context: GraphQLContext) => void
}

/** One answer on its way out. */
interface Outgoing {
  readonly question: Question | null
  /** Of an answer that may be kept. */
  kept: { readonly dataHash: string; readonly parts: readonly UsedReply[]; tag: string } | null
}

type Written = ExecutionResult & { stringify?: (result: ExecutionResult) => string }

export function useAnswers({ remembered, clock, onAgain }: AnswersOptions): Plugin<object, GraphQLContext> {
  const outgoing = new WeakMap<object, Outgoing>()

  /** Instead of writing `data` once more: its text is known. */
  const write =
    (data: { readonly text: string; readonly hash: string }, context: GraphQLContext) =>
    (result: ExecutionResult): string => {
      const rest = JSON.stringify(result.extensions)
      const out = outgoing.get(context)
      if (out?.kept) out.kept.tag = makeTag(data.hash, rest)
      return `{"data":${data.text},"extensions":${rest}}`
    }

  return {
    onParams({ params, context, setResult }) {
      const { query, operationName, variables, extensions } = params
      if (typeof query !== 'string' || extensions?.['freshness'] === true) return
      const question = { scope: context.parts.scope, query, operationName: operationName ?? null, variables }
      const found = remembered.find(question, context.parts.isGood)
      outgoing.set(context, { question: found ? null : question, kept: null })
      if (!found) return
      for (const part of found.parts) context.parts.note(part)
      onAgain(found, context)
      context.record.operation = found.operation
      const { dataText: text, dataHash: hash, parts } = found
      outgoing.set(context, { question: null, kept: { dataHash: hash, parts, tag: '' } })
      const result: Written = { data: {}, stringify: write({ text, hash }, context) }
      setResult(result)
    },
    onExecute({ args }) {
      const { document, operationName, contextValue } = args as ExecutionArgs
      const context = contextValue as GraphQLContext
      const isWrite = getOperationAST(document, operationName)?.operation !== 'query'
      return {
        onExecuteDone({ result, setResult }) {
          const out = outgoing.get(context)
          if (!out || !isWhole(result as Written) || isWrite) return
          const parts = context.parts.all()
          if (parts.length === 0 || context.parts.isSpoilt() || !parts.every(context.parts.isCurrent)) return
          const text = JSON.stringify((result as Written).data)
          const hash = hashData(text)
          out.kept = { dataHash: hash, parts, tag: '' }
          if (out.question && isSpared(context.tally) && parts.every(context.parts.isGood))
            remembered.keep(out.question, {
              dataText: text,
              dataHash: hash,
              parts,
              spared: context.tally.saved.cache,
              operation: context.record.operation,
            })
          const written: Written = { ...(result as Written), stringify: write({ text, hash }, context) }
          setResult(written)
        },
      }
    },
    onResponse({ request, response, serverContext, setResponse, fetchAPI }) {
      const { headers } = response
      const kept = outgoing.get(serverContext)?.kept
      const lifespan = kept && lifespanOf(kept.parts, clock.monotonicMs())
      if (!kept || !lifespan || response.status !== 200 || kept.tag === '') {
        headers.set('Cache-Control', 'no-store')
        return
      }
      headers.set('Cache-Control', cacheControlOf(lifespan))
      headers.set('Age', String(lifespan.age))
      headers.set('ETag', kept.tag)
      headers.append('Vary', WHAT_CHANGES_IT)
      // Of a POST the condition would be another one (RFC 9110, 13.1.2), and no cache keeps its answer.
      if (request.method !== 'GET') return
      const held = findSameData(request.headers.get('If-None-Match'), kept.dataHash)
      if (held === null) return
      headers.set('ETag', held)
      for (const name of OF_THE_BODY) headers.delete(name)
      setResponse(new fetchAPI.Response(null, { status: 304, headers }))
    },
  }
}

/** Nobody waited for anything: what was asked for once is not worth remembering, and what is counted now is what would be again. */
const isSpared = ({ calls, saved }: GraphQLContext['tally']): boolean =>
  calls === 0 && saved.joined === 0 && saved.stale === 0

/** What in a request makes another answer of it: who asks, and in which form. */
const WHAT_CHANGES_IT = 'Accept, Authorization, X-Api-Key, X-Aurora-Tenant-Id'

const OF_THE_BODY = ['Content-Type', 'Content-Length']

const isWhole = (result: Written): boolean =>
  !(Symbol.asyncIterator in result) &&
  result.errors === undefined &&
  result.data !== null &&
  result.data !== undefined
