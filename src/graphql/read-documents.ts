// Reads the texts of documents: parses, measures and validates each of them once, and remembers what depends on the text alone.
import { NoSchemaIntrospectionCustomRule, parse, validate } from 'graphql'
import type { DocumentNode, GraphQLError, GraphQLSchema, ValidationRule } from 'graphql'
import { createFairRoom } from '../answers/fair-room.ts'
import type { Size } from '../answers/fair-room.ts'
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
}

export interface ReadDocuments {
  /**
   * Throws the error of a text that cannot be parsed, or has too many tokens. It takes memory in the name of the caller: who has
   * most of it loses first. A request that reads a text twice has used it once.
   */
  read(text: string, request: ReadingRequest): ReadDocument
  /** The errors of a document that was read here; null for any other. */
  errorsOf(document: DocumentNode): readonly GraphQLError[] | null
}

/** The record of a request: the same object each time it reads. */
export interface ReadingRequest {
  readonly caller: string | null
  /** Left out: no router has sent it. */
  readonly isOfRouter?: boolean
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
/** What was asked for once waits here. Whoever sends a made-up document each time displaces no screen that is in use. */
const MAX_BYTES_ONCE = 16 * 1024 * 1024

type Read = ReadDocument | { readonly failure: unknown }

interface ReadOnce {
  readonly read: Read
  /** The direct way reads a text that is wrong, and Yoga reads it again for the same request. */
  readonly by: WeakRef<ReadingRequest>
}

export function createReadDocuments(options: ReadDocumentsOptions): ReadDocuments {
  const again = createFairRoom<Read>({ maxBytes: MAX_BYTES_AGAIN })
  const once = createFairRoom<ReadOnce>({ maxBytes: MAX_BYTES_ONCE })
  const errors = new WeakMap<DocumentNode, readonly GraphQLError[]>()
  const readFirst = createReader(options)

  function find(text: string, request: ReadingRequest, size: Size): Read | undefined {
    const known = again.get(text)
    if (known) return known
    const first = once.get(text)
    if (!first) return undefined
    if (first.by.deref() === request) return first.read
    once.delete(text)
    again.set(text, first.read, size)
    return first.read
  }

  function begin(text: string, request: ReadingRequest, size: Size): Read {
    const read = readFirst(text)
    if ('document' in read) errors.set(read.document, read.errors)
    once.set(text, { read, by: new WeakRef(request) }, size)
    return read
  }

  return {
    read(text, request) {
      const size = { holder: request.caller ?? '', bytes: text.length * BYTES_PER_CHAR }
      const found = find(text, request, size) ?? begin(text, request, size)
      if ('failure' in found) throw found.failure
      return found
    },
    errorsOf: (document) => errors.get(document) ?? null,
  }
}

function createReader({ schema, limits, hasIntrospection }: ReadDocumentsOptions): (text: string) => Read {
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
  return (text) => {
    try {
      const document = parseWithin(text)
      // The excess replaces the validation, because validation takes longest for documents that are too large.
      const excess = findExcess(measureDocument(document), limits)
      return { document, errors: excess ? [toExcessError(excess)] : validate(schema, document, merged) }
    } catch (failure) {
      return { failure }
    }
  }
}
