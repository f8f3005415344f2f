// Answers kept across requests, bounded in bytes: whole replies by call, and each object that a list carried by its id.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Call, Members, Reply, ScopeKey, Success } from '../rest/call.ts'
import type { Kind } from '../rest/endpoints.ts'
import { callKey, listedKey } from './cache-key.ts'
import { decideAge, LIFETIMES, NOT_FOUND_LIFETIME } from './lifetimes.ts'
import type { Age, Lifetime } from './lifetimes.ts'

export interface Cached {
  readonly reply: Reply
  readonly age: Exclude<Age, 'forgotten'>
}

export interface Cache {
  read(call: Call): Cached | null
  /** Keeps successes, and 404 for seconds. Anything else is never kept. */
  store(call: Call, reply: Reply): void
  /** The members that a fresh list carried of this object: maybe not all that there are. */
  readListed(scope: ScopeKey, kind: Kind, id: string): Members | null
}

type Entry =
  | { readonly is: 'reply'; readonly reply: Reply; readonly lifetime: Lifetime }
  | {
      readonly is: 'listed'
      readonly members: Members
      readonly storedAtMs: number
      readonly lifetime: Lifetime
    }

/** Parsed objects take about three times the bytes of their JSON (hidden classes, boxed strings, arrays). */
const BYTES_PER_JSON_BYTE = 3
/** Key, entry and list links of one entry. */
const ENTRY_BYTES = 400

/**
 * Reads never wait. Keys begin with the scope, so nothing is ever found with another credential. Values are shared
 * by all who read them and must not be changed. The least recently used leave when `maxBytes` is reached.
 */
export function createCache({ maxBytes, clock }: { maxBytes: number; clock: Clock }): Cache {
  const entries = new LRUCache<string, Entry>({ maxSize: Math.max(1, maxBytes), sizeCalculation })

  return {
    read(call) {
      const entry = entries.get(callKey(call))
      if (entry?.is !== 'reply') return null
      const age = decideAge(clock.monotonicMs() - entry.reply.answeredAtMs, entry.lifetime)
      return age === 'forgotten' ? null : { reply: entry.reply, age }
    },
    store(call, reply) {
      const { kind } = call.endpoint
      const key = callKey(call)
      const known = entries.peek(key)
      // All who joined a flight bring the same reply.
      if (known?.is === 'reply' && known.reply === reply) return
      if (reply.isSuccess) {
        entries.set(key, { is: 'reply', reply, lifetime: LIFETIMES[kind] })
        storeListed(call, reply)
      } else if (reply.status === 404) {
        entries.set(key, { is: 'reply', reply, lifetime: NOT_FOUND_LIFETIME })
      }
    },
    readListed(scope, kind, id) {
      const entry = entries.get(listedKey(scope, kind, id))
      if (entry?.is !== 'listed') return null
      return clock.monotonicMs() - entry.storedAtMs < entry.lifetime.freshMs ? entry.members : null
    },
  }

  function storeListed({ endpoint: { kind }, scope }: Call, { value, answeredAtMs }: Success): void {
    if (!Array.isArray(value)) return
    for (const members of value as readonly Members[]) {
      const key = listedKey(scope.key, kind, String(members['id']))
      entries.set(key, { is: 'listed', members, storedAtMs: answeredAtMs, lifetime: LIFETIMES[kind] })
    }
  }
}

function sizeCalculation(entry: Entry, key: string): number {
  const keyBytes = ENTRY_BYTES + key.length
  // A listed object is part of its list's reply and counted there; only its key is extra.
  if (entry.is === 'listed' || !entry.reply.isSuccess) return keyBytes
  return keyBytes + entry.reply.bytes * BYTES_PER_JSON_BYTE
}
