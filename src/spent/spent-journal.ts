// What this process has written and still counts: the lines themselves, so that a call costs no more memory than its
// text, and the pause and limit of each key after a 429.
import type { BootClock } from '../clock.ts'
import { DRIFT_MARGIN_MS } from '../budget/window.ts'
import { isOver } from './left-of.ts'
import type { HeldTimes } from './left-of.ts'
import { applyEvent, isOfSlot, linesOf } from './spent-lines.ts'
import type { SpentEvent, SpentQuota, SpentQuotas } from './spent-lines.ts'

export interface Journal {
  /** A pause or a lower limit may last longer than any slot, so it is kept by itself. */
  note(quota: string, event: SpentEvent): void
  /** Adds lines that are being written now. */
  add(lines: string): void
  /** Returns lines with the same meaning for now as all that were added. */
  text(): string
}

interface Piece {
  text: string
  readonly openedAtMs: number
}

/** Few pieces, which are dropped a second later than they could be. */
const PIECE_MS = 1000

export function createJournal(times: HeldTimes): Journal {
  const { bootClock, windowMs, maxFlightMs } = times
  const heldMs = PIECE_MS + windowMs + DRIFT_MARGIN_MS + maxFlightMs
  const pieces: Piece[] = []
  const quotas: SpentQuotas = new Map()
  const notedAtMs = new Map<SpentQuota, number>()

  /** A slot that was taken since may be held, so the pause and limit of its key are kept as long. */
  function forgetOver(): void {
    for (const [name, quota] of quotas)
      if (isOver(quota, bootClock.bootId, times) && isPast(notedAtMs.get(quota) ?? 0, heldMs, bootClock)) {
        quotas.delete(name)
        notedAtMs.delete(quota)
      }
    const held = pieces.findIndex(({ openedAtMs }) => !isPast(openedAtMs, heldMs, bootClock))
    pieces.splice(0, held < 0 ? pieces.length : held)
  }

  return {
    note(name, event) {
      if (!isOfSlot(event)) applyEvent(quotas, name, event)
      else if (quotas.size === 0) return
      const quota = quotas.get(name)
      if (quota) notedAtMs.set(quota, bootClock.sinceBootMs())
    },
    add(lines) {
      const last = pieces.at(-1)
      if (last && !isPast(last.openedAtMs, PIECE_MS, bootClock)) last.text += lines
      else pieces.push({ text: lines, openedAtMs: bootClock.sinceBootMs() })
    },
    text() {
      forgetOver()
      // The newest line of a kind decides, so the pieces come after the kept pauses.
      return linesOf(quotas) + pieces.map((piece) => piece.text).join('')
    },
  }
}

const isPast = (atMs: number, forMs: number, clock: BootClock): boolean => clock.sinceBootMs() - atMs >= forMs
