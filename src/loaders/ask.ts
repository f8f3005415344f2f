// One request's way to the middle of the line: makes calls in its name, turns replies into values or typed errors.
import type { CacheReads } from '../cache/cache.ts'
import { isGatewayError } from '../errors/errors.ts'
import { fromReply } from '../errors/from-reply.ts'
import { assertUsableId } from '../rest/call.ts'
import type { Call, Members, Reply, Terms, Upstream } from '../rest/call.ts'
import type { Endpoint, Kind } from '../rest/endpoint.ts'
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
   * What lists, or the answer to a write, have shown of an object, in this request or in the cache; costs nothing. Saves a call where it holds
   * all of `members`: counted once per object, as a second one would have been joined with the first.
   */
  readListed(kind: Kind, id: string, members: readonly string[]): Members | null
}

export function createAsk(terms: Terms, { upstream, cache }: { upstream: Upstream; cache: CacheReads }): Ask {
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
      if (isGatewayError(error) && error.code === 'RATE_LIMITED') tally.refused += 1
      throw error
    }
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
      const items = reply.value as readonly Members[]
      unindexed.set(endpoint.kind, [...(unindexed.get(endpoint.kind) ?? []), items])
      return items
    },
    readListed(kind, id, members) {
      index(kind)
      const here = seen.get(`${kind}:${id}`)
      if (here) return here
      const kept = cache.readListed(scope.key, kind, id, terms)
      if (kept && covers(kept, members)) {
        tally.saved.cache += 1
        seen.set(`${kind}:${id}`, kept)
      }
      return kept
    },
  }
}
