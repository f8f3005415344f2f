// One answer that was made for streams: its bytes, how it differs from another, and how long it is good.
import { hash } from 'node:crypto'
import { agesOf } from '../answers/ages.ts'
import type { Ages } from '../answers/ages.ts'
import type { Mark } from '../cache/read-name.ts'
import type { UsedReply } from '../rest/terms.ts'

/** What executing the question has brought. */
export interface Answered {
  /** A whole GraphQL response, as JSON. */
  readonly bytes: Uint8Array
  readonly parts: readonly UsedReply[]
  /** Whether any request that begins now may get the same data: each part is cached, fresh, and in no doubt. */
  readonly isGood: boolean
  /** It holds for this moment only, for example because a failure is shown as data. */
  readonly isSpoilt: boolean
  /** Nothing can follow it. */
  readonly isLast: boolean
}

export interface Made extends Answered {
  readonly begun: Mark
  readonly begunAtMs: number
  /** What is equal in two answers that need not be sent one after the other. */
  readonly fingerprint: string
  /** Where the report of what it cost begins, which does not count when two answers are compared. */
  readonly endOfData: number
  /** Null where it has no parts, or one of unknown age. */
  readonly ages: Ages | null
  /** Nothing of it has failed. */
  readonly isWhole: boolean
  /** It was refused as a whole. */
  readonly isRefused: boolean
  /** Wall time; null where no field names one. */
  readonly retryAtMs: number | null
}

export interface Begun {
  readonly mark: Mark
  readonly atMs: number
}

export function toMade(answered: Answered, begun: Begun, isEvent: boolean): Made {
  const { bytes, parts, isSpoilt } = answered
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const endOfData = endOfDataIn(text)
  const failures = readFailures(text, endOfData)
  return {
    ...answered,
    begun: begun.mark,
    begunAtMs: begun.atMs,
    fingerprint: fingerprintOf(text, { endOfData, ofParts: isEvent ? valuesOf(parts) : '' }),
    endOfData,
    ages: agesOf(parts),
    isWhole: failures === null && !isSpoilt,
    isRefused: failures?.hasData === false,
    // What was refused because the gateway was full is asked for again.
    isLast: answered.isLast || (failures?.hasData === false && failures.retryAtMs === null),
    retryAtMs: failures?.retryAtMs ?? null,
  }
}

/** `extensions` come last, and begin so: graphql/steps/present-result.ts. */
const EXTENSIONS = ',"extensions":{"upstream":'

function endOfDataIn(text: Buffer): number {
  const at = text.lastIndexOf(EXTENSIONS)
  return at < 0 ? text.length : at
}

/** What is stale counts, where it was asked for: an answer that is no longer marked as stale is news. */
function fingerprintOf(
  text: Buffer,
  { endOfData, ofParts }: { readonly endOfData: number; readonly ofParts: string },
): string {
  const freshnessAt = text.indexOf(',"freshness":', endOfData)
  const data = text.subarray(0, endOfData)
  const said = hash('sha256', isFailed(data) ? data.toString().replace(OF_ONE_ANSWER, '') : data, 'base64')
  const stale =
    freshnessAt < 0
      ? ''
      : text
          .subarray(freshnessAt)
          .toString()
          .replace(/"fetchedAt":"[^"]*"/g, '')
  return `${said}${stale}${ofParts}`
}

interface Failures {
  readonly hasData: boolean
  readonly retryAtMs: number | null
}

/** Each answer has others: it is made again at that time anyhow, and each fault has an id of its own in the log. */
const OF_ONE_ANSWER = /"(?:retryA(?:t|fter)|errorId)":(?:"[^"]*"|\d+)/g

/** The executors write `errors` before `data`. */
const ERRORS = '{"errors":'

const isFailed = (text: Buffer): boolean => text.subarray(0, ERRORS.length).toString() === ERRORS

/** Null where nothing has failed. */
function readFailures(text: Buffer, endOfData: number): Failures | null {
  if (!isFailed(text)) return null
  const said = text.subarray(0, endOfData).toString()
  const { errors, data } = JSON.parse(endOfData < text.length ? `${said}}` : said) as {
    readonly errors: readonly { readonly extensions?: { readonly retryAt?: unknown } }[]
    readonly data?: unknown
  }
  const times = errors.flatMap(({ extensions }) =>
    typeof extensions?.retryAt === 'string' ? [Date.parse(extensions.retryAt)] : [],
  )
  return { hasData: data !== undefined, retryAtMs: times.length === 0 ? null : Math.max(...times) }
}

/** Of replies, so that a change of an object is an event also where the fields that are asked for stay the same. */
function valuesOf(parts: readonly UsedReply[]): string {
  const values = parts.map(({ key, answer }) => `${key} ${valueOf(answer.deref())}`)
  return hash('sha256', [...new Set(values)].toSorted().join('\n'), 'base64')
}

const hashes = new WeakMap<object, string>()

function valueOf(answer: object | undefined): string {
  if (answer === undefined) return ''
  const known = hashes.get(answer)
  if (known !== undefined) return known
  const { status, value = null } = answer as { readonly status: number; readonly value?: unknown }
  const made = hash('sha256', JSON.stringify([status, value]), 'base64')
  hashes.set(answer, made)
  return made
}
