// The names of everything in Redis, made in one place: prefix, form of what is stored, then what it is.
import { createHash } from 'node:crypto'
import { SAVED_REPLY_VERSION } from '../cache/saved-reply.ts'
import type { Call } from '../rest/call.ts'

/** Grows with every change to what is stored: old and new replicas, side by side during a deployment, then share nothing. */
const FORM = `1.${SAVED_REPLY_VERSION}`

export interface Keys {
  /** A stream of what writes have made untrue. */
  readonly drops: string
  /** Names the life of that stream: another one after Redis has lost its data. */
  readonly generation: string
  /** A stream of flights that have ended. */
  readonly completions: string
  reply(digest: CallDigest): string
  flight(digest: CallDigest): string
  /** The slots of one key, or of one operation of it. */
  pool(name: string): string
}

/** Of a call's key, which holds ids and may be long: 64 hex digits. */
export type CallDigest = string & { readonly brand: 'CallDigest' }

export const createKeys = (prefix: string): Keys => {
  const begin = `${prefix}${FORM}:`
  return {
    drops: `${begin}drops`,
    generation: `${begin}generation`,
    // The older name stays in Redis: a new form would part old and new replicas during a deployment.
    completions: `${begin}landings`,
    reply: (digest) => `${begin}reply:${digest}`,
    pool: (name) => `${begin}pool:${name}`,
    flight: (digest) => `${begin}flight:${digest}`,
  }
}

export const digestOf = (call: Call): CallDigest =>
  createHash('sha256').update(call.key).digest('hex') as CallDigest
