// The tags of which one router has not been notified yet: they are joined, sent one request at a time, and sent again until they are taken.
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'

export interface Outbox {
  /** Never waits and never throws. */
  put(tags: Iterable<string>): void
  /** Sends the waiting tags, for 800 ms at the most, and reports how much is left. */
  close(): Promise<void>
}

/** `all` stands for everything of the subgraph. */
export type Tags = readonly string[] | 'all'

/** Why a router has not taken a request: its status, or the name of an error. */
export type Outcome = { readonly isTaken: true } | { readonly isTaken: false; readonly why: string }

export interface OutboxOptions {
  /** Never rejects. */
  readonly send: (tags: Tags, signal: AbortSignal) => Promise<Outcome>
  readonly clock: Clock
  readonly emit: Emit
  readonly random: () => number
}

/** Webhooks come in bursts, and a write touches several reads, so the tags of this time are joined into one request. */
const COLLECT_MS = 50
/** Some 60 KB in one request; Apollo Router takes 2 MB. */
const MAX_TAGS_AT_ONCE = 500
/** With more tags, everything of the subgraph is named at once: some 500 KB. */
const MAX_TAGS = 5_000
const FIRST_PAUSE_MS = 1_000
/** A router that is away for long gets one request a minute. */
const MAX_PAUSE_MS = 60_000
/** How long the last requests may take together when the process ends, which it does a second after the grace of the connections. */
const CLOSING_MS = 800

export function createOutbox({ send, clock, emit, random }: OutboxOptions): Outbox {
  const ending = new AbortController()
  const { isEmpty, count, add, take } = createWaiting()
  let failures = 0
  let cancel: (() => void) | null = null
  /** The request under way. */
  let sending: Promise<boolean> | null = null
  let isClosed = false

  const schedule = (): void => {
    if (isClosed || sending !== null || cancel !== null || isEmpty()) return
    cancel = clock.after(pauseAfter(failures, random), () => {
      cancel = null
      void sendNext().then(schedule)
    })
  }
  const sendNext = (): Promise<boolean> => (sending = sendOnce().finally(() => (sending = null)))
  const sendOnce = async (): Promise<boolean> => {
    const tags = take()
    const outcome = await send(tags, ending.signal)
    if (outcome.isTaken) {
      failures = 0
      emit('routerNotified', { outcome: 'done' })
      return true
    }
    failures += 1
    add(tags)
    emit('routerNotified', { outcome: 'failed' })
    // Reported once for each time that a router is away.
    if (failures === 1) emit('routerNotNotified', { why: outcome.why })
    return false
  }
  /** At the end, a router that was away gets one more request, because no later one will come. */
  const sendAll = async (): Promise<void> => {
    if (sending) await sending
    let isTaken = true
    while (isTaken && !isEmpty() && !ending.signal.aborted) isTaken = await sendNext()
  }
  return {
    put(tags) {
      if (isClosed) return
      add(tags)
      schedule()
    },
    async close() {
      isClosed = true
      cancel?.()
      const cancelLimit = clock.after(CLOSING_MS, () => ending.abort())
      await sendAll()
      cancelLimit()
      ending.abort()
      if (!isEmpty()) emit('routerLeftBehind', { tags: count() })
    },
  }
}

/** Twice as long each time, and spread in time, so that replicas do not send together. */
function pauseAfter(failures: number, random: () => number): number {
  if (failures === 0) return COLLECT_MS
  return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.5 + random() / 2)
}

/** The waiting tags; if there are too many, they become `all`. */
function createWaiting() {
  let waiting = new Set<string>()
  let isAll = false
  const isEmpty = (): boolean => waiting.size === 0 && !isAll
  const count = (): number | 'all' => (isAll ? 'all' : waiting.size)
  const add = (tags: Tags | Iterable<string>): void => {
    if (tags === 'all') isAll = true
    else if (!isAll) for (const tag of tags) waiting.add(tag)
    if (waiting.size > MAX_TAGS) isAll = true
    if (isAll) waiting = new Set()
  }
  const take = (): Tags => {
    if (isAll) {
      isAll = false
      return 'all'
    }
    const taken = [...waiting].slice(0, MAX_TAGS_AT_ONCE)
    for (const tag of taken) waiting.delete(tag)
    return taken
  }
  return { isEmpty, count, add, take }
}
