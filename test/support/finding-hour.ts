// Screens use one key for an hour of the manual clock, while a list of 5,000 is searched for the first time.
import { createBudget } from '../../src/budget/budget.ts'
import { openMemoryLedger } from '../../src/budget/ledger.ts'
import { withBudget } from '../../src/budget/with-budget.ts'
import { READS } from '../../src/aurora/reads.ts'
import { createCache } from '../../src/cache/cache.ts'
import { withCache } from '../../src/cache/with-cache.ts'
import { withSingleFlight } from '../../src/cache/with-single-flight.ts'
import { withStore } from '../../src/cache/with-store.ts'
import { isForLater } from '../../src/errors/errors.ts'
import { compose } from '../../src/gateway/line.ts'
import { createListIndexes } from '../../src/list-index/list-indexes.ts'
import type { FoundSlice, ListQuestion } from '../../src/loaders/find-in-list.ts'
import { createListEnds } from '../../src/loaders/list-ends.ts'
import { createLoaders } from '../../src/loaders/loaders.ts'
import { createPageShares } from '../../src/loaders/page-shares.ts'
import { createCall } from '../../src/rest/call.ts'
import type { Call, Reply, Upstream } from '../../src/rest/call.ts'
import type { Terms } from '../../src/rest/terms.ts'
import type { CallClass } from '../../src/telemetry/events.ts'
import { buildScope, buildTerms } from './builders.ts'
import { createManualClock } from './manual-clock.ts'
import type { ManualClock } from './manual-clock.ts'
import { buildList } from './project-list.ts'
import { createRandom } from './seeded-random.ts'

const LIMIT = 90
const WINDOW_MS = 60_000
/** From the sending of a call to its answer. */
export const CALL_MS = 300
const WAIT_MS = 2000
const PAGE_SIZE = 250
/** A screen is a read, and below it the others at once. */
const CALLS_OF_SCREEN = 9
const CLIENTS = 20

export interface FindingHourOptions {
  readonly seed: number
  readonly minutes: number
  /** The calls that the screens would make without a limit. */
  readonly callsAMinute: number
  /** How many projects are searched, once; 0: the screens are alone. */
  readonly projects: number
  /** If left out, that of any client that waits. */
  readonly callClass?: CallClass
}

export interface FindingHourReport {
  /** From the first request to the one that had everything, in the order of the first requests. */
  readonly screenMs: readonly number[]
  /** Null where the screens were alone, or the hour was over before. */
  readonly found: { readonly tookMs: number; readonly requests: number; readonly calls: number } | null
  /** What the next hundred questions, each another one, have cost. */
  readonly callsOfNext: number
  readonly mostInAnyWindow: number
}

interface Hour {
  readonly clock: ManualClock
  readonly upstream: Upstream
  readonly ask: (terms: Terms) => ReturnType<typeof createLoaders>
  readonly sent: { readonly atMs: number; readonly operation: string }[]
}

export async function searchBesideScreens(options: FindingHourOptions): Promise<FindingHourReport> {
  const { seed, minutes, callsAMinute, projects, callClass = 'interactive' } = options
  const hour = openHour(projects)
  const { clock, sent } = hour
  const endMs = clock.monotonicMs() + minutes * 60_000
  const screenMs: number[] = []
  const random = createRandom(seed)
  const everyMs = (60_000 * CALLS_OF_SCREEN) / callsAMinute
  const startScreen = (nth: number): void => {
    void beScreen(hour, nth, (tookMs) => void (screenMs[nth] = tookMs))
    // Between nothing and twice as long, so that some screens come close together.
    const nextMs = everyMs * 2 * random()
    if (clock.monotonicMs() + nextMs < endMs) clock.after(nextMs, () => startScreen(nth + 1))
  }
  startScreen(0)
  const finder = { found: null as FindingHourReport['found'], callsOfNext: 0 }
  if (projects > 0)
    clock.after((minutes * 60_000) / 2, () => {
      void search(hour, callClass).then(async (found) => {
        finder.found = found
        const before = countPages(sent)
        for (let nth = 0; nth < 100; nth += 1) await find(hour, { words: ['way', `${nth}`], callClass })
        finder.callsOfNext = countPages(sent) - before
      })
    })
  await clock.advance(minutes * 60_000 + 10 * WINDOW_MS)
  return { screenMs, ...finder, mostInAnyWindow: mostInAnyWindow(sent.map(({ atMs }) => atMs)) }
}

const countPages = (sent: Hour['sent']): number =>
  sent.filter(({ operation }) => operation === 'listProjects').length

function openHour(count: number): Hour {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 200_000_000, clock })
  const emit = (): void => {}
  const projects = buildList(count)
  const sent: Hour['sent'] = []
  const budget = createBudget({
    limit: LIMIT,
    windowMs: WINDOW_MS,
    clock,
    openLedger: openMemoryLedger(clock),
  })
  async function attempt({ endpoint, path, query }: Call): Promise<Reply> {
    const sentAtMs = clock.monotonicMs()
    sent.push({ atMs: sentAtMs, operation: endpoint.operation })
    await clock.sleep(CALL_MS)
    const from = (Number(query['page']) - 1) * PAGE_SIZE
    const value =
      endpoint.operation === 'listProjects'
        ? projects.slice(from, from + PAGE_SIZE)
        : { id: path['project_id'] ?? '' }
    return { status: 200, value, bytes: 1000, sentAtMs, answeredAtMs: clock.monotonicMs() }
  }
  const upstream = compose(
    [
      withCache({ cache, clock, emit, refreshTimeoutMs: 60_000 }),
      withSingleFlight({ cache, clock, emit, flightTimeoutMs: 60_000 }),
      withStore(cache),
      withBudget({ budget, clock, emit }),
    ],
    attempt,
  )
  const { mark, objectsSince, nameOf, haveTouched } = cache
  const shared = {
    upstream,
    cache,
    pageSize: PAGE_SIZE,
    pageShares: createPageShares(),
    listEnds: createListEnds({ clock }),
    lists: createListIndexes({
      maxBytes: 50_000_000,
      clock,
      watchTouches(scope, endpoint) {
        const begun = mark()
        return () => haveTouched(nameOf(scope, { endpoint, path: {} }), begun)
      },
      mark,
      objectsSince,
    }),
  }
  return { clock, upstream, sent, ask: (terms) => createLoaders({ ...shared, terms }) }
}

const termsOf = ({ clock }: Hour, caller: string): Terms =>
  buildTerms({
    scope: buildScope(),
    caller,
    begunAtMs: clock.monotonicMs(),
    waitUntilMs: clock.monotonicMs() + WAIT_MS,
  })

/** Comes back at the time that each refusal names, until it has everything. */
async function beScreen(hour: Hour, nth: number, onDone: (tookMs: number) => void): Promise<void> {
  const { clock } = hour
  const beganMs = clock.monotonicMs()
  for (;;) {
    const terms = termsOf(hour, `client ${nth % CLIENTS}`)
    const read = (part: number): Promise<unknown> =>
      hour.upstream(
        createCall(terms, {
          endpoint: READS.retrieveProject,
          path: { project_id: `screen-${nth}-${part}` },
          query: {},
        }),
      )
    const parts = Array.from({ length: CALLS_OF_SCREEN - 1 }, (_, index) => index + 1)
    const results = await Promise.allSettled([read(0).then(() => Promise.all(parts.map(read)))])
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    if (refused.length === 0) return onDone(clock.monotonicMs() - beganMs)
    const [error] = refused
    if (!isForLater(error)) throw error
    await clock.sleep(Math.max(1, (error.details.retryAtMs ?? 0) - clock.monotonicMs()))
  }
}

/** The first question, until its answer is complete. */
async function search(hour: Hour, callClass: CallClass): Promise<FindingHourReport['found']> {
  const { clock, sent } = hour
  const beganMs = clock.monotonicMs()
  for (let requests = 1; ; requests += 1) {
    const { isComplete, failure } = await find(hour, { words: ['auckland'], callClass })
    if (isComplete) return { tookMs: clock.monotonicMs() - beganMs, requests, calls: countPages(sent) }
    await clock.sleep(Math.max(1, (failure?.details.retryAtMs ?? 0) - clock.monotonicMs()))
  }
}

interface Search {
  readonly words: readonly string[]
  readonly callClass: CallClass
}

async function find(
  hour: Hour,
  { words, callClass }: Search,
): Promise<Pick<FoundSlice, 'isComplete' | 'failure'>> {
  const question: ListQuestion = {
    values: {},
    ranges: {},
    words,
    sort: { by: 'NAME', isDescending: false },
    limit: 20,
    isFromEnd: false,
    after: null,
    before: null,
  }
  try {
    return await hour.ask({ ...termsOf(hour, 'searcher'), callClass }).find('listProjects')(question)
  } catch (error) {
    // No call was left for the first page.
    if (!isForLater(error)) throw error
    return { isComplete: false, failure: error }
  }
}

function mostInAnyWindow(times: readonly number[]): number {
  let most = 0
  let from = 0
  for (const [index, atMs] of times.entries()) {
    while ((times[from] ?? 0) <= atMs - WINDOW_MS) from += 1
    most = Math.max(most, index - from + 1)
  }
  return most
}

/** Of sorted or unsorted times: the value that a share of them does not exceed. */
export function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
