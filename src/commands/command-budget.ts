// The budget of the gateway for a command beside it. The calls of both are counted together.
import { createBudget } from '../budget/budget.ts'
import type { Budget } from '../budget/budget.ts'
import { createCache } from '../cache/cache.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { openShared } from '../redis/open-shared.ts'
import type { Shared } from '../redis/shared.ts'
import type { Upstream } from '../rest/call.ts'
import { createClient } from '../rest/client.ts'
import type { ClientOptions } from '../rest/client.ts'
import { ANY_FRESHNESS } from '../rest/freshness.ts'
import type { Scope } from '../rest/scope.ts'
import { createStandings } from '../rest/standings.ts'
import type { Standings } from '../rest/standings.ts'
import type { Terms } from '../rest/terms.ts'
import { takeShare } from '../spent/shares.ts'
import type { Share } from '../spent/shares.ts'
import { openSpent } from '../spent/spent.ts'
import type { Emit } from '../telemetry/events.ts'
import { createTally } from '../telemetry/tally.ts'

export interface CommandBudgetOptions {
  readonly config: Config
  readonly clock: Clock
  readonly emit: Emit
  /** Ends the waits. */
  readonly signal: AbortSignal
  /**
   * The most calls of one window that the command makes if no Redis counts its calls together with those of a gateway.
   */
  readonly share: number
  readonly limits: KeyLimits
  /** Called if a running gateway cannot count these calls, with their maximum in one window. */
  readonly onUnseen: (calls: number) => void
  readonly onHeaders?: ClientOptions['onHeaders']
}

export interface KeyLimits {
  readonly rateLimitOf: (key: Scope['budgetKey']) => number | undefined
  /** The lowest limit of the keys that the command uses. */
  readonly lowest: number
}

export interface CommandBudget {
  readonly budget: Budget
  readonly shared: Shared
  readonly standings: Standings
  /** One attempt at Aurora, which `close` counts. */
  readonly attempt: Upstream
  close(): Promise<void>
}

interface CommandCall extends Pick<Terms, 'scope' | 'caller' | 'callClass' | 'signal'> {
  readonly nowMs: number
  readonly untilMs: number
}

/** Thrown if the limit has no room for the command; its message is for people. */
export class NoRoomError extends Error {}

/**
 * Without a folder a running gateway cannot count the calls of the command, so the command makes as few calls as its
 * usual share.
 */
const UNSEEN_CALLS_PER_MINUTE = 10
const MINUTE_MS = 60_000
/** Almost none, because the replies of a command are not used again. */
const CACHE_BYTES = 1_000_000

/**
 * The terms of a call that a command makes; its notes about used replies are dropped. `untilMs` is the last moment of
 * its wait and its answer.
 */
export const createCommandTerms = ({ nowMs, untilMs, ...about }: CommandCall): Terms => ({
  ...about,
  begunAtMs: nowMs,
  deadlineAtMs: untilMs,
  waitUntilMs: untilMs,
  freshness: ANY_FRESHNESS,
  afterwards: (work) => work(),
  tally: createTally(),
  onStale: () => {},
  onUsed: () => {},
})

export const inWindow = (callsPerMinute: number, { rateWindowMs }: Pick<Config, 'rateWindowMs'>): number =>
  Math.max(1, Math.floor((callsPerMinute * rateWindowMs) / MINUTE_MS))

/** Throws a NoRoomError. */
export async function openCommandBudget(options: CommandBudgetOptions): Promise<CommandBudget> {
  const { config, clock, emit, signal, limits, onHeaders } = options
  const cache = createCache({ maxBytes: CACHE_BYTES, clock, emit })
  const standings = createStandings({ clock })
  const shared = await openShared({ ...config, cache, filed: null, clock, emit, standings, isBrought: false })
  await shared.ready()
  const share = shared.connections().length > 0 ? null : openShare(options)
  await share?.settled(signal)
  // Read now, so that it contains what a gateway has spent before it read the share: none of these slots is free when
  // the calls begin.
  const spent = openSpent({ ...config, isSimulated: false, clock, emit })
  const most = share?.calls ?? Infinity
  let sent = 0
  const budget = createBudget({
    limit: Math.min(config.rateLimit, most),
    limitOf: (key) => Math.min(limits.rateLimitOf(key) ?? config.rateLimit, most),
    windowMs: config.rateWindowMs,
    operationLimits: config.operationLimits,
    clock,
    openLedger: shared.openLedger,
    openRecord: spent?.openRecord,
  })
  const client = createClient({ ...config, clock, emit, standings, ...(onHeaders && { onHeaders }) })
  return {
    budget,
    shared,
    standings,
    attempt(call) {
      sent += 1
      return client.send(call)
    },
    async close() {
      budget.close()
      await shared.close()
      await client.close()
      spent?.close()
      share?.close(sent)
    },
  }
}

interface OpenShare extends Pick<Share, 'settled' | 'close'> {
  /** The number of calls in one window. */
  readonly calls: number
}

function openShare({ config, clock, share: wanted, limits, onUnseen }: CommandBudgetOptions): OpenShare {
  const { stateDir: folder } = config
  const calls = Math.min(wanted, Math.floor(limits.lowest / 2))
  if (calls < 1)
    throw new NoRoomError('A limit of 1 leaves nothing to this command beside a gateway: use Redis.')
  let share: Share | null = null
  try {
    share = folder === null ? null : takeShare({ ...config, folder, clock, calls })
  } catch {
    // The folder cannot be written to.
  }
  if (share === null)
    return withoutFolder(Math.min(calls, inWindow(UNSEEN_CALLS_PER_MINUTE, config)), onUnseen)
  if (share.others + calls <= limits.lowest / 2) return { ...share, calls }
  share.close(0)
  throw new NoRoomError('Other runs of this command have calls in this minute: run it again in a minute.')
}

function withoutFolder(calls: number, onUnseen: CommandBudgetOptions['onUnseen']): OpenShare {
  onUnseen(calls)
  return { calls, settled: async () => {}, close: () => {} }
}
