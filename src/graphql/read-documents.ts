// Reads the texts of documents: parses, measures and validates each of them once, and remembers what depends on the text alone.
import { NoSchemaIntrospectionCustomRule, parse, validate } from 'graphql'
import type { DocumentNode, GraphQLError, GraphQLSchema, ValidationRule } from 'graphql'
import { createFairRoom } from '../answers/fair-room.ts'
import type { Taker } from '../answers/fair-room.ts'
import { ALL_RULES } from './known-operations.ts'
import { toExcessError } from './limits/excess-error.ts'
import { countTokens, measureDocument } from './limits/measure-document.ts'
import { findExcess } from './limits/query-limits.ts'
import type { QueryLimits } from './limits/query-limits.ts'
import { mergeRules } from './merge-rules.ts'

export interface ReadDocument {
  readonly document: DocumentNode
  /** The errors for which it cannot be executed: its excess, or what validation found. Empty: it can be executed. */
  readonly errors: readonly GraphQLError[]
  /** Whether no remembered request has sent its text before. Results for such a text are not worth memory. */
  readonly isNew: boolean
}

export interface ReadDocuments {
  /**
   * Throws the error of a text that cannot be parsed, or has too many tokens. The text takes memory in the name of the
   * caller; the caller with most memory is evicted first. Two reads by the same request count as one use.
   */
  read(text: string, request: ReadingRequest): ReadDocument
  /**
   * To be called when the request will not read again. Its connection may be open for hours, and must not keep the
   * texts in memory.
   */
  forget(request: ReadingRequest): void
}

/** The record of a request: the same object each time it reads. */
export interface ReadingRequest {
  readonly caller: string | null
  readonly scope: string | null
  /** Left out: no router has sent it. */
  readonly isOfRouter?: boolean
  /** Left out: Aurora has accepted its credential, or it is one of the settings. */
  readonly isOfNewcomer?: boolean
}

interface ReadDocumentsOptions {
  readonly schema: GraphQLSchema
  readonly limits: QueryLimits
  readonly hasIntrospection: boolean
}

/** Measured: short names with aliases take most. Errors hold the document that they are about. */
const BYTES_PER_CHAR = 75
/** Some 150 screens of 2 KB that were asked for more than once: the screens of one company. */
const MAX_BYTES_AGAIN = 32 * 1024 * 1024
/**
 * For documents that were requested once, only the text is kept: some 4,000 screens. So a sender of many made-up
 * documents displaces no screen that is in use, and no parsed document lives until a full collection.
 */
const MAX_BYTES_ONCE = 4 * 1024 * 1024
const BYTES_PER_CHAR_ONCE = 2
/** Measured: its entry, and the places of the entry in three maps. */
const BYTES_PER_TEXT_ONCE = 300

/** All callers with a credential that Aurora has not accepted share this name. */
const NEWCOMERS: Taker = { tenant: '', holder: '' }

type Read = ReadDocument | { readonly failure: unknown }

/** The direct way reads a wrong text, and then Yoga reads it again for the same request. */
interface ReadLast {
  readonly text: string
  readonly read: Read
}

export function createReadDocuments(options: ReadDocumentsOptions): ReadDocuments {
  const again = createFairRoom<Read>({ maxBytes: MAX_BYTES_AGAIN })
  const once = createFairRoom<true>({ maxBytes: MAX_BYTES_ONCE })
  const lastOf = new WeakMap<ReadingRequest, ReadLast>()
  const readFirst = createReader(options)

  function readText(text: string, { scope, caller, isOfNewcomer }: ReadingRequest): Read {
    // Each credential that is made up would be another tenant, and among many callers with little memory none would be evicted first.
    const taker = isOfNewcomer ? NEWCOMERS : { tenant: scope ?? '', holder: caller ?? '' }
    const isNew = once.get(text) === undefined
    const read = readFirst(text, isNew)
    if (isNew)
      once.set(text, true, { bytes: text.length * BYTES_PER_CHAR_ONCE + BYTES_PER_TEXT_ONCE, ...taker })
    else {
      once.delete(text)
      again.set(text, read, { bytes: text.length * BYTES_PER_CHAR, ...taker })
    }
    return read
  }

  function find(text: string, request: ReadingRequest): Read {
    const last = lastOf.get(request)
    if (last?.text === text) return last.read
    const read = again.get(text) ?? readText(text, request)
    lastOf.set(request, { text, read })
    return read
  }

  return {
    read(text, request) {
      const read = find(text, request)
      if ('failure' in read) throw read.failure
      return read
    },
    forget: (request) => void lastOf.delete(request),
  }
}

function createReader({
  schema,
  limits,
  hasIntrospection,
}: ReadDocumentsOptions): (text: string, isNew: boolean) => Read {
  const rules: readonly ValidationRule[] = [
    ...ALL_RULES,
    ...(hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule]),
  ]
  const merged = [mergeRules(rules)]
  /**
   * The parser stops at the limit itself. If it fails, the tokens are counted to find out why, and how many there are.
   */
  function parseWithin(text: string): DocumentNode {
    try {
      return parse(text, { maxLexicalTokens: limits.tokens })
    } catch (error) {
      const excess = findExcess({ tokens: countTokens(text) }, limits)
      throw excess ? toExcessError(excess) : error
    }
  }
  return (text, isNew) => {
    try {
      const document = parseWithin(text)
      // The excess replaces the validation, because validation takes longest for documents that are too large.
      const excess = findExcess(measureDocument(document), limits)
      const errors = excess ? [toExcessError(excess)] : validate(schema, document, merged)
      return { document, errors, isNew }
    } catch (failure) {
      return { failure }
    }
  }
}
