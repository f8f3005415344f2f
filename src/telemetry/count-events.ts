// Counts the rooms' events: every call that was spent, saved or refused, and why.
import type { Registry } from 'prom-client'
import { ERROR_CODES } from '../errors/codes.ts'
import type { Emit, EventListeners } from './events.ts'
import { createInstruments } from './instruments.ts'

/** `operations` are all operations of the tables; any other name is counted as `other`. */
export function createCounting(registry: Registry, operations: ReadonlySet<string>): Emit {
  const count = createInstruments(registry)
  for (const code of Object.keys(ERROR_CODES)) count.errors.inc({ code }, 0)

  const known = (operation: string): string => (operations.has(operation) ? operation : 'other')
  const listeners: EventListeners = {
    attempted({ operation, callClass, status, durationMs }) {
      count.calls.inc({ operation: known(operation), class: callClass, status: statusClass(status) })
      count.attemptSeconds.observe({ operation: known(operation) }, durationMs / 1000)
    },
    faulted: ({ operation, code }) => count.faults.inc({ operation: known(operation), code }),
    saved: ({ operation, by }) => count.saved.inc({ operation: known(operation), by }),
    queued: ({ callClass, waitedMs }) => count.queueSeconds.observe({ class: callClass }, waitedMs / 1000),
    refused: ({ operation, callClass }) =>
      count.refused.inc({ operation: known(operation), class: callClass }),
    retried: ({ operation }) => count.retries.inc({ operation: known(operation) }),
    paused: () => count.pauses.inc(),
    revalidationFailed: ({ code }) => count.refreshes.inc({ code }),
    itemUnreadable: ({ operation, count: items }) =>
      count.unreadable.inc({ operation: known(operation) }, items),
    errorPresented: ({ code }) => count.errors.inc({ code }),
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

/** 429 is a class of its own, since none should ever come; `none` where no answer came. */
function statusClass(status: number | null): string {
  if (status === null) return 'none'
  if (status === 429) return '429'
  const hundreds = Math.floor(status / 100)
  return hundreds >= 1 && hundreds <= 5 ? `${hundreds}xx` : 'other'
}
