// Parses the bytes of a JSON body: a short one at once, a long one in turns of the event loop.
import { cutDeep } from '../aurora/cut-deep.ts'
import { decodeInTurns, decodeText } from '../aurora/decode-text.ts'
import { parseExactJson } from '../aurora/exact-json.ts'
import type { Soon } from '../turns/at-once.ts'
import { nextTurn } from '../turns/next-turn.ts'
import { assertModest, isSmall } from './assert-modest.ts'
import { parseInRuns } from './parse-in-runs.ts'
import { parseInTurns } from './parse-in-turns.ts'

interface Text {
  readonly bytes: Buffer
  /** The declared media type. */
  readonly type?: string | readonly string[] | undefined
}

/** Half of a millisecond for each step with such a body. A page of 250 projects has three times as much. */
const LONG_BYTES = 64 * 1024

/** Whether each step with this body has a turn of its own, so that no request waits for all of them. */
export const isLong = (bytes: number): boolean => bytes >= LONG_BYTES

/** Rejects with a SyntaxError for what is no JSON, and with a ReplyTooWideError for what is larger than answers of Aurora are. */
export function parseBody(text: Text): Soon<unknown> {
  if (!isLong(text.bytes.length)) return parseAtOnce(text)
  return isSmall(text.bytes) ? parseInSteps(text) : parseLarge(text)
}

/** The same for a short body. */
export function parseAtOnce({ bytes, type }: Text): unknown {
  const text = decodeText(bytes, type)
  return cutDeep(text, parseExactJson(text))
}

async function parseInSteps({ bytes, type }: Text): Promise<unknown> {
  return parseInRuns(await nextTurn(decodeText(bytes, type)))
}

async function parseLarge({ bytes, type }: Text): Promise<unknown> {
  await assertModest(bytes)
  return parseInTurns(await decodeInTurns(bytes, type))
}
