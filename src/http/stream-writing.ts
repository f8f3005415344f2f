// What writing a stream needs: what all streams share, what each has of its own, and what a stream reports at its end.
import type { Authenticate } from '../callers/caller.ts'
import type { StreamEnd } from '../telemetry/request-record.ts'
import type { Exchange } from './exchange.ts'
import type { HttpLimits } from './limits.ts'
import type { OpenStreams } from './open-streams.ts'
import type { StreamAnswer } from './stream-answer.ts'
import type { WriteOptions } from './write-response.ts'

/** What all streams have in common. */
export interface StreamOptions extends Pick<WriteOptions, 'clock'> {
  readonly streams: OpenStreams
  readonly limits: WriteOptions['limits'] &
    Pick<HttpLimits, 'streamMaxMs' | 'heartbeatMs' | 'callerCheckMs' | 'slowReaderMs'>
  readonly authenticate: Authenticate
  /** 0 to 1; spreads in time what would otherwise happen to all streams at once. */
  readonly random: () => number
  /** Called with an error that no client caused; returns the id that the client gets. */
  onFault(error: unknown, requestId: string): string
  /** Called when a stream is opened, when an answer is written on it, and when it has ended. */
  readonly onStream?: ((what: 'opened' | 'sent' | StreamEnd) => void) | undefined
}

/** What one stream has of its own. */
export interface Writing extends Pick<WriteOptions, 'requestId' | 'isLast'> {
  readonly exchange: Exchange
  readonly answered: StreamAnswer
  /** Called once, when the client has the whole stream or has left. */
  readonly onOver: (streamed: Streamed) => void
}

/** What was sent, and why the stream has ended. */
export interface Streamed {
  readonly bytes: number
  readonly events: number
  readonly end: StreamEnd
}

/** The header fields of a stream, as names and values in turn. */
export function headOf({ answered, requestId, isLast }: Writing): string[] {
  const fields = [...answered.headers].flat()
  fields.push('x-request-id', requestId)
  if (isLast) fields.push('connection', 'close')
  return fields
}
