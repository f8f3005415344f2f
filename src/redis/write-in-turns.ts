// Writes the value of a reply as JSON, a long list in turns of the event loop.
import type { Reply } from '../rest/call.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** As much as is written in a turn: it takes a quarter of a millisecond. */
const BYTES_PER_TURN = 64 * 1024

/** `bytes` is about the length of the JSON. A single object is written at once. */
export async function writeInTurns(value: Reply['value'], bytes: number): Promise<Buffer> {
  if (bytes < BYTES_PER_TURN) return Buffer.from(JSON.stringify(value))
  // Whoever waits for the reply itself is answered first.
  await nextTurn()
  if (!Array.isArray(value)) return Buffer.from(JSON.stringify(value))
  const items = value as readonly unknown[]
  const count = Math.max(1, Math.floor((items.length * BYTES_PER_TURN) / bytes))
  const parts: Buffer[] = []
  for (let from = 0; from < items.length; from += count) {
    if (from > 0) await nextTurn()
    const run = JSON.stringify(items.slice(from, from + count)).slice(1, -1)
    parts.push(Buffer.from(`${from === 0 ? '[' : ','}${run}`))
  }
  return Buffer.concat([...parts, Buffer.from(items.length === 0 ? '[]' : ']')])
}
