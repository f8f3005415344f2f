// Counts the rooms' events: every call that was spent, saved or refused, and why.
import type { Registry } from 'prom-client'
import { ERROR_CODES } from '../errors/codes.ts'
import type { Emit, EventListeners, UpstreamEvents } from './events.ts'
import { createInstruments } from './instruments.ts'
import { STREAM_ENDS } from './request-record.ts'

/** `operations` are all operations of the tables; any other name is counted as `other`. */
export function createCounting(registry: Registry, operations: ReadonlySet<string>): Emit {
  const count = createInstruments(registry)
  beginAtZero(count)

  const known = (operation: string): string => (operations.has(operation) ? operation : 'other')
  const listeners: EventListeners = {
    attempted({ operation, callClass, status, code, durationMs }) {
      count.calls.inc({ operation: known(operation), class: callClass, status: statusClass(status) })
      count.attempts.inc({ outcome: outcomeOf({ status, code }) })
      count.attemptSeconds.observe({ operation: known(operation) }, durationMs / 1000)
    },
    faulted: ({ operation, code }) => count.faults.inc({ operation: known(operation), code }),
    saved({ operation, by, count: calls = 1 }) {
      count.saved.inc({ operation: known(operation), by }, calls)
      count.savedBy.inc({ by }, calls)
    },
    queued: ({ callClass, waitedMs }) => count.queueSeconds.observe({ class: callClass }, waitedMs / 1000),
    refused: ({ operation, callClass }) =>
      count.refused.inc({ operation: known(operation), class: callClass }),
    retried: ({ operation }) => count.retries.inc({ operation: known(operation) }),
    paused: () => count.pauses.inc(),
    revalidationFailed: ({ code }) => count.refreshes.inc({ code }),
    itemUnreadable: ({ operation, count: items }) =>
      count.unreadable.inc({ operation: known(operation) }, items),
    errorPresented: ({ code }) => count.errors.inc({ code }),
    webhookReceived: ({ event, outcome }) => count.webhooks.inc({ event, outcome }),
    routerNotified: ({ outcome }) => count.routerNotices.inc({ outcome }),
    proofEnded: ({ kind, reason }) => count.proofEnds.inc({ kind, reason }),
    proofAudited: ({ kind, outcome }) => count.audits.inc({ kind, outcome }),
    relieved: ({ relief }) => count.reliefs.inc({ relief }),
    streamOpened: () => count.streamsOpen.inc(),
    streamSent: () => count.streamEvents.inc(),
    streamEnded({ end }) {
      count.streamsOpen.dec()
      count.streamEnds.inc({ end })
    },
    watchBegun: () => count.liveWatches.inc(),
    watchEnded: () => count.liveWatches.dec(),
    liveAnswerMade: ({ reason, outcome }) => count.liveAnswers.inc({ reason, outcome }),
    turnedAway({ status, code }) {
      count.requests.inc({ status: statusClass(status) })
      count.errors.inc({ code })
    },
    answered({ status, durationMs }) {
      count.requests.inc({ status: statusClass(status) })
      count.requestSeconds.observe(durationMs / 1000)
    },
  }
  return (name, fact) => {
    const listen = listeners[name]
    if (listen) listen(fact)
    else count.others.inc({ event: name })
  }
}

const OUTCOMES = ['answered', 'limited', 'failed', 'abandoned'] as const
const SAVED_BY = [
  'cache',
  'listed',
  'joined',
  'stale',
] as const satisfies readonly UpstreamEvents['saved']['by'][]

/**
 * Prometheus sees a change only between two scrapes of a series, so the first event of a series that did not exist is not
 * one. The series that alerts look at (docs/metrics.md) exist from the start. Those with an operation would be thousands, so
 * alerts do not look at them.
 */
function beginAtZero({
  errors,
  attempts,
  savedBy,
  queueSeconds,
  streamEnds,
}: ReturnType<typeof createInstruments>): void {
  for (const code of Object.keys(ERROR_CODES)) errors.inc({ code }, 0)
  for (const outcome of OUTCOMES) attempts.inc({ outcome }, 0)
  for (const by of SAVED_BY) savedBy.inc({ by }, 0)
  for (const end of STREAM_ENDS) streamEnds.inc({ end }, 0)
  queueSeconds.zero({ class: 'interactive' })
}

/** `abandoned`: no client waited for the answer any more, so it is unknown whether one would have come. */
function outcomeOf({
  status,
  code,
}: Pick<UpstreamEvents['attempted'], 'status' | 'code'>): (typeof OUTCOMES)[number] {
  if (code !== null || (status !== null && status >= 500)) return 'failed'
  if (status === null) return 'abandoned'
  return status === 429 ? 'limited' : 'answered'
}

/** 429 is a class of its own, since none should ever come; `none` if no answer came. */
function statusClass(status: number | null): string {
  if (status === null) return 'none'
  if (status === 429) return '429'
  const hundreds = Math.floor(status / 100)
  return hundreds >= 1 && hundreds <= 5 ? `${hundreds}xx` : 'other'
}
