import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeText } from '../../../src/aurora/decode-text.ts'
import { parseExactJson } from '../../../src/aurora/exact-json.ts'
import { packReply, unpackReply } from '../../../src/redis/packed-reply.ts'
import type { Reply } from '../../../src/rest/call.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

it('a reply from Redis has every digit and every mark of a broken byte that the reply had', async () => {
  const sent = Buffer.from(
    '{"id":"p-1","owner_id":9007199254740993,"x":[1e400,0.1],"name":"M\xfcller"}',
    'latin1',
  )
  const answer = buildReply(parseExactJson(decodeText(sent)) as Record<string, unknown>)
  const begun = { generation: 'g', id: '1-0' }
  const now = { monotonicMs: 2000, wallMs: 1_800_000_000_000 }

  const bytes = await packReply(buildCall(), { answer, begun, above: { design_id: ['d-1'] } }, now)
  const look = { value: bytes, newest: null, serverMs: now.wallMs, sentAtMs: now.monotonicMs }
  const found = await unpackReply(buildCall(), bytes ?? Buffer.alloc(0), look)

  expect(found?.answer).toEqual({ ...answer, tookMs: 0 })
  expect(found?.above).toEqual({ design_id: ['d-1'] })
  expect(found?.answer).toMatchObject({
    value: { owner_id: '9007199254740993', x: ['1e400', 0.1], name: 'M\udcff\udcffller' },
  })
})

it('a reply from Redis that was sent before Aurora was settled is fresh no longer than where it was asked for', async () => {
  const begun = { generation: 'g', id: '1-0' }
  const now = { monotonicMs: 3500, wallMs: 1_800_000_000_000 }
  const ageOf = async (answer: Reply) => {
    const bytes = await packReply(buildCall(), { answer, begun, above: {} }, now)
    const look = { value: bytes, newest: null, serverMs: now.wallMs, sentAtMs: now.monotonicMs }
    const found = await unpackReply(buildCall(), bytes ?? Buffer.alloc(0), look)
    const clock = createManualClock(0)
    const cache = createCache({ maxBytes: 1_000_000, clock, settleMs: 3000 })
    cache.outdate(tenantOf(buildScope().key), [{ operation: 'retrieveProject', path: { project_id: 'p-1' } }])
    await clock.advance(now.monotonicMs)
    if (found) cache.store(buildCall(), found.answer)
    return cache.read(buildCall())?.age
  }
  expect(await ageOf(buildReply({ id: 'p-1' }, { sentAtMs: 2500, answeredAtMs: 3400 }))).toBe('stale')
  expect(await ageOf(buildReply({ id: 'p-1' }, { answeredAtMs: 3400, tookMs: 900 }))).toBe('stale')
  expect(await ageOf(buildReply({ id: 'p-1' }, { sentAtMs: 3001, answeredAtMs: 3400 }))).toBe('fresh')
})

describe('a value in Redis that no replica has written', () => {
  const now = { monotonicMs: 2000, wallMs: 1_800_000_000_000 }

  /** As a true one, but for its body, which claims to have a hundred bytes. */
  async function unpack(body: string) {
    const answer = buildReply({ id: 'p-1', x: 'BODY' }, { answeredAtMs: now.monotonicMs, bytes: 100 })
    const begun = { generation: 'g', id: '1-0' }
    const packed = await packReply(buildCall(), { answer, begun, above: {} }, now)
    const text = gunzipSync(packed ?? Buffer.alloc(0)).toString()
    const value = gzipSync(text.replace('"BODY"', body))
    const look = { value, newest: null, serverMs: now.wallMs, sentAtMs: now.monotonicMs }
    return (await unpackReply(buildCall(), value, look))?.answer
  }
  const wide = (members: number): string =>
    `{${Array.from({ length: members }, (_, index) => `"m${index}":1`).join(',')}}`

  it('is not parsed where it has more members, values or levels than a body of Aurora may have', async () => {
    expect(await unpack(wide(39_000))).toBeDefined()
    expect(await unpack(wide(41_000))).toBeUndefined()
    expect(await unpack(`[${'1,'.repeat(201_000)}1]`)).toBeUndefined()
    expect(await unpack(`${'['.repeat(130_000)}${']'.repeat(130_000)}`)).toBeUndefined()
  })

  it('has no more levels than a body of Aurora, and counts with the bytes that it has', async () => {
    const deep = await unpack(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    const text = JSON.stringify(deep)
    expect(text.length).toBeLessThan(2_000)
    expect(await unpack(`"${'x'.repeat(500_000)}"`)).toMatchObject({
      bytes: expect.toSatisfy((bytes: number) => bytes > 500_000) as number,
    })
    expect(await unpack('"short"')).toMatchObject({ bytes: 100 })
  })
})
