// Callers of five tempers use one key for an hour of the manual clock: records each time that a refusal names, and whether it was kept.
import { setMaxListeners } from 'node:events'
import { createBudget } from '../../src/budget/budget.ts'
import type { Budget } from '../../src/budget/budget.ts'
import { countKept } from '../../src/budget/classes.ts'
import { openMemoryLedger } from '../../src/budget/ledger.ts'
import type { Permission } from '../../src/budget/ledger.ts'
import { buildScope } from './builders.ts'
import { createManualClock } from './manual-clock.ts'
import type { ManualClock } from './manual-clock.ts'
import { createRandom } from './seeded-random.ts'
import type { Random } from './seeded-random.ts'

const WINDOW_MS = 60_000
const WAIT_MS = 2000
const { budgetKey: key } = buildScope()

/** Greedy: 100 to 760 calls, back at their time. Modest: 1 to 5. Leaving: never back. Early: back before their time. */
export type Temper = 'greedy' | 'modest' | 'leaving' | 'early' | 'hammering'

export interface HourOptions {
  readonly limit: number
  readonly minutes: number
  readonly seed: number
  readonly clients: Readonly<Record<Temper, number>>
}

/** One time that a refusal has named to a client. */
export interface Told {
  readonly temper: Temper
  readonly atMs: number
  readonly toldMs: number
  /** The calls that were promised then. */
  readonly promised: number
  /** When so many were granted to it; null where the hour was over before. */
  keptAtMs: number | null
  /** When the first was. */
  firstAtMs: number | null
  /** When as many slots were free and no caller waited for them; null where that was not so before the time was kept. */
  freeAtMs: number | null
  granted: number
}

export interface HourReport {
  readonly told: readonly Told[]
  /** The share of the time in which slots were held. */
  readonly used: number
  /** Grants of each client. */
  readonly grants: ReadonlyMap<string, number>
  readonly longestWithoutMs: number
}

interface Hour {
  readonly options: HourOptions
  readonly clock: ManualClock
  readonly budget: Budget
  readonly endMs: number
  readonly told: Told[]
  readonly open: Set<Told>
  readonly grants: Map<string, number>
  longestWithoutMs: number
  waiting: number
}

export async function spendAnHour(options: HourOptions): Promise<HourReport> {
  const clock = createManualClock()
  const budget = createBudget({
    limit: options.limit,
    windowMs: WINDOW_MS,
    clock,
    openLedger: openMemoryLedger(clock),
  })
  const durationMs = options.minutes * 60_000
  const endMs = clock.monotonicMs() + durationMs
  const hour: Hour = {
    options,
    clock,
    budget,
    endMs,
    told: [],
    open: new Set(),
    grants: new Map(),
    longestWithoutMs: 0,
    waiting: 0,
  }
  let used = 0
  let looks = 0
  const look = (): void => {
    const { remaining } = budget.state(key)
    looks += 1
    used += 1 - remaining / options.limit
    const free = hour.waiting > 0 ? 0 : remaining - countKept('interactive', options.limit)
    for (const told of hour.open)
      if (told.freeAtMs === null && free >= told.promised) told.freeAtMs = clock.monotonicMs()
    if (clock.monotonicMs() < endMs) clock.after(500, look)
  }
  clock.after(250.5, look)
  let index = 0
  for (const [temper, count] of Object.entries(options.clients))
    for (let nth = 0; nth < count; nth += 1) {
      index += 1
      void beClient(hour, temper as Temper, {
        name: `${temper} ${nth}`,
        random: createRandom(options.seed * 1000 + index),
      })
    }
  await clock.advance(durationMs + 10 * WINDOW_MS)
  return {
    told: hour.told,
    used: used / looks,
    grants: hour.grants,
    longestWithoutMs: hour.longestWithoutMs,
  }
}

interface Client {
  readonly name: string
  readonly random: Random
}

const THINKS_MS: Readonly<Record<Temper, number>> = {
  greedy: 60_000,
  modest: 40_000,
  leaving: 90_000,
  early: 40_000,
  hammering: 40_000,
}

async function beClient(hour: Hour, temper: Temper, { name, random }: Client): Promise<void> {
  const { clock, endMs } = hour
  const think = (): Promise<void> => clock.sleep(THINKS_MS[temper] * (0.5 + random()))
  await clock.sleep(30_000 * random())
  for (let question = 0; clock.monotonicMs() < endMs; question += 1) {
    // Half of those who leave have a new name each time.
    const caller = temper === 'leaving' && random() < 0.5 ? `${name} ${question}` : name
    const calls = howMany(temper, random)
    let left = Array.from({ length: calls }, (_, nth) => `${name} ${question} ${nth}`)
    const toldHere: Told[] = []
    const beganMs = clock.monotonicMs()
    let visits = 0
    while (left.length > 0 && clock.monotonicMs() < endMs) {
      const request = {}
      visits += 1
      const before = left.length
      left = await visit(hour, { caller, request, left, random })
      const granted = before - left.length
      hour.grants.set(caller, (hour.grants.get(caller) ?? 0) + granted)
      for (const told of toldHere) count(hour, told, granted)
      if (temper !== 'greedy' && temper !== 'leaving' && left.length === 0)
        hour.longestWithoutMs = Math.max(hour.longestWithoutMs, clock.monotonicMs() - beganMs)
      if (left.length === 0) break
      const nowMs = clock.monotonicMs()
      const toldMs = hour.budget.comeBackAt(key, { caller, request, waitMs: WAIT_MS }, left.length)
      const told: Told = {
        temper,
        atMs: nowMs,
        toldMs,
        promised: Math.min(
          left.length,
          Math.max(1, hour.options.limit - countKept('interactive', hour.options.limit)),
        ),
        keptAtMs: null,
        firstAtMs: null,
        freeAtMs: null,
        granted: 0,
      }
      hour.told.push(told)
      hour.open.add(told)
      toldHere.push(told)
      if (temper === 'leaving') break
      if (temper === 'greedy' && visits > 12) break
      await clock.sleep(returnsInMs(temper, toldMs - nowMs, { random, isFirst: visits === 1 }))
    }
    await think()
  }
}

function count(hour: Hour, told: Told, granted: number): void {
  if (told.keptAtMs !== null) return
  told.granted += granted
  const nowMs = hour.clock.monotonicMs()
  if (granted > 0) told.firstAtMs ??= nowMs
  if (told.granted < told.promised) return
  told.keptAtMs = nowMs
  hour.open.delete(told)
}

function returnsInMs(temper: Temper, toldInMs: number, { random, isFirst }: Return): number {
  if (temper === 'hammering') return ALL_THE_TIME_MS
  // Some clients read the time, others the whole seconds.
  const inMs = random() < 0.5 ? toldInMs : Math.max(1, Math.ceil(toldInMs / 1000)) * 1000
  if (temper === 'early' && isFirst) return inMs * random()
  const networkMs = 20 + 180 * random()
  return inMs + networkMs
}

interface Return {
  readonly random: Random
  readonly isFirst: boolean
}

const ALL_THE_TIME_MS = 250

const howMany = (temper: Temper, random: Random): number => {
  if (temper === 'greedy') return 100 + Math.floor(random() * 660)
  if (temper === 'leaving')
    return random() < 0.3 ? 100 + Math.floor(random() * 660) : 1 + Math.floor(random() * 20)
  return 1 + Math.floor(random() * 5)
}

interface Visit {
  readonly caller: string
  readonly request: object
  readonly left: readonly string[]
  readonly random: Random
}

/** Makes all calls at once. Returns the refused ones when the others are answered. */
async function visit(hour: Hour, { caller, request, left, random }: Visit): Promise<string[]> {
  const { clock, budget } = hour
  const { signal } = new AbortController()
  setMaxListeners(0, signal)
  const latestMs = clock.monotonicMs() + WAIT_MS
  const answered: Promise<void>[] = []
  const permissions = await Promise.all(
    left.map(async (name) => {
      const wait = { latestMs, retryAtMs: null }
      const asked = { operation: 'retrieveProject', caller, request, callClass: 'interactive', name } as const
      hour.waiting += 1
      const permission: Permission = await budget.spend(key, { wait, signal, ...asked })
      hour.waiting -= 1
      if ('slot' in permission)
        answered.push(clock.sleep(100 * 30 ** random()).then(() => permission.slot.answered()))
      return { name, permission }
    }),
  )
  await Promise.all(answered)
  return permissions.flatMap(({ name, permission }) => ('slot' in permission ? [] : [name]))
}
