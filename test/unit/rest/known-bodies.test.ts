// A body that comes again is not read again: the reply has the same objects. Whatever differs is read anew.
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import type { Call } from '../../../src/rest/call.ts'
import { createKnownBodies } from '../../../src/rest/known-bodies.ts'
import { createReadReply } from '../../../src/rest/read-reply.ts'
import { decompress } from '../../../src/network/read-bytes.ts'
import { buildCall, buildScope, createEventLog } from '../../support/builders.ts'

const PROJECT = JSON.stringify({ project: { id: 'p-1', name: 'Roof' } })
const LIST = JSON.stringify({ projects: [{ id: 'p-1', name: 'Roof' }, { id: 'p-2' }] })
const aList = buildCall({ endpoint: READS.listProjects, path: {}, query: { page: '1', per_page: '250' } })

interface Answered {
  readonly status?: number
  readonly type?: string
}

function open() {
  const events = createEventLog()
  const read = createReadReply({ emit: events.emit, knownBytes: 1024 * 1024 })
  return {
    events,
    async read(call: Call, bytes: Buffer | string, { status = 200, type }: Answered = {}): Promise<unknown> {
      const headers = type === undefined ? {} : { 'content-type': type }
      const reading = read(call, { status, headers, bytes: Buffer.from(bytes) })
      return (await reading).value
    },
  }
}

it('an object that comes again, byte for byte, is the same object', async () => {
  const { read } = open()
  const first = await read(buildCall(), PROJECT)
  expect(first).toEqual({ id: 'p-1', name: 'Roof' })
  expect(await read(buildCall(), PROJECT)).toBe(first)
})

it('a reply shows whether its body has come again', () => {
  const read = createReadReply({ emit: () => {}, knownBytes: 1024 * 1024 })
  const answers = [PROJECT, PROJECT, PROJECT.replace('Roof', 'Reef'), PROJECT]
  const shown = answers.map((text) =>
    read(buildCall(), { status: 200, headers: {}, bytes: Buffer.from(text) }),
  )
  expect(shown).toMatchObject([false, true, false, false].map((isAgain) => ({ isAgain })))
})

it('a list that comes again still says that more follows, in its body or in its own head', () => {
  const read = createReadReply({ emit: () => {}, knownBytes: 1024 * 1024 })
  const link = { link: '<?cursor=a>; rel="next"' }
  const shown = (
    [
      [LIST.replace(/\}$/, ',"has_more":true}'), {}],
      [LIST.replace(/\}$/, ',"has_more":true}'), {}],
      [LIST, link],
      [LIST, link],
      [LIST, {}],
    ] as const
  ).map(([text, headers]) => read(aList, { status: 200, headers, bytes: Buffer.from(text) }))
  expect(shown).toMatchObject(['more', 'more', 'more', 'more', null].map((follows) => ({ follows })))
})

it('a list that comes again has the same objects, and is another list', async () => {
  const { read } = open()
  const first = (await read(aList, LIST)) as readonly unknown[]
  const second = (await read(aList, LIST)) as readonly unknown[]
  expect(second).toEqual(first)
  expect(second).not.toBe(first)
  expect(second.every((item, index) => item === first[index])).toBe(true)
})

it('a large list that comes again has the same objects', async () => {
  const { read } = open()
  const items = Array.from({ length: 2500 }, (_, index) => ({ id: `p-${index}`, name: 'x'.repeat(100) }))
  const text = JSON.stringify({ projects: items })
  const knownBytes = 16 * text.length
  const large = createReadReply({ emit: () => {}, knownBytes })
  const body = { status: 200, headers: {}, bytes: Buffer.from(text) }
  const valueOf = async () => (await large(aList, body)).value as readonly unknown[]
  const first = await valueOf()
  const second = await valueOf()
  expect(second).toHaveLength(items.length)
  expect(second.every((item, index) => item === first[index])).toBe(true)
  expect(await read(aList, text)).toEqual(first)
})

it('a body that differs in one byte is read, and so is the one before when it comes again', async () => {
  const { read } = open()
  await read(buildCall(), PROJECT)
  expect(await read(buildCall(), PROJECT.replace('Roof', 'Reef'))).toMatchObject({ name: 'Reef' })
  expect(await read(buildCall(), PROJECT)).toMatchObject({ name: 'Roof' })
})

it('the same bytes in another character set are another text', async () => {
  const { read } = open()
  const bytes = Buffer.from(PROJECT.replace('Roof', 'R\xe9'), 'latin1')
  const named = async (charset: string) =>
    read(buildCall(), bytes, { type: `application/json; charset=${charset}` })
  expect(await named('windows-1252')).toMatchObject({ name: 'Ré' })
  expect(await named('windows-1251')).toMatchObject({ name: 'Rй' })
})

it('nothing is known for another credential, another call or another status', async () => {
  const { read } = open()
  const first = await read(buildCall(), PROJECT)
  for (const [call, answered] of [
    [buildCall({ scope: buildScope('other') }), {}],
    [buildCall({ query: { page: '1' } }), {}],
    [buildCall(), { status: 203 }],
  ] as const) {
    const other = await read(call, PROJECT, answered)
    expect(other).toEqual(first)
    expect(other).not.toBe(first)
  }
})

it('items without an id are counted each time', async () => {
  const { read, events } = open()
  const text = JSON.stringify({ projects: [{ id: 'p-1' }, { name: 'nobody' }] })
  await read(aList, text)
  await read(aList, text)
  expect(events.of('itemUnreadable').map(({ count }) => count)).toEqual([1, 1])
})

it('what cannot be read is an error each time', async () => {
  const { read } = open()
  const reading = async () => read(buildCall(), '{"project":')
  await expect(reading()).rejects.toThrow(SyntaxError)
  await expect(reading()).rejects.toThrow(SyntaxError)
})

const asBody = (bytes: Buffer) => ({ status: 200, headers: {}, bytes })
const nth = (number: number) => {
  const bytes = Buffer.from(JSON.stringify({ project: { id: `p-${number}`, name: 'x'.repeat(900) } }))
  return { call: buildCall({ path: { project_id: `p-${number}` } }), body: asBody(bytes) }
}

it('what was read last is known, and what was read long before has left', () => {
  const bodies = createKnownBodies(100_000)
  const read = { value: { id: 'p' }, unreadable: 0 }
  const isKnown = (number: number) => bodies.find(nth(number).call, nth(number).body) !== null
  for (let number = 0; number < 1000; number += 1) {
    bodies.keep(nth(number).call, nth(number).body, read)
    // One that is asked for again and again stays.
    expect(isKnown(0)).toBe(true)
  }
  const known = Array.from({ length: 1000 }, (_, number) => number).filter(isKnown)
  expect(known).toContain(999)
  expect(known.length).toBeGreaterThan(5)
  // Four times their text, since they are kept parsed as well.
  expect(known.length).toBeLessThan(25)
})

it('a body that was decompressed takes no more memory than its bytes', async () => {
  const text = Buffer.from(PROJECT)
  const bytes = await decompress(gzipSync(text), 1024)
  const around = Buffer.from(new ArrayBuffer(1024 * 1024), 1000, text.length)
  around.set(text)
  const bodies = createKnownBodies(20_000)
  for (const body of [asBody(bytes), asBody(around)]) {
    bodies.keep(buildCall(), body, { value: { id: 'p-1' }, unreadable: 0 })
    expect(bodies.find(buildCall(), asBody(text))).not.toBeNull()
  }
})
