// Shares of the limit that other commands take for a while, as files in the state folder: a running gateway uses that much less.
import { randomUUID } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FLIGHT_MARGIN_MS } from '../budget/ledger.ts'
import { DRIFT_MARGIN_MS } from '../budget/window.ts'
import { createBootClock } from '../clock.ts'
import type { BootClock, Clock } from '../clock.ts'
import { leastElapsedMs, stampNow } from './least-elapsed.ts'
import { makeFolder } from './make-folder.ts'

interface SharesOptions {
  readonly folder: string
  readonly clock: Clock
  readonly bootClock?: BootClock
}

export interface WatchedShares {
  /** The calls of a window that other commands have taken. */
  calls(): number
  close(): void
}

export interface Share {
  /** The calls of a window that other commands had taken before. */
  readonly others: number
  /** From then on each running gateway leaves this share free in what it takes. */
  settled(signal: AbortSignal): Promise<void>
  /** Ends the share. `used` calls of it may still count, so these stay taken for a window. */
  close(used: number): void
}

const LOOK_EVERY_MS = 1000
/** A gateway may look late while it does a long piece of work. */
const SETTLED_AFTER_MS = 2 * LOOK_EVERY_MS + 500
const RENEW_EVERY_MS = 10_000
const NAME = /^share-[0-9a-f-]{36}$/
const TEXT = /^aurora-gateway-share 1 ([\w-]{1,64}) (\d{1,6}) (\d{1,9}) (\d{1,15}) (\d{1,15}) \.$/
const NO_BOOT_ID = '-'

export interface WatchOptions extends Omit<SharesOptions, 'folder'> {
  /** Null: no command takes a share. */
  readonly folder: string | null
  readonly onChange: () => void
}

export function watchShares({ folder, onChange, ...options }: WatchOptions): WatchedShares {
  if (folder === null) return { calls: () => 0, close: () => {} }
  const { clock, bootClock = createBootClock(clock) } = options
  let calls = readShares(folder, bootClock)
  const look = (): void => {
    cancel = clock.after(LOOK_EVERY_MS, look)
    const before = calls
    calls = readShares(folder, bootClock)
    if (calls !== before) onChange()
  }
  let cancel = clock.after(LOOK_EVERY_MS, look)

  return { calls: () => calls, close: () => cancel() }
}

/** Throws if the folder cannot be written to. If this process crashes, its share ends by itself. */
export function takeShare({
  folder,
  clock,
  bootClock = createBootClock(clock),
  calls,
  rateWindowMs,
  attemptTimeoutMs,
}: SharesOptions & {
  readonly calls: number
  readonly rateWindowMs: number
  readonly attemptTimeoutMs: number
}): Share {
  const path = join(folder, `share-${randomUUID()}`)
  const heldMs = rateWindowMs + attemptTimeoutMs + FLIGHT_MARGIN_MS + DRIFT_MARGIN_MS

  function write(taken: number, forMs: number): void {
    const { bootMs, wallMs } = stampNow(bootClock)
    const times = [forMs, bootMs, wallMs].map((ms) => Math.ceil(ms)).join(' ')
    const text = `aurora-gateway-share 1 ${bootClock.bootId ?? NO_BOOT_ID} ${taken} ${times} .`
    writeFileSync(`${path}.tmp`, text, { mode: 0o600 })
    renameSync(`${path}.tmp`, path)
  }

  function renew(): void {
    cancel = clock.after(RENEW_EVERY_MS, renew)
    write(calls, 2 * RENEW_EVERY_MS + heldMs)
  }

  makeFolder(folder)
  const others = readShares(folder, bootClock)
  let cancel = (): void => {}
  renew()
  return {
    others,
    settled: (signal) => clock.sleep(SETTLED_AFTER_MS, signal),
    close(used) {
      cancel()
      if (used > 0) write(Math.min(used, calls), heldMs)
      else rmSync(path, { force: true })
    },
  }
}

/** The sum of all shares that have not ended. Ended ones are removed. */
function readShares(folder: string, bootClock: BootClock): number {
  return listShares(folder)
    .map((name) => readShare(join(folder, name), bootClock))
    .reduce((sum, calls) => sum + calls, 0)
}

function listShares(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => NAME.test(name))
  } catch {
    return []
  }
}

function readShare(path: string, bootClock: BootClock): number {
  try {
    // Only a file is read, because anything else could block the reading for ever.
    if (!lstatSync(path).isFile()) return 0
    const [, bootId = '', calls, forMs, bootMs, wallMs] = TEXT.exec(readFileSync(path, 'latin1')) ?? []
    const then = {
      bootId: bootId === NO_BOOT_ID ? null : bootId,
      bootMs: Number(bootMs),
      wallMs: Number(wallMs),
    }
    if (leastElapsedMs(then, bootClock) < Number(forMs)) return Number(calls)
    rmSync(path, { force: true })
  } catch {
    // The file was removed meanwhile, or is no share.
  }
  return 0
}
