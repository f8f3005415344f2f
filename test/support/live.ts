// A client of a live answer without a connection: it reads the stream itself, as fast as a test lets it.
import { randomUUID } from 'node:crypto'
import { expect, vi } from 'vitest'
import { isStream } from '../../src/exchange/answer-stream.ts'
import type { AnswerStream, BrokenOff, StreamReader } from '../../src/exchange/answer-stream.ts'
import type { Caller } from '../../src/callers/caller.ts'
import type { PlainRequest } from '../../src/exchange/plain-exchange.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'
import type { ManualClock } from './manual-clock.ts'
import type { AnswerError, TestGateway, UpstreamReport } from './test-gateway.ts'

export interface LiveResponse {
  readonly data?: unknown
  readonly errors?: readonly AnswerError[]
  readonly extensions?: { readonly upstream: UpstreamReport; readonly freshness?: readonly unknown[] }
}

export interface LiveClient {
  readonly stream: AnswerStream
  /** What it has read. */
  readonly got: readonly LiveResponse[]
  /** The data of what it has read since the last call of this function. */
  takeData(): unknown[]
  isComplete(): boolean
  /** Why its stream was broken off; null: it was not. */
  brokenOff(): BrokenOff | null
  /** From now on it reads nothing, until `goOn`. */
  hold(): void
  goOn(): void
}

export function readStream(stream: AnswerStream): LiveClient {
  const got: LiveResponse[] = []
  let taken = 0
  let isHeld = false
  let isComplete = false
  let brokenOff: BrokenOff | null = null
  const reader: StreamReader = {
    isFree: () => !isHeld && !isComplete && brokenOff === null,
    next(response) {
      if (!reader.isFree()) throw new Error('this client was not free')
      got.push(JSON.parse(Buffer.from(response).toString()) as LiveResponse)
    },
    complete() {
      if (isComplete || brokenOff !== null) throw new Error('the stream was ended twice')
      isComplete = true
    },
    breakOff(why) {
      if (isComplete || brokenOff !== null) throw new Error('the stream was ended twice')
      brokenOff = why
    },
  }
  stream.start(reader)
  return {
    stream,
    got,
    takeData() {
      const since = got.slice(taken).map(({ data }) => data)
      taken = got.length
      return since
    },
    isComplete: () => isComplete,
    brokenOff: () => brokenOff,
    hold: () => void (isHeld = true),
    goOn() {
      isHeld = false
      stream.resume()
    },
  }
}

export interface Watching {
  readonly variables?: object
  readonly caller?: Partial<Caller>
  readonly headers?: Readonly<Record<string, string>>
  readonly extensions?: object
  readonly acceptsStream?: boolean
}

/** The answer of the gateway to a client that takes streams, before anything is read of it. */
export async function askPlain(
  { gateway, config }: Pick<TestGateway, 'gateway' | 'config'>,
  query: string,
  { variables = {}, caller, headers = {}, extensions, acceptsStream = true }: Watching = {},
) {
  const known = await gateway.authenticate(new Headers({ host: 'localhost' }))
  if (!known && !caller?.scope) throw new Error(`the gateway refuses this caller: ${config.callerAuth}`)
  const leaving = new AbortController()
  const body = Buffer.from(JSON.stringify({ query, variables, extensions }))
  const request: PlainRequest = {
    method: 'POST',
    headers: new Headers(headers),
    bodyType: 'application/json',
    answerType: 'application/json',
    acceptsStream,
    body,
    signal: leaving.signal,
    hasLeft: () => leaving.signal.aborted,
    toRequest: () =>
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      }),
  }
  const name = { name: 'test', isReadOnly: false }
  const asking = { ...known, ...name, ...caller } as Caller
  return gateway.handlePlain(request, asking, createRequestRecord(randomUUID()))
}

export async function watch(
  gateway: Pick<TestGateway, 'gateway' | 'config'>,
  query: string,
  watching?: Watching,
): Promise<LiveClient> {
  const answered = await askPlain(gateway, query, watching)
  if (!isStream(answered)) throw new Error('this was answered once')
  return readStream(answered)
}

/** A call to the simulator has its answer long before. */
const POLLS_WITHOUT_TIME = 150

/**
 * Waits until it holds; timers that are due now go off. No time passes, unless that takes long: on a busy machine a connection may
 * be lost, and the pause before the call is sent again is one of this clock.
 */
export function eventually(clock: ManualClock, holds: () => void): Promise<void> {
  let polls = 0
  return vi.waitFor(
    async () => {
      await clock.advance((polls += 1) > POLLS_WITHOUT_TIME ? 100 : 0)
      holds()
    },
    { timeout: 100_000, interval: 5 },
  )
}

/** Until the client has read so many answers in all. */
export const untilGot = (clock: ManualClock, client: LiveClient, count: number): Promise<void> =>
  eventually(clock, () => expect(client.got.length).toBeGreaterThanOrEqual(count))
