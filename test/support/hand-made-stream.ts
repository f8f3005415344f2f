// A stream of answers that a test gives by hand, in the place of the gateway's own.
import type { AnswerStream, BrokenOff, StreamReader } from '../../src/exchange/answer-stream.ts'

export interface HandMadeStream extends AnswerStream {
  /** Gives an answer, or keeps it as the latest one until the client has taken the last. */
  give(response: unknown): void
  complete(): void
  breakOff(why: BrokenOff): void
  readonly state: 'made' | 'started' | 'stopped'
}

const toBytes = (response: unknown): Uint8Array => Buffer.from(JSON.stringify(response))

export function createHandMadeStream(first?: unknown): HandMadeStream {
  let reader: StreamReader | null = null
  let latest: Uint8Array | null = null
  let state: HandMadeStream['state'] = 'made'
  const flush = (): void => {
    if (latest === null || !reader?.isFree()) return
    const given = latest
    latest = null
    reader.next(given)
  }
  const give = (response: unknown): void => {
    latest = toBytes(response)
    if (state === 'started') flush()
  }
  return {
    kind: 'stream',
    start(given) {
      if (state !== 'made') throw new Error('A stream is started once')
      state = 'started'
      reader = given
      if (first !== undefined) give(first)
    },
    resume: flush,
    stop: () => void (state = 'stopped'),
    give,
    complete: () => reader?.complete(),
    breakOff: (why) => reader?.breakOff(why),
    get state() {
      return state
    },
  }
}
