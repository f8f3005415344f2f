// What is counted and measured for Prometheus: a table of instruments, each with its name, its help and its labels.
import type { Registry } from 'prom-client'
import { createMakers } from './instrument-makers.ts'

/** From a healthy read to an attempt that ends after `AURORA_TIMEOUT_MS`, usually 5 s. */
const ATTEMPT_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]
/** 2 s is the usual `MAX_WAIT_MS`, 60 s the longest that `Prefer: wait` gets. */
const QUEUE_SECONDS = [0.01, 0.1, 0.5, 1, 2, 5, 15, 60]
/** From an answer out of the cache to one that waited for slots. */
const REQUEST_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export function createInstruments(registry: Registry) {
  const { counter, histogram } = createMakers(registry)
  return {
    calls: counter(
      'upstream_calls_total',
      'Attempts at Aurora; all but those with `none` were certainly counted by Aurora',
      ['operation', 'class', 'status'],
    ),
    attemptSeconds: histogram('attempt_seconds', 'How long an attempt took, to the last byte of its answer', {
      buckets: ATTEMPT_SECONDS,
      labelNames: ['operation'],
    }),
    faults: counter('faults_total', 'Attempts that brought no whole answer', ['operation', 'code']),
    saved: counter(
      'saved_total',
      'Calls that were not spent; what `extensions.upstream.saved` tells, where `listed` counts as `cache`',
      ['operation', 'by'],
    ),
    refused: counter('refused_total', 'Calls for which no slot came in time', ['operation', 'class']),
    retries: counter('retries_total', 'Reads that were sent again', ['operation']),
    pauses: counter(
      'pauses_total',
      'Answers 429 in spite of the count: another program uses the key, or the limit is lower than it is set',
    ),
    refreshes: counter(
      'refresh_failures_total',
      'Refreshes behind a stale answer that came to nothing; `RATE_LIMITED`: no slot was to spare',
      ['code'],
    ),
    unreadable: counter('unreadable_items_total', 'Items of lists that had no id and were left out', [
      'operation',
    ]),
    errors: counter('errors_total', 'Errors that clients were given, as errors or as data of a mutation', [
      'code',
    ]),
    requests: counter(
      'requests_total',
      "Requests for GraphQL, the editor's page included, by the status of their answer",
      ['status'],
    ),
    requestSeconds: histogram(
      'request_seconds',
      'How long those that were let in took, waiting for slots included',
      {
        buckets: REQUEST_SECONDS,
      },
    ),
    queueSeconds: histogram(
      'queue_seconds',
      'How long calls waited for a slot, those included that got none',
      {
        buckets: QUEUE_SECONDS,
        labelNames: ['class'],
      },
    ),
    others: counter('events_total', 'Whatever else happened that has no metric of its own', ['event']),
  }
}
