// Reads the touched objects of a list again, one by one.
import { allThere, atOnce, there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { ownReadOf } from '../aurora/reads.ts'
import { isGatewayError } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import { isOfOnePage } from './read-pages.ts'
import type { RequestReads } from './request-reads.ts'

export interface ReadTouchedOptions {
  readonly endpoint: Endpoint
  readonly reads: RequestReads
  /** The members of an object that the index needs. */
  readonly members: readonly string[]
}

export interface Touched {
  /** The objects that still exist. */
  readonly items: readonly Members[]
  /** The first error of an object that could not be read. */
  readonly failure: GatewayError | null
  /** The ids for which Aurora answered that there is no such object. */
  readonly gone: readonly string[]
}

const NOTHING: Touched = { items: [], failure: null, gone: [] }

/** Null if an error is of a kind for which the other objects must not be shown. */
export function readTouched(ids: readonly string[], options: ReadTouchedOptions): Soon<Touched | null> {
  const all = allThere(
    ids.map((id) =>
      whenThere(
        atOnce(() => readingOne(id, options)),
        (item): Touched => (item ? { ...NOTHING, items: [item] } : { ...NOTHING, gone: [id] }),
        (error): Touched | null => (isOfOnePage(error) ? { ...NOTHING, failure: error } : null),
      ),
    ),
  )
  return whenThere(all, (each) => {
    const read = each.filter((one) => one !== null)
    return read.length === each.length ? join(read) : null
  })
}

const join = (read: readonly Touched[]): Touched => ({
  items: read.flatMap(({ items }) => items),
  failure: read.find(({ failure }) => failure !== null)?.failure ?? null,
  gone: read.flatMap(({ gone }) => gone),
})

/**
 * Null if it is gone. The answer to a write also shows its present state. A deletion counts as long as the pages do,
 * and not only for the short time after which a look-up would repeat the call: otherwise each question would repeat it.
 */
function* readingOne(id: string, { endpoint, reads, members }: ReadTouchedOptions): Steps<Members | null> {
  const own = ownReadOf(endpoint.kind)
  const [parameter] = own?.parameters ?? []
  if (!own || parameter === undefined) throw new Error(`a ${endpoint.kind} has no read of its own`)
  const listed = reads.ask.readListed(endpoint.kind, id, members)
  if (listed && members.every((member) => Object.hasOwn(listed, member))) return listed
  if (reads.ask.isAbsent(own, { [parameter]: id })) return null
  try {
    return yield* there(reads.ask.object(own, { [parameter]: id }))
  } catch (error) {
    if (isGatewayError(error) && error.code === 'NOT_FOUND') return null
    throw error
  }
}
