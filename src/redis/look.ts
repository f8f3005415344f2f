// Looks for a reply in Redis, and reads at the same time how old it is and whether it is still true.
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { CallDigest, Keys } from './keys.ts'
import { askAll } from './pipeline.ts'
import type { Pipeline } from './pipeline.ts'
import { toServerMs } from './server-clock.ts'

export interface Look {
  /** The packed reply; null if Redis has none. */
  readonly value: Buffer | null
  /** The time of Redis' clock. */
  readonly serverMs: number
  /** Monotonic time before the command was sent. */
  readonly sentAtMs: number
  /** The generation and the last entry of the stream of drops at that moment. */
  readonly newest: SharedMark | null
}

/** Adds the commands of one look; `readLook` reads their answers. */
export const addLook = (pipeline: Pipeline, keys: Keys, digest: CallDigest): Pipeline =>
  pipeline
    .getBuffer(keys.reply(digest))
    .get(keys.generation)
    .xrevrange(keys.drops, '+', '-', 'COUNT', 1)
    .time()

export function readLook([value, generation, newest, time]: readonly unknown[], sentAtMs: number): Look {
  const [entry] = newest as [string, string[]][]
  const [seconds, micros] = time as unknown[]
  return {
    value: value as Buffer | null,
    serverMs: toServerMs(seconds, micros),
    sentAtMs,
    newest: typeof generation === 'string' && entry ? { generation, id: entry[0] } : null,
  }
}

/** One look by itself; null without Redis. */
export async function lookOnce(
  { main, keys, clock }: { main: Connection; keys: Keys; clock: Clock },
  digest: CallDigest,
): Promise<Look | null> {
  const sentAtMs = clock.monotonicMs()
  const answers = await askAll(main, (pipeline) => addLook(pipeline, keys, digest))
  return answers && readLook(answers, sentAtMs)
}
