// The lines of a file of spent slots: the meaning of each, of all together, and the fewest lines with the same meaning. Pure.
import type { Stamp } from './least-elapsed.ts'

export interface SpentSlot {
  /** When its call was sent or, if it was answered, when the answer came. */
  at: Stamp
  isAnswered: boolean
}

/** The recorded state of one quota. */
export interface SpentQuota {
  readonly slots: Map<string, SpentSlot>
  /** The pause after a 429. */
  pause: { readonly forMs: number; readonly at: Stamp } | null
  /** Whether no call was answered since the last 429. */
  isUnproven: boolean
  learned: { readonly limit: number; readonly at: Stamp } | null
}

/** By the hash of its name. */
export type SpentQuotas = Map<string, SpentQuota>

/**
 * Begins the first line, before the name of the machine's run. The number is raised when older programs cannot read the
 * lines.
 */
const HEAD = 'aurora-gateway-spent 1'
const NO_BOOT_ID = '-'
/** A line without it was cut off, before its call was sent. */
const END = '.'

export const headLine = (bootId: string | null): string => `${HEAD} ${bootId ?? NO_BOOT_ID} ${END}\n`

export type SpentEvent =
  | { readonly is: 'taken' | 'answered'; readonly id: string; readonly at: Stamp }
  | { readonly is: 'neverSent'; readonly id: string }
  | { readonly is: 'paused'; readonly value: number; readonly at: Stamp }
  | { readonly is: 'learned'; readonly value: number; readonly at: Stamp }
  | { readonly is: 'resumed' }

/** Whether the line is about a slot: each call has two such lines; the others are about its key. */
export const isOfSlot = ({ is }: SpentEvent): boolean =>
  is === 'taken' || is === 'answered' || is === 'neverSent'

export function toLine(quota: string, event: SpentEvent): string {
  switch (event.is) {
    case 'taken':
    case 'answered':
      return `${event.is} ${quota} ${event.id} ${timesOf(event.at)} ${END}\n`
    case 'paused':
    case 'learned':
      return `${event.is} ${quota} ${Math.ceil(event.value)} ${timesOf(event.at)} ${END}\n`
    case 'neverSent':
      return `${event.is} ${quota} ${event.id} ${END}\n`
    case 'resumed':
      return `${event.is} ${quota} ${END}\n`
  }
}

const timesOf = ({ bootMs, wallMs }: Stamp): string => `${Math.ceil(bootMs)} ${Math.ceil(wallMs)}`

const QUOTA = /^[0-9a-f]{16}$/
const ID = /^[\w.:-]{1,80}$/
const NUMBER = /^\d{1,15}$/

/** Null for a line that was cut off or has another form. */
function readLine(line: string): { readonly quota: string; readonly event: SpentEvent } | null {
  const [is = '', quota = '', ...rest] = line.split(' ')
  if (rest.pop() !== END || !QUOTA.test(quota)) return null
  const event = readEvent(is, rest)
  return event && { quota, event }
}

function readEvent(is: string, rest: readonly string[]): SpentEvent | null {
  const [what = '', ...times] = rest
  if (is === 'resumed') return rest.length === 0 ? { is } : null
  if (is === 'neverSent') return rest.length === 1 && ID.test(what) ? { is, id: what } : null
  if (times.length !== 2 || !times.every((time) => NUMBER.test(time))) return null
  const at = { bootMs: Number(times[0]), wallMs: Number(times[1]) }
  if (is === 'taken' || is === 'answered') return ID.test(what) ? { is, id: what, at } : null
  if (is === 'paused' || is === 'learned') return NUMBER.test(what) ? { is, value: Number(what), at } : null
  return null
}

export function applyEvent(quotas: SpentQuotas, name: string, event: SpentEvent): void {
  const quota = quotas.get(name) ?? openQuota(quotas, name)
  switch (event.is) {
    case 'taken':
      quota.slots.set(event.id, { at: event.at, isAnswered: false })
      break
    case 'answered':
      quota.slots.set(event.id, { at: event.at, isAnswered: true })
      break
    case 'neverSent':
      quota.slots.delete(event.id)
      break
    case 'paused':
      quota.pause = { forMs: event.value, at: event.at }
      quota.isUnproven = true
      break
    case 'learned':
      quota.learned = { limit: event.value, at: event.at }
      break
    case 'resumed':
      quota.isUnproven = false
  }
}

function openQuota(quotas: SpentQuotas, name: string): SpentQuota {
  const quota: SpentQuota = { slots: new Map(), pause: null, isUnproven: false, learned: null }
  quotas.set(name, quota)
  return quota
}

/** The lines about keys, without those about their slots. */
export function linesOf(quotas: SpentQuotas): string {
  let text = ''
  for (const [name, { pause, isUnproven, learned }] of quotas) {
    if (pause) text += toLine(name, { is: 'paused', value: pause.forMs, at: pause.at })
    if (pause && !isUnproven) text += toLine(name, { is: 'resumed' })
    if (learned) text += toLine(name, { is: 'learned', value: learned.limit, at: learned.at })
  }
  return text
}

export interface SpentText {
  readonly bootId: string | null
  readonly quotas: SpentQuotas
}

/** Null for a file that is not one of these. Lines that are cut off or damaged are left out. */
export function readSpent(text: string): SpentText | null {
  const [head = '', ...lines] = text.split('\n')
  const bootId = new RegExp(`^${HEAD} ([\\w-]{1,64}) \\${END}$`).exec(head)?.[1]
  if (bootId === undefined) return null
  const quotas: SpentQuotas = new Map()
  for (const line of lines) {
    const read = readLine(line)
    if (read) applyEvent(quotas, read.quota, read.event)
  }
  return { bootId: bootId === NO_BOOT_ID ? null : bootId, quotas }
}
