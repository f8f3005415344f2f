// Hours of looks at projects that others change, while a share of the webhooks is lost: calls and the worst staleness.
import { createRandom } from '../src/simulator/random.ts'
import { createManualClock } from '../test/support/manual-clock.ts'
import { openProofLine } from '../test/support/proof-line.ts'

export interface HoursOptions {
  readonly hours: number
  /** 0 to 1. */
  readonly loss: number
  /** Null: the ordinary ages hold. */
  readonly freshMs: number | null
  readonly seed?: number
}

export interface Hours {
  readonly reads: number
  readonly calls: number
  /** Of what was shown without a mark: how long it had not been so any more. */
  readonly worstStaleMs: number
  /** Of the looks, those in which it was so for some time. */
  readonly staleReads: number
  /** Of the time. */
  readonly provenShare: number
}

const PROJECTS = 40
const LOOKS_PER_MINUTE = 20
const MINUTE_MS = 60_000
/** 300 changes in eight hours. */
const CHANGES_PER_LOOK = 300 / (8 * 60 * LOOKS_PER_MINUTE)
const DELIVERY_MS = 1000

export async function passHours({ hours, loss, freshMs, seed = 1 }: HoursOptions): Promise<Hours> {
  const clock = createManualClock()
  const random = createRandom(seed, 'proof')
  const values = Array.from({ length: PROJECTS }, () => 0)
  /** When each value came. */
  const changedAtMs = Array.from({ length: PROJECTS }, () => [0])
  const numberOf = (id: string): number => Number(id.slice(2))
  const line = openProofLine({
    clock,
    freshMs,
    random: () => random.between(0, 999_999, 0) / 1_000_000,
    valueOf: (id) => values[numberOf(id)] ?? 0,
  })
  const sum = { reads: 0, worstStaleMs: 0, staleReads: 0, proven: 0 }
  const chance = (share: number): boolean => random.between(0, 999_999, 0) < share * 1_000_000
  const pick = (): number => random.between(0, PROJECTS - 1, 0)

  for (let look = 0; look < hours * 60 * LOOKS_PER_MINUTE; look += 1) {
    if (chance(CHANGES_PER_LOOK)) {
      const changed = pick()
      changedAtMs[changed]?.push(clock.monotonicMs())
      values[changed] = (values[changed] ?? 0) + 1
      if (!chance(loss)) clock.after(DELIVERY_MS, () => void line.receive(`p-${changed}`))
    }
    const number = pick()
    const shown = await line.ask(`p-${number}`)
    sum.reads += 1
    // From the first change on that is not shown.
    const sinceMs = changedAtMs[number]?.[shown.value + 1]
    if (sinceMs !== undefined && !shown.isMarked) {
      sum.staleReads += 1
      sum.worstStaleMs = Math.max(sum.worstStaleMs, clock.monotonicMs() - sinceMs)
    }
    if (line.isProven()) sum.proven += 1
    await clock.advance(MINUTE_MS / LOOKS_PER_MINUTE)
  }
  line.close()
  return { ...sum, calls: line.calls(), provenShare: sum.proven / sum.reads }
}
