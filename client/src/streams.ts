// Subscriptions and live queries over Server-Sent Events. It connects again after each end that is not the end of the operation.
import { callApp } from './call-app.ts'
import { createDevice } from './device.ts'
import type { Device } from './device.ts'
import { limitedOf } from './limited.ts'
import { readEvents } from './read-events.ts'
import { notGraphQL, parseAnswer } from './parse-answer.ts'
import { headersOf } from './transport.ts'
import type { Answer, Connection, Operation } from './transport.ts'

export interface Watching {
  /** The present state comes first, at each connection. An answer without data is a refusal, and the last. */
  readonly onAnswer: (answer: Answer, isOver: boolean) => void
  /** Whether nothing more can come, as after the last state of a job. Left out, a stream goes on for ever. */
  readonly isLast?: ((answer: Answer) => boolean) | undefined
  readonly onEnd?: () => void
}

export interface Streams {
  /** Returns a function that ends it. */
  watch(operation: Operation, watching: Watching): () => void
}

/** How one connection has ended: with its operation, in good order, or otherwise. */
interface End {
  readonly is: 'over' | 'ended' | 'cut'
  /** A time that the gateway named. */
  readonly waitMs?: number
  /** The connection was good until then. */
  readonly hasAnswered?: boolean
}

/** The gateway sends something every 8 s. A network that has failed without closing the connection sends nothing. */
const SILENCE_MS = 25_000
const MAX_PAUSE_MS = 30_000

/** Request Timeout, Too Early and Too Many Requests: a repeat may succeed. A repeat after another 4xx would be refused as well. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429]

export function createStreams(
  connection: Connection,
  { device = createDevice() }: { device?: Device } = {},
): Streams {
  return {
    watch(operation, watching) {
      let isOver = false
      let cuts = 0
      let leave = (): void => {}
      const connect = async (): Promise<void> => {
        const aborting = new AbortController()
        leave = () => aborting.abort()
        const end = await readStream({ ...connection, operation, watching, device, aborting })
        if (isOver) return
        if (end.is === 'over') return watching.onEnd?.()
        cuts = end.is !== 'cut' ? 0 : end.hasAnswered ? 1 : cuts + 1
        leave = device.after((end.waitMs ?? 0) + pauseMs(device, cuts), () => void connect())
      }
      void connect()
      return () => {
        isOver = true
        leave()
      }
    },
  }
}

/** Never at once, because all clients of a gateway that ends would connect to the next one together. */
const pauseMs = ({ random }: Device, cuts: number): number =>
  Math.min(MAX_PAUSE_MS / 5, 1_000 * 2 ** Math.max(0, cuts - 1)) * (1 + 4 * random())

interface Reading extends Connection {
  readonly operation: Operation
  readonly watching: Watching
  readonly device: Device
  readonly aborting: AbortController
}

async function readStream(reading: Reading): Promise<End> {
  const { url, headers, fetch: send = fetch, operation, aborting, device } = reading
  let cancelSilence = (): void => {}
  const onBytes = (): void => {
    cancelSilence()
    cancelSilence = device.after(SILENCE_MS, () => aborting.abort())
  }
  try {
    onBytes()
    const response = await send(url, {
      method: 'POST',
      signal: aborting.signal,
      headers: {
        accept: 'text/event-stream, application/json;q=0.5',
        'content-type': 'application/json',
        ...(await headersOf(headers)),
      },
      body: JSON.stringify(operation),
    })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (!isStream) return await readWhole(response, reading)
    return response.body
      ? await readAnswers(response.body, onBytes, reading)
      : // Such as React Native's.
        show(refusalOf('This fetch reads no streams.'), reading)
  } catch {
    return { is: 'cut' }
  } finally {
    cancelSilence()
    aborting.abort()
  }
}

async function readAnswers(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
  reading: Reading,
): Promise<End> {
  const { watching, aborting } = reading
  let end: End | null = null
  let answered = 0
  await readEvents(
    body,
    ({ type, data }) => {
      if (aborting.signal.aborted) return false
      if (type === 'complete') end = { is: 'ended' }
      if (type !== 'next') return !end
      const answer = parseAnswer(data)
      if (!answer) return false
      if (isRefusal(answer)) {
        end = endOf(answer, reading, answered > 0)
        return false
      }
      answered += 1
      let isOver = false
      callApp(() => {
        isOver = watching.isLast?.(answer) ?? false
        watching.onAnswer(answer, isOver)
      })
      if (isOver) end = { is: 'over' }
      return !isOver
    },
    onBytes,
  ).catch(() => {})
  return end ?? { is: 'cut', hasAnswered: answered > 0 }
}

/** Errors beside data are those of some fields, and the gateway reads these fields again. */
const isRefusal = ({ data, errors = [] }: Answer): boolean => errors.length > 0 && !data

/** A refusal names a time, or needs another token, or is shown. */
function endOf(answer: Answer, reading: Reading, wasOpen: boolean): End {
  const limited = limitedOf(answer.errors)
  if (limited) return { is: 'ended', waitMs: limited.waitMs }
  const hasExpired = answer.errors?.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')
  if (hasExpired && wasOpen && typeof reading.headers === 'function') return { is: 'ended' }
  return show(answer, reading)
}

/** The last answer. */
function show(answer: Answer, { watching }: Reading): End {
  callApp(() => watching.onAnswer(answer, true))
  return { is: 'over' }
}

const refusalOf = (message: string) => ({ errors: [{ message }] })

/** An answer that is no stream: to an operation that is not streamed, or a refusal. */
async function readWhole(response: Response, reading: Reading): Promise<End> {
  const { status } = response
  const answer = parseAnswer(await response.text()) ?? refusalOf(notGraphQL(response))
  if (!isRefusal(answer)) return show(answer, reading)
  const isPassing = status >= 500 || PASSING_STATUSES.includes(status)
  if (isPassing && !limitedOf(answer.errors)) return { is: 'cut' }
  return endOf(answer, reading, false)
}
