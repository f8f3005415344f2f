import { brotliCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeText } from '../../../src/aurora/decode-text.ts'
import { parseExactJson } from '../../../src/aurora/exact-json.ts'
import { packReply, readPacked } from '../../../src/redis/packed-reply.ts'
import type { Moment } from '../../../src/clock.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const OTHER_TENANT = '0b1f6a70-3c52-4a0e-8a55-9d1f2c3b4a5e'

const lookAt = ({ wallMs, monotonicMs }: Moment) => ({ serverMs: wallMs, sentAtMs: monotonicMs })

it('a reply from Redis has every digit and every mark of a broken byte that the reply had', async () => {
  const sent = Buffer.from(
    '{"id":"p-1","owner_id":9007199254740993,"x":[1e400,0.1],"name":"M\xfcller"}',
    'latin1',
  )
  const answer = buildReply(parseExactJson(decodeText(sent)) as Record<string, unknown>)
  const begun = { generation: 'g', id: '1-0' }
  const now = { monotonicMs: 2000, wallMs: 1_800_000_000_000 }

  const bytes = await packReply(buildCall(), { answer, begun, above: { design_id: ['d-1'] } }, now)
  const found = readPacked(buildCall(), bytes ?? Buffer.alloc(0), lookAt(now))
  const read = await found?.unpack()

  expect(read).toEqual({ ...answer, tookMs: 0 })
  expect(found?.above).toEqual({ design_id: ['d-1'] })
  expect(read).toMatchObject({
    value: { owner_id: '9007199254740993', x: ['1e400', 0.1], name: 'M\udcff\udcffller' },
  })
})

it('a reply from Redis that was sent before Aurora was settled is fresh no longer than where it was asked for', async () => {
  const begun = { generation: 'g', id: '1-0' }
  const now = { monotonicMs: 3500, wallMs: 1_800_000_000_000 }
  const ageOf = async (answer: Reply) => {
    const bytes = await packReply(buildCall(), { answer, begun, above: {} }, now)
    const found = await readPacked(buildCall(), bytes ?? Buffer.alloc(0), lookAt(now))?.unpack()
    const clock = createManualClock(0)
    const cache = createCache({ maxBytes: 1_000_000, clock, settleMs: 3000 })
    cache.outdate(tenantOf(buildScope().key), [{ operation: 'retrieveProject', path: { project_id: 'p-1' } }])
    await clock.advance(now.monotonicMs)
    if (found) cache.store(buildCall(), found)
    return cache.read(buildCall())?.age
  }
  expect(await ageOf(buildReply({ id: 'p-1' }, { sentAtMs: 2500, answeredAtMs: 3400 }))).toBe('stale')
  expect(await ageOf(buildReply({ id: 'p-1' }, { answeredAtMs: 3400, tookMs: 900 }))).toBe('stale')
  expect(await ageOf(buildReply({ id: 'p-1' }, { sentAtMs: 3001, answeredAtMs: 3400 }))).toBe('fresh')
})

it('a reply from Redis is read for its own call alone, and for no other object, page, tenant or credential', async () => {
  const begun = { generation: 'g', id: '1-0' }
  const now = { monotonicMs: 2000, wallMs: 1_800_000_000_000 }
  const packed = await packReply(buildCall(), { answer: buildReply(), begun, above: {} }, now)
  const isReadFor = (call: Call): boolean => readPacked(call, packed ?? Buffer.alloc(0), lookAt(now)) !== null
  expect(isReadFor(buildCall())).toBe(true)
  expect(isReadFor(buildCall({ path: { project_id: 'p-2' } }))).toBe(false)
  expect(isReadFor(buildCall({ query: { page: '2' } }))).toBe(false)
  expect(isReadFor(buildCall({ scope: buildScope('sk_sand_other') }))).toBe(false)
  expect(isReadFor(buildCall({ scope: buildScope(undefined, OTHER_TENANT) }))).toBe(false)
})

it('a reply from Redis is not read where it is younger than the clock of Redis, which was then set back', async () => {
  const begun = { generation: 'g', id: '1-0' }
  const now = { monotonicMs: 2000, wallMs: 1_800_000_000_000 }
  const answer = buildReply({ id: 'p-1' }, { answeredAtMs: now.monotonicMs })
  const packed = (await packReply(buildCall(), { answer, begun, above: {} }, now)) ?? Buffer.alloc(0)
  expect(readPacked(buildCall(), packed, lookAt(now))).not.toBeNull()
  expect(readPacked(buildCall(), packed, lookAt({ ...now, wallMs: now.wallMs - 1 }))).toBeNull()
})

describe('a value in Redis that no replica has written', () => {
  const now = { monotonicMs: 2000, wallMs: 1_800_000_000_000 }

  /** As a true one, but for its body, which is another one of the length that the head says, or claims to have a hundred bytes. */
  async function unpack(body: string, bytes = Buffer.byteLength(body)) {
    const answer = buildReply({ id: 'p-1', x: 'BODY' }, { answeredAtMs: now.monotonicMs, bytes: 100 })
    const begun = { generation: 'g', id: '1-0' }
    const packed = await packReply(buildCall(), { answer, begun, above: {} }, now)
    const [head = ''] = String(packed).split('\n')
    const changed = { ...(JSON.parse(head) as object), coding: 'br', bytes }
    const value = Buffer.concat([Buffer.from(`${JSON.stringify(changed)}\n`), brotliCompressSync(body)])
    return (await readPacked(buildCall(), value, lookAt(now))?.unpack()) ?? undefined
  }
  const withX = (json: string): string => `{"id":"p-1","x":${json}}`
  const wide = (members: number): string =>
    `{${Array.from({ length: members }, (_, index) => `"m${index}":1`).join(',')}}`

  it('is not parsed where it has more members, values or levels than a body of Aurora may have', async () => {
    expect(await unpack(withX(wide(39_000)))).toBeDefined()
    expect(await unpack(withX(wide(41_000)))).toBeUndefined()
    expect(await unpack(withX(`[${'1,'.repeat(201_000)}1]`))).toBeUndefined()
    expect(await unpack(withX(`${'['.repeat(130_000)}${']'.repeat(130_000)}`))).toBeUndefined()
  })

  it('has no more levels than a body of Aurora, and counts with the bytes that it has', async () => {
    const deep = await unpack(withX(`${'['.repeat(20_000)}${']'.repeat(20_000)}`))
    const text = JSON.stringify(deep)
    expect(text.length).toBeLessThan(2_000)
    expect(await unpack(withX(`"${'x'.repeat(500_000)}"`))).toMatchObject({
      bytes: expect.toSatisfy((bytes: number) => bytes > 500_000) as number,
    })
    expect(await unpack(withX('"short"'))).toMatchObject({ bytes: 100 })
  })
  it('is not read where its body is longer or shorter than its head says', async () => {
    expect(await unpack(withX('"short"'))).toBeDefined()
    expect(await unpack(withX('"short"'), 20)).toBeUndefined()
    expect(await unpack(withX(`"${'x'.repeat(10_000)}"`), 9_000)).toBeUndefined()
    expect(await unpack(withX('"short"'), 30)).toBeUndefined()
  })
})

describe('a long body', () => {
  const now = { monotonicMs: 2000, wallMs: 1_800_000_000_000 }
  const begun = { generation: 'g', id: '1-0' }
  const list = buildCall({ endpoint: READS.listProjects, path: {}, query: {} })

  async function through(value: Reply['value']) {
    const bytes = Buffer.byteLength(JSON.stringify(value))
    const answer = { ...buildReply(null, { answeredAtMs: 1000 }), value, bytes }
    const packed = await packReply(list, { answer, begun, above: {} }, now)
    const read = await readPacked(list, packed ?? Buffer.alloc(0), lookAt(now))?.unpack()
    return { packed: packed?.length ?? 0, bytes, read }
  }

  it('is compressed, written and read in turns, and has every item in its place', async () => {
    for (const count of [0, 1, 60, 1000, 8000]) {
      const items = Array.from({ length: count }, (_, index) => ({
        id: `p-${index}`,
        name: 'Müller '.repeat(8),
      }))
      const { packed, bytes, read } = await through(items)
      expect(read).toMatchObject({ value: items })
      if (bytes > 10_000) expect(packed).toBeLessThan(bytes / 3)
    }
  })

  it('of one huge item is written as well', async () => {
    const items = [{ id: 'p-1', series: Array.from({ length: 40_000 }, (_, index) => index / 7) }]
    expect((await through(items)).read).toMatchObject({ value: items })
  })
})
