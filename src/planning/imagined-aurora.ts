// An Aurora that is only imagined: answers calls from the cache or out of thin air, and keeps account of those it would get.
import type { Members } from '../aurora/body.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Kind } from '../aurora/kinds.ts'
import { ALL_READS, ownReadOf } from '../aurora/reads.ts'
import { isReply } from '../cache/answer.ts'
import type { Answer } from '../cache/answer.ts'
import type { CacheReads } from '../cache/cache.ts'
import { decideUse } from '../cache/decide-use.ts'
import type { Use } from '../cache/decide-use.ts'
import { createDrops } from '../cache/drops.ts'
import type { Mark } from '../cache/drops.ts'
import type { ChangedCache } from '../cache/with-invalidation.ts'
import { GatewayError } from '../errors/errors.ts'
import type { PageName } from '../loaders/page-shares.ts'
import type { Call, NamedQuestion, Reply, Upstream } from '../rest/call.ts'
import { toRefusalError } from '../rest/refusal-error.ts'
import { isImagined } from './imagined-replies.ts'
import type { ImaginedReplies } from './imagined-replies.ts'

export interface ImaginedCall {
  readonly endpoint: Endpoint
  /** Where it was first asked for, in the answer; null where paths are not traced. */
  readonly path: readonly (string | number)[] | null
  /** Answered from the cache, or soon, so it would not be made. */
  readonly isCached: boolean
}

export interface ImaginedAurora {
  readonly upstream: Upstream
  /** What loaders and writes find kept: the true cache, looked at without a trace, under what was imagined on top. */
  readonly cache: CacheReads & ChangedCache
  /** Each different call once, in the order asked. */
  readonly calls: readonly ImaginedCall[]
  /** Resolves when more than `maxCalls` were asked; from then on nothing is answered any more. */
  readonly full: Promise<void>
}

export interface ImaginedAuroraOptions {
  readonly cache: { readonly glance: CacheReads } & Pick<ChangedCache, 'idsListed'>
  readonly replies: ImaginedReplies
  /** 0 to 1: of the objects that were looked for, how many a page of their list shows. */
  readonly foundShare: (page: PageName) => number
  readonly currentPath: () => readonly (string | number)[] | null
  /** Calls that are made already, and whose answers need no further one. */
  readonly underWay?: Iterable<Call>
  /** The next one ends it: bounds the time that a plan can take. */
  readonly maxCalls: number
}

/** Lists of the tenant that every lookup reads to the end: the object that is looked up is in them. */
const WHOLE_LISTS: ReadonlyMap<Kind, Endpoint> = new Map(
  ALL_READS.filter(
    ({ form, kind }) => form === 'whole' || (form === 'sliced' && ownReadOf(kind) === undefined),
  ).map((list) => [list.kind, list]),
)

/** Answers of one turn of the event loop: others are served in between, and what is too much is noticed early. */
const TURN = 50

const SERVED: ReadonlySet<Use> = new Set<Use>(['fresh', 'revalidated', 'accepted'])

/**
 * Answers come in the order asked, none in the turn of the event loop in which it was asked, as if every call took the
 * same time. Nothing that happens here is seen by the cache, other requests or the counters.
 */
export function createImaginedAurora(options: ImaginedAuroraOptions): ImaginedAurora {
  const { cache, replies, foundShare, currentPath, maxCalls } = options
  const calls: ImaginedCall[] = []
  const asked = new Map<string, { readonly mark: Mark; readonly result: Promise<Reply> }>()
  const underWay = new Set([...(options.underWay ?? [])].map(({ key }) => key))
  const drops = createDrops()
  const shown = new Map<string, Members>()
  /** Who was looked for before the list of their kind was there, and so has to be in it. */
  const wanted = new Map<Kind, Set<string>>()
  /** Objects whose own reads were looked for, and that a page of their list may show instead. */
  const sought = new Map<Kind, Set<string>>()
  const listedKinds = new Map<Kind, 'imagined' | 'true'>()
  let spent = 0
  const waiting: (() => void)[] = []
  let isFull = false
  let fill = (): void => {}
  const full = new Promise<void>((resolve) => void (fill = resolve))

  function later(call: Call, make: () => Answer): Promise<Reply> {
    if (waiting.length === 0) setImmediate(answerTurn)
    return new Promise((resolve, reject) => {
      // Nobody else is there to catch what is thrown when it lands.
      waiting.push(() => {
        try {
          const answer = make()
          if (!isReply(answer)) throw toRefusalError(call.endpoint, answer)
          resolve(answer)
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  function answerTurn(): void {
    if (isFull) return
    for (const answer of waiting.slice(0, TURN)) answer()
    waiting.splice(0, TURN)
    if (waiting.length > 0) setImmediate(answerTurn)
  }

  function record({ endpoint }: Call, isCached: boolean): void {
    if (isFull) return
    calls.push({ endpoint, path: currentPath(), isCached })
    spent += isCached ? 0 : 1
    isFull = spent > maxCalls
    if (isFull) fill()
  }

  function readCached(call: Call): Answer | null {
    const { endpoint, path, terms } = call
    if (drops.haveTouched({ scope: terms.scope.key, operation: endpoint.operation, path }, 0)) return null
    const cached = cache.glance.read(call)
    return cached && SERVED.has(decideUse(cached, terms)) ? cached.answer : null
  }

  function answerRead(call: Call): Promise<Reply> {
    const cached = readCached(call)
    if (cached === null && call.terms.freshness.isCacheOnly)
      throw new GatewayError('NOT_CACHED', 'Not in the cache.')
    record(call, cached !== null || underWay.has(call.key))
    return later(call, () => withWanted(call, cached))
  }

  /** Imagined links lead into true lists as well. */
  function withWanted(call: Call, cached: Answer | null): Answer {
    const { endpoint } = call
    const answer = cached ?? replies.reply(call)
    if (endpoint.answers !== 'list' || !isReply(answer)) return answer
    if (WHOLE_LISTS.get(endpoint.kind)?.operation !== endpoint.operation)
      return cached ? cached : withItems(answer, findSought(call))
    listedKinds.set(endpoint.kind, cached ? 'true' : 'imagined')
    const ids = [...(wanted.get(endpoint.kind) ?? [])].filter((id) => cached === null || isImagined(id))
    return withItems(
      answer,
      ids.map((id) => replies.item(endpoint, id)),
    )
  }

  /** None of them is on a later page too. */
  function findSought({ terms: { scope }, endpoint, path, query }: Call): readonly Members[] {
    const page = Number(query['page'] ?? 1) - 1
    const ids = Object.keys(path).length === 0 ? [...(sought.get(endpoint.kind) ?? [])] : []
    const share = foundShare({ scope: scope.key, kind: endpoint.kind, page })
    const found = ids.slice(0, Math.round(ids.length * share))
    for (const id of found) sought.get(endpoint.kind)?.delete(id)
    return found.map((id) => replies.item(endpoint, id))
  }

  function seek({ endpoint, path }: Pick<NamedQuestion, 'endpoint' | 'path'>): void {
    const ids = Object.values(path)
    const [id] = ids
    if (endpoint.answers !== 'object' || id === undefined || ids.length > 1 || isImagined(id)) return
    sought.set(endpoint.kind, (sought.get(endpoint.kind) ?? new Set()).add(id))
  }

  function findListed(kind: Kind, id: string): Members | null {
    const list = WHOLE_LISTS.get(kind)
    if (!list) return null
    const isListed = listedKinds.get(kind)
    if (isListed === 'imagined' || (isListed === 'true' && isImagined(id))) return replies.item(list, id)
    const ids = wanted.get(kind) ?? new Set()
    wanted.set(kind, ids.add(id))
    return null
  }

  return {
    calls,
    full,
    async upstream(call) {
      call.terms.signal.throwIfAborted()
      if (!isRead(call.endpoint)) {
        record(call, false)
        return later(call, () => replies.reply(call))
      }
      const { key, endpoint, path, terms } = call
      const known = asked.get(key)
      const name = { scope: terms.scope.key, operation: endpoint.operation, path }
      if (known && !drops.haveTouched(name, known.mark)) return known.result
      const result = answerRead(call)
      asked.set(key, { mark: drops.mark(), result })
      return result
    },
    cache: {
      read(question) {
        const cached = cache.glance.read(question)
        if (cached === null) seek(question)
        return cached
      },
      readListed: (scope, kind, id, terms) =>
        shown.get(`${kind}:${id}`) ?? cache.glance.readListed(scope, kind, id, terms) ?? findListed(kind, id),
      idsListed: (scope, touch) => cache.idsListed(scope, touch),
      drop: (scope, touches) => drops.add(scope, touches),
      show: (_scope, kind, { key }, reply) => void shown.set(`${kind}:${key}`, reply.value as Members),
    },
  }
}

/** In the place of as many others: a list is no longer for being looked through. */
const withItems = (list: Reply, items: readonly Members[]): Reply => {
  const others = (list.value as readonly Members[]).slice(items.length)
  return { ...list, value: [...items, ...others] }
}
