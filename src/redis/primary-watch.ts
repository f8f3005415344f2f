// Queries several servers again and again for the primary, and follows the newest reliable answer.
import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'

export interface RedisServerAddress {
  /** An IPv6 address has no brackets. */
  readonly host: string
  readonly port: number
}

export interface PrimaryWatch {
  /** Null until it was confirmed, and if the confirmation is too old. */
  primary(): RedisServerAddress | null
  /** Called when `primary` has changed, and when the same primary is named again after it was null. */
  onChange(listener: () => void): void
  /** The word for the log while there is no primary: redis-errors.ts explains it. */
  reason(): string
  /** Queries the servers at once, because the primary has answered that it is none, or not the right one. */
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
  /** Whether enough servers have named it. */
  readonly isConfirmed: boolean
}

export interface PrimaryWatchOptions<Answer> {
  readonly clock: Clock
  /** The servers that are queried at the next look. */
  readonly clients: () => readonly Redis[]
  /** Null if there is no answer. Never rejects, and ends in a limited time. */
  readonly ask: (client: Redis) => Promise<Answer | null>
  /** Judges the answers of one look, as far as they have come. */
  readonly judge: (answers: readonly Answer[]) => Judgement
  /** Called with all answers of a look. */
  readonly onLooked?: (answers: readonly Answer[], judgement: Judgement) => void
  readonly reason: () => string
  /** The time between two looks while the primary is not confirmed; left out: the usual time. */
  readonly hurriedEveryMs?: number
}

const LOOK_EVERY_MS = 500
/** The shortest time between two requested looks, because a thousand refusals at once need only one. */
const LEAST_BETWEEN_MS = 20
/**
 * A replica without answers from most of the servers may be on the wrong side of a divided network. The other replicas
 * keep slots for it, and mark what they serve, for a minute; after a sixth of that it no longer relies on its primary.
 */
const RELIED_ON_MS = 10_000
/** New servers count their failovers from 0. After this time no replica relies on earlier answers. */
const FORGOTTEN_AFTER_MS = 75_000

export function createPrimaryWatch<Answer>(options: PrimaryWatchOptions<Answer>): PrimaryWatch {
  const { clock, clients, ask, judge, onLooked, reason, hurriedEveryMs = LOOK_EVERY_MS } = options
  const newest = createNewest(clock)
  const listeners: (() => void)[] = []
  let reported: RedisServerAddress | null = null
  let lastLookAtMs = -Infinity
  const ending = new AbortController()
  const next = createAlarm(clock, () => void look())

  function report(): void {
    const named = newest.address()
    const isSame = named?.host === reported?.host && named?.port === reported?.port
    reported = named
    if (!isSame && named !== null) for (const listener of listeners) listener()
  }

  async function look(): Promise<void> {
    const sentAtMs = (lastLookAtMs = clock.monotonicMs())
    const answers: Answer[] = []
    async function askOne(client: Redis): Promise<void> {
      const answer = await ask(client)
      if (ending.signal.aborted || answer === null) return
      answers.push(answer)
      // Judged after each answer, so that a server that hangs does not hold up the others.
      newest.take(judge(answers))
      report()
    }
    await Promise.all(clients().map(askOne))
    if (ending.signal.aborted) return
    // If no server has answered for long, there is no primary any more.
    report()
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

/** Calls once, at the earliest of the times that it is set to, because looks overlap if a server hangs. */
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

/**
 * Servers that have not learned of the last failover yet, or are cut off, name an older primary, so an older one is
 * never used again.
 */
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
