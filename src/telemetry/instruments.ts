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
    ...createTotals(registry),
    calls: counter(
      'upstream_calls_total',
      'Attempts at Aurora; Aurora has certainly counted all but those with the status `none`',
      ['operation', 'class', 'status'],
    ),
    attemptSeconds: histogram('attempt_seconds', 'How long an attempt took, to the last byte of its answer', {
      buckets: ATTEMPT_SECONDS,
      labelNames: ['operation'],
    }),
    faults: counter('faults_total', 'Attempts without a whole answer', ['operation', 'code']),
    saved: counter(
      'saved_total',
      'Calls that were not needed, as in `extensions.upstream.saved`, where `listed` counts as `cache`',
      ['operation', 'by'],
    ),
    refused: counter('refused_total', 'Calls that got no slot in time', ['operation', 'class']),
    retries: counter('retries_total', 'Reads that were sent again', ['operation']),
    pauses: counter(
      'pauses_total',
      'Answers 429 in spite of the count: another program uses the key, or the limit is lower than the setting',
    ),
    refreshes: counter(
      'refresh_failures_total',
      'Revalidations of stale answers that failed; `RATE_LIMITED`: no slot could be spared',
      ['code'],
    ),
    unreadable: counter('unreadable_items_total', 'Items without an id, which lists leave out', [
      'operation',
    ]),
    errors: counter('errors_total', 'Errors in answers to clients, as errors or as data of a mutation', [
      'code',
    ]),
    requests: counter(
      'requests_total',
      "GraphQL requests and loads of the editor's page, by the status of their answer",
      ['status'],
    ),
    requestSeconds: histogram('request_seconds', 'Duration of accepted requests, including waits for slots', {
      buckets: REQUEST_SECONDS,
    }),
    reliefs: counter(
      'reliefs_total',
      'Requests that were refused and connections that were closed, because a bound of the server was reached',
      ['relief'],
    ),
    queueSeconds: histogram(
      'queue_seconds',
      'How long calls waited for a slot, including calls that got none',
      {
        buckets: QUEUE_SECONDS,
        labelNames: ['class'],
      },
    ),
    others: counter('events_total', 'Events that have no metric of their own', ['event']),
  }
}

function createStreamInstruments(registry: Registry) {
  const { counter, gauge } = createMakers(registry)
  return {
    streamsOpen: gauge('streams_open', 'Streams of answers that are open now, bounded by `STREAMS_MAX`'),
    liveWatches: gauge(
      'live_watches',
      'Different live answers that are watched now; streams that show the same share one',
    ),
    liveAnswers: counter(
      'live_answers_total',
      'How often live answers were made, once for all who watch: `first`, for a client that had none; `change`, of a reply; `retry`, of what had failed; `age`, of a reply. `equal`: it was not sent to those who had it',
      ['reason', 'outcome'],
    ),
    streamEvents: counter('stream_events_total', 'Answers that were written on streams'),
    streamEnds: counter(
      'stream_ends_total',
      'Streams that have ended: `complete`, the operation did; `life`, it was open as long as it may be; `shutdown`; `caller`, who is not known any more; `room`, there was no memory for its answers; `left`, the client closed it; `slow`, the client did not read; `fault`',
      ['end'],
    ),
  }
}

/** Over all operations, so few series that all of them can exist from the start: alerts need that. */
function createTotals(registry: Registry) {
  const { counter } = createMakers(registry)
  return {
    ...createStreamInstruments(registry),
    attempts: counter(
      'attempts_total',
      'Attempts at Aurora of all operations, by their outcome; all series exist from the start',
      ['outcome'],
    ),
    savedBy: counter(
      'saved_by_total',
      'Calls that were not needed, of all operations; all series exist from the start',
      ['by'],
    ),
    routerNotices: counter(
      'router_notices_total',
      'Requests to the invalidation endpoints of routers after changes; `failed` ones are sent again',
      ['outcome'],
    ),
    webhooks: counter(
      'webhooks_total',
      'Webhooks of Aurora by their outcome: `recorded`, `notRecorded` (other replicas could not be notified) or `refused` (wrong or no secret)',
      ['event', 'outcome'],
    ),
    proofEnds: counter(
      'proof_ends_total',
      'How often webhooks about a kind came into doubt that had provably arrived, for one tenant; `audit`, `refused` and `subscription` show that some were lost',
      ['kind', 'reason'],
    ),
    audits: counter(
      'proof_audits_total',
      'Replies that were read again and compared: `same`, changed as a webhook has `reported`, or `differs` without one',
      ['kind', 'outcome'],
    ),
  }
}
