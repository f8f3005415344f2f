// In which order long bodies are read: half of a body takes several times its bytes.
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Call } from '../../../src/rest/call.ts'
import { createReadSuccess } from '../../../src/rest/read-success.ts'
import { aWrite, buildCall } from '../../support/builders.ts'

const MAX_REPLY_BYTES = 8 * 1024 * 1024

const bodyOf = (kilobytes: number): Buffer =>
  Buffer.from(JSON.stringify({ project: { id: 'p-1', notes: Array(kilobytes).fill('n'.repeat(1021)) } }))
/** More than is read together. */
const LARGE = bodyOf(3_000)
/** Read in a few turns of the event loop, the large one in dozens. */
const LONG = bodyOf(100)
const SHORT = bodyOf(1)

/** The order in which bodies were read that had come in this order. */
async function orderOf(bodies: Readonly<Record<string, Buffer>>): Promise<readonly string[]> {
  const read = createReadSuccess({ emit: () => {}, maxReplyBytes: MAX_REPLY_BYTES })
  const order: string[] = []
  const all = Object.entries(bodies).map(async ([name, bytes]) => {
    await read(buildCall(), { status: 200, headers: {}, bytes })
    order.push(name)
  })
  await Promise.all(all)
  return order
}

describe('long bodies', () => {
  it('are read one after the other if together they would take too much memory', async () => {
    expect(await orderOf({ large: LARGE, long: LONG })).toEqual(['large', 'long'])
    expect(await orderOf({ large: gzipSync(LARGE), long: LONG })).toEqual(['large', 'long'])
    expect(await orderOf({ large: LARGE, long: gzipSync(LONG) })).toEqual(['large', 'long'])
  })

  it('do not keep short ones waiting', async () => {
    expect(await orderOf({ large: LARGE, long: LONG, short: SHORT })).toEqual(['short', 'large', 'long'])
  })

  it('are read together with others that take little', async () => {
    expect(await orderOf({ first: bodyOf(1_500), second: LONG })).toEqual(['second', 'first'])
  })

  it('of writes wait for no other', async () => {
    const read = createReadSuccess({ emit: () => {}, maxReplyBytes: MAX_REPLY_BYTES })
    const order: string[] = []
    const readAs = async (name: string, call: Call, bytes: Buffer): Promise<void> => {
      await read(call, { status: 200, headers: {}, bytes })
      order.push(name)
    }
    const write = buildCall({ endpoint: aWrite() })
    await Promise.all([readAs('read', buildCall(), LARGE), readAs('write', write, LONG)])
    expect(order).toEqual(['write', 'read'])
  })

  it('let the next one be read if one cannot be read', async () => {
    const read = createReadSuccess({ emit: () => {}, maxReplyBytes: MAX_REPLY_BYTES })
    const broken = Buffer.concat([LARGE, Buffer.from('}')])
    const packed = gzipSync(LARGE)
    const outcomes = [broken, packed.subarray(0, packed.length - 9), LONG].map(async (bytes) =>
      read(buildCall(), { status: 200, headers: {}, bytes }),
    )

    await expect(outcomes[0]).rejects.toThrow(SyntaxError)
    await expect(outcomes[1]).rejects.toThrow('unexpected end of file')
    await expect(outcomes[2]).resolves.toMatchObject({ size: LONG.length })
  })
})
