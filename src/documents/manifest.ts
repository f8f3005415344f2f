// Trusted documents: made from an app's source before it is shipped, and requested by their id.
import { readFileSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import * as z from 'zod'
import type { Pieces } from '../turns/at-once.ts'
import { toCanonicalText } from './canonical-text.ts'

export interface TrustedDocuments {
  /** The text of a document; null for an unknown id. */
  find(id: string): string | null
  /**
   * Whether a text is one of the documents, even if it is printed differently or has the `__typename`s that clients
   * add.
   */
  has(text: string): boolean
  readonly count: number
}

export interface ManifestOptions {
  /** Null: there is no manifest. */
  readonly path: string | null
  /** Returns what is wrong with a document; null if nothing is. */
  readonly check: (text: string) => string | null
}

/** All problems together, in words for operators. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

const NO_DOCUMENTS: TrustedDocuments = { find: () => null, has: () => false, count: 0 }

/** Enough for thousands of documents. */
const MAX_BYTES = 16 * 1024 * 1024
/** More problems than this most likely have one cause. */
const MAX_PROBLEMS = 20
/** `npm run documents` makes SHA-256 in hex; other tools make other ids. */
const ID = /^[A-Za-z0-9:_-]{1,128}$/

/** The form of Apollo's tools and of `npm run documents`. */
const operationsSchema = z.looseObject({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.looseObject({ id: z.string(), body: z.string() })),
})
/** The form of Relay's compiler and others: a map from id to text. */
const mapSchema = z.record(z.string(), z.string())

/** A document takes half a millisecond to check, a large one some milliseconds. */
const DOCUMENTS_A_PIECE = 10

/** Throws a ManifestError if one of its documents could not be executed. */
export function* readManifest({ path, check }: ManifestOptions): Pieces<TrustedDocuments> {
  if (path === null) return NO_DOCUMENTS
  const texts = new Map<string, string>()
  const problems: string[] = []
  for (const [id, text] of readEntries(path)) {
    const problem = ID.test(id) ? check(text) : 'its id is not 1 to 128 letters, digits, ":", "_" or "-"'
    if (problem !== null) problems.push(`DOCUMENTS_FILE ${JSON.stringify(id.slice(0, 80))}: ${problem}`)
    texts.set(withoutAlgorithm(id), text)
    if (texts.size % DOCUMENTS_A_PIECE === 0) yield
  }
  if (problems.length > 0) throw new ManifestError(shorten(problems))
  return {
    find: (id) => texts.get(withoutAlgorithm(id)) ?? null,
    has: createTextCheck(yield* canonicalTextsOf(texts.values())),
    count: texts.size,
  }
}

/** The sum of the checked texts: a thousand of 4 KB, as some apps in several versions have. */
const MAX_CHECKED_BYTES = 8 * 1024 * 1024

/** A client sends the same few texts again and again, so each is parsed once. */
function createTextCheck(trusted: ReadonlySet<string | null>): (text: string) => boolean {
  const checked = new LRUCache<string, boolean>({
    maxSize: MAX_CHECKED_BYTES,
    sizeCalculation: (_isTrusted, text) => 2 * text.length + 1,
  })
  return (text) => {
    const known = checked.get(text)
    if (known !== undefined) return known
    const canonical = toCanonicalText(text)
    const isTrusted = canonical !== null && trusted.has(canonical)
    checked.set(text, isTrusted)
    return isTrusted
  }
}

function* canonicalTextsOf(texts: Iterable<string>): Pieces<ReadonlySet<string | null>> {
  const canonical = new Set<string | null>()
  for (const text of texts) {
    canonical.add(toCanonicalText(text))
    if (canonical.size % DOCUMENTS_A_PIECE === 0) yield
  }
  return canonical
}

function readEntries(path: string): readonly (readonly [string, string])[] {
  const bytes = readFile(path)
  if (bytes.length > MAX_BYTES) throw new ManifestError(['DOCUMENTS_FILE is larger than 16 MB'])
  let json: unknown
  try {
    // Skips a byte order mark, and throws for bytes that are not UTF-8.
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new ManifestError(['DOCUMENTS_FILE is not JSON in UTF-8'])
  }
  const operations = operationsSchema.safeParse(json)
  if (operations.success) return operations.data.operations.map(({ id, body }) => [id, body] as const)
  const map = mapSchema.safeParse(json)
  if (map.success && !('format' in map.data)) return Object.entries(map.data)
  throw new ManifestError([
    'DOCUMENTS_FILE is neither a map of ids to documents nor a manifest of Apollo’s form',
  ])
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code = 'of an unknown kind' } = error as NodeJS.ErrnoException
    throw new ManifestError([`DOCUMENTS_FILE cannot be read (${code})`])
  }
}

/** The draft on persisted documents writes the algorithm before the hash. */
const withoutAlgorithm = (id: string): string => id.replace(/^sha256:/, '')

const shorten = (problems: readonly string[]): readonly string[] =>
  problems.length <= MAX_PROBLEMS
    ? problems
    : [
        ...problems.slice(0, MAX_PROBLEMS),
        `DOCUMENTS_FILE has ${problems.length - MAX_PROBLEMS} more problems`,
      ]
