// Asks several servers over and over which server is the primary, and follows the newest answer that can be relied on.
import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'

export interface RedisServerAddress {
  /** IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

export interface PrimaryWatch {
  /** Null until it was confirmed, and when that was too long ago to rely on. */
  primary(): RedisServerAddress | null
  /** Called when `primary` has changed, and when the same primary is named again after it was null. */
  onChange(listener: () => void): void
  /** The word for the log while there is no primary: redis-errors.ts explains it. */
  reason(): string
  /** Asks again at once, because the primary has answered that it is none, or not the right one. */
  lookNow(): void
  close(): void
}

export interface Named {
  /** Grows with every failover. */
  readonly epoch: number
  readonly address: RedisServerAddress
}

export interface Judgement {
  readonly named: Named | null
  /** So many have named it that it can be relied on. */
  readonly isConfirmed: boolean
}

export interface PrimaryWatchOptions<Answer> {
  readonly clock: Clock
  /** Those that are asked at the next look. */
  readonly clients: () => readonly Redis[]
  /** Null where there is no answer. Never rejects, and ends in a bounded time. */
  readonly ask: (client: Redis) => Promise<Answer | null>
  /** Judges the answers of one look, as far as they have come. */
  readonly judge: (answers: readonly Answer[]) => Judgement
  /** Called with all answers of a look. */
  readonly onLooked?: (answers: readonly Answer[], judgement: Judgement) => void
  readonly reason: () => string
  /** Between two looks while the primary is not confirmed; left out: as long as otherwise. */
  readonly hurriedEveryMs?: number
}

const LOOK_EVERY_MS = 500
/** A look that was asked for does not follow another one more closely: a thousand refusals at once need one. */
const LEAST_BETWEEN_MS = 20
/**
 * A replica that does not hear from most of the servers may be on the wrong side of a network that has come apart. The others keep
 * slots back for it, and mark what they serve, for a minute: after a sixth of that it relies on its primary no more.
 */
const RELIED_ON_MS = 10_000
/** Servers that were set up anew count their failovers from nothing. By then no replica relies on what they said before. */
const FORGOTTEN_AFTER_MS = 75_000

export function createPrimaryWatch<Answer>(options: PrimaryWatchOptions<Answer>): PrimaryWatch {
  const { clock, clients, ask, judge, onLooked, reason, hurriedEveryMs = LOOK_EVERY_MS } = options
  const newest = createNewest(clock)
  const listeners: (() => void)[] = []
  let told: RedisServerAddress | null = null
  let lastLookAtMs = -Infinity
  const ending = new AbortController()
  const next = createAlarm(clock, () => void look())

  function tell(): void {
    const named = newest.address()
    const isSame = named?.host === told?.host && named?.port === told?.port
    told = named
    if (!isSame && named !== null) for (const listener of listeners) listener()
  }

  async function look(): Promise<void> {
    const sentAtMs = (lastLookAtMs = clock.monotonicMs())
    const answers: Answer[] = []
    async function askOne(client: Redis): Promise<void> {
      const answer = await ask(client)
      if (ending.signal.aborted || answer === null) return
      answers.push(answer)
      // One that hangs must not hold up what the others say.
      newest.take(judge(answers))
      tell()
    }
    await Promise.all(clients().map(askOne))
    if (ending.signal.aborted) return
    // Where nobody has answered for long, there is no primary any more.
    tell()
    const judgement = judge(answers)
    onLooked?.(answers, judgement)
    const everyMs = judgement.isConfirmed ? LOOK_EVERY_MS : hurriedEveryMs
    next.setTo(sentAtMs + everyMs)
  }

  next.setTo(-Infinity)
  return {
    primary: newest.address,
    onChange: (listener) => void listeners.push(listener),
    reason,
    lookNow() {
      if (!ending.signal.aborted) next.setTo(lastLookAtMs + LEAST_BETWEEN_MS)
    },
    close() {
      ending.abort()
      next.cancel()
    },
  }
}

/** Calls once, at the earliest of the times that it is set to: looks overlap where a server hangs. */
function createAlarm(clock: Clock, call: () => void) {
  let dueAtMs = Infinity
  let cancel = (): void => {}
  return {
    setTo(atMs: number): void {
      if (atMs >= dueAtMs) return
      cancel()
      dueAtMs = atMs
      cancel = clock.after(Math.max(0, atMs - clock.monotonicMs()), () => {
        dueAtMs = Infinity
        call()
      })
    },
    cancel: (): void => cancel(),
  }
}

/** Those that have not heard of the last failover yet, and one that is cut off, name an older primary: it is never gone back to. */
function createNewest(clock: Clock) {
  let newest: Named | null = null
  let confirmedAtMs = -Infinity
  return {
    address: (): RedisServerAddress | null =>
      clock.monotonicMs() < confirmedAtMs + RELIED_ON_MS ? (newest?.address ?? null) : null,
    take({ named, isConfirmed }: Judgement): void {
      const nowMs = clock.monotonicMs()
      if (nowMs > confirmedAtMs + FORGOTTEN_AFTER_MS) newest = null
      if (named === null || (newest !== null && named.epoch < newest.epoch)) return
      newest = named
      if (isConfirmed) confirmedAtMs = nowMs
    },
  }
}
