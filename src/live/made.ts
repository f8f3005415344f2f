// One answer that was made for streams: its bytes, how it differs from another, and how long it is good.
import { agesOf } from '../answers/ages.ts'
import type { Ages } from '../answers/ages.ts'
import type { Mark } from '../cache/read-name.ts'
import type { UsedReply } from '../rest/terms.ts'
import type { Digest } from './digest.ts'

/** The result of executing the question. */
export interface Answered {
  /** A whole GraphQL response, as JSON. */
  readonly bytes: Uint8Array
  /** The digest of the bytes. */
  readonly digest: Digest
  readonly parts: readonly UsedReply[]
  /** Whether any request that begins now may get the same data: each part is cached, fresh, and in no doubt. */
  readonly isGood: boolean
  /** Whether it is true only at this moment, for example because a failure is shown as data. */
  readonly isSpoilt: boolean
  /** Whether no other answer can follow it. */
  readonly isLast: boolean
}

export interface Made extends Omit<Answered, 'digest'>, Pick<Digest, 'fingerprint' | 'endOfData'> {
  readonly begun: Mark
  readonly begunAtMs: number
  /** Null if it has no parts, or one of unknown age. */
  readonly ages: Ages | null
  /** Whether nothing of it has failed. */
  readonly isWhole: boolean
  /** Whether it was refused as a whole. */
  readonly isRefused: boolean
  /** Wall time; null if no field names one. */
  readonly retryAtMs: number | null
}

export interface Begun {
  readonly mark: Mark
  readonly atMs: number
}

export function toMade({ digest, ...answered }: Answered, begun: Begun): Made {
  const { fingerprint, endOfData, failures } = digest
  return {
    begun: begun.mark,
    begunAtMs: begun.atMs,
    fingerprint,
    endOfData,
    ages: agesOf(answered.parts),
    isWhole: failures === null && !answered.isSpoilt,
    isRefused: failures?.hasData === false,
    retryAtMs: failures?.retryAtMs ?? null,
    ...answered,
    // What was refused because the gateway was full is asked for again.
    isLast: answered.isLast || (failures?.hasData === false && failures.retryAtMs === null),
  }
}
