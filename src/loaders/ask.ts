// One request's way to the middle of the line: makes calls in its name, turns replies into values or typed errors.
import type { Cached, CacheReads } from '../cache/cache.ts'
import { isGatewayError } from '../errors/errors.ts'
import { fromReply } from '../errors/from-reply.ts'
import { assertUsableId } from '../rest/call.ts'
import type { Call, Members, Reply, Success, Terms, Upstream } from '../rest/call.ts'
import type { Endpoint, Kind } from '../rest/endpoint.ts'
import { ENDPOINTS } from '../rest/endpoints.ts'
import type { Emit } from '../telemetry/events.ts'
import { covers } from './aurora-object.ts'
import { isReadable } from './listing.ts'

export interface Ask {
  /** Null where the endpoint says that absence is ordinary. Rejects with a GatewayError. */
  object(
    endpoint: Endpoint,
    path: Readonly<Record<string, string>>,
    query?: Readonly<Record<string, string>>,
  ): Promise<Members | null>
  list(
    endpoint: Endpoint,
    path: Readonly<Record<string, string>>,
    query?: Readonly<Record<string, string>>,
  ): Promise<readonly Members[]>
  /**
   * A list that can be done without: none where Aurora refuses it, null where it fails. Rejects with RATE_LIMITED where
   * no call is left.
   */
  tryList(endpoint: Endpoint, query: Readonly<Record<string, string>>): Promise<readonly Members[] | null>
  /** What `tryList` would bring at no cost; null where it would make a call. */
  peekList(endpoint: Endpoint, query: Readonly<Record<string, string>>): readonly Members[] | null
  /** `kept` where reading this object would make no call, `old` where only bad times would bring what there is. */
  copyOf(endpoint: Endpoint, path: Readonly<Record<string, string>>): 'kept' | 'old' | null
  /**
   * What lists, or the answer to a write, have shown of an object, in this request or in the cache; costs nothing. Saves a call where it holds
   * all of `members`: counted once per object, as a second one would have been joined with the first.
   */
  readListed(kind: Kind, id: string, members: readonly string[]): Members | null
}

export interface AskOptions {
  readonly upstream: Upstream
  readonly cache: CacheReads
  /** Hears of calls that a cached list has spared; left out where nothing is really asked. */
  readonly emit?: Emit | undefined
}

export function createAsk(terms: Terms, { upstream, cache, emit }: AskOptions): Ask {
  const { scope, tally } = terms
  const seen = new Map<string, Members>()
  /** Lists that nobody has looked anything up in yet: most requests never do. */
  const unindexed = new Map<Kind, (readonly Members[])[]>()

  function index(kind: Kind): void {
    const lists = unindexed.get(kind) ?? []
    for (const item of lists.flat().filter(isReadable)) seen.set(`${kind}:${String(item['id'])}`, item)
    unindexed.delete(kind)
  }

  async function send(endpoint: Endpoint, path: Call['path'], query: Call['query'] = {}): Promise<Reply> {
    Object.values(path).forEach(assertUsableId)
    try {
      return await upstream({ ...terms, endpoint, path, query })
    } catch (error) {
      if (isLimited(error)) tally.refused += 1
      throw error
    }
  }

  function note(endpoint: Endpoint, reply: Success): readonly Members[] {
    const items = reply.value as readonly Members[]
    unindexed.set(endpoint.kind, [...(unindexed.get(endpoint.kind) ?? []), items])
    return items
  }

  /** What would be served without a call, and without waiting. */
  function peek(endpoint: Endpoint, path: Call['path'], query: Call['query']): Cached | null {
    // `no-cache`: whatever is kept would be asked for all the same.
    if (terms.freshness.maxAgeMs === 0) return null
    const cached = cache.read({ ...terms, endpoint, path, query })
    return cached === null || cached.age === 'kept' ? null : cached
  }

  return {
    async object(endpoint, path, query) {
      const reply = await send(endpoint, path, query)
      if (reply.isSuccess) return reply.value as Members
      if (reply.status === 404 && endpoint.mayBeAbsent) return null
      throw fromReply({ ...endpoint, ...reply })
    },
    async list(endpoint, path, query) {
      const reply = await send(endpoint, path, query)
      if (!reply.isSuccess) throw fromReply({ ...endpoint, ...reply })
      return note(endpoint, reply)
    },
    async tryList(endpoint, query) {
      // Any other failure is not the answer to anybody: the reads that follow tell theirs.
      const reply = await send(endpoint, {}, query).catch((error: unknown) => {
        if (isLimited(error)) throw error
        return null
      })
      if (reply === null) return null
      return reply.isSuccess ? note(endpoint, reply) : []
    },
    peekList(endpoint, query) {
      const peeked = peek(endpoint, {}, query)
      if (peeked === null) return null
      const { key, reply, lifetime } = peeked
      const { answeredAtMs } = reply
      terms.tellUsed({ key, operation: endpoint.operation, isListed: true, answeredAtMs, lifetime })
      return reply.isSuccess ? (reply.value as readonly Members[]) : []
    },
    copyOf(endpoint, path) {
      if (peek(endpoint, path, {})) return 'kept'
      return cache.read({ ...terms, endpoint, path, query: {} }) ? 'old' : null
    },
    readListed(kind, id, members) {
      index(kind)
      const here = seen.get(`${kind}:${id}`)
      if (here) return here
      const kept = cache.readListed(scope.key, kind, id, terms)
      if (kept && covers(kept, members)) {
        tally.saved.cache += 1
        emit?.('saved', { operation: OWN_READS.get(kind) ?? kind, by: 'listed' })
        seen.set(`${kind}:${id}`, kept)
      }
      return kept
    },
  }
}

/** What a look-up in a cached list has spared: the read of the one object, where Aurora has it, else that of the list. */
const OWN_READS: ReadonlyMap<Kind, string> = new Map(
  Object.values<Endpoint>(ENDPOINTS)
    .toSorted((left, right) => Number(left.answers === 'object') - Number(right.answers === 'object'))
    .map(({ kind, operation }) => [kind, operation]),
)

const isLimited = (error: unknown): boolean => isGatewayError(error) && error.code === 'RATE_LIMITED'
