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
  /** Why it cannot be executed: its excess, or what validation found. Empty: it can. */
  readonly errors: readonly GraphQLError[]
  /** No request before has sent its text, as far as is remembered. So nothing that is worked out for it is worth memory. */
  readonly isNew: boolean
}

export interface ReadDocuments {
  /**
   * Throws the error of a text that cannot be parsed, or has too many tokens. It takes memory in the name of the caller: who has
   * most of it loses first. A request that reads a text twice has used it once.
   */
  read(text: string, request: ReadingRequest): ReadDocument
  /** The request will not read again. Its connection may be open for hours, and must not hold what it has read. */
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
 * Of what was asked for once, the text alone stays: some 4,000 screens. Whoever sends a made-up document each time displaces no
 * screen that is in use, and makes no document live until a collection of all memory.
 */
const MAX_BYTES_ONCE = 4 * 1024 * 1024
const BYTES_PER_CHAR_ONCE = 2
/** Measured: its entry, and the places of the entry in three maps. */
const BYTES_PER_TEXT_ONCE = 300

/** All together. */
const NEWCOMERS: Taker = { tenant: '', holder: '' }

type Read = ReadDocument | { readonly failure: unknown }

/** The direct way reads a text that is wrong, and Yoga reads it again for the same request. */
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
    // Each credential that is made up would be another tenant, and of many who hold little nobody would lose before the others.
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
  /** The parser stops at the limit itself. Where it fails, the tokens are counted to find out why, and how many there are. */
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
