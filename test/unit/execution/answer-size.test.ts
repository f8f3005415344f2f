// What an execution makes is counted while it is made: never more text than is written, and an answer that is too large ends at once.
import fc from 'fast-check'
import { buildSchema, parse } from 'graphql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAnswerRoom, MEMORY } from '../../../src/execution/answer-size.ts'
import type { AnswerSize } from '../../../src/execution/answer-size.ts'
import { createExecute } from '../../../src/execution/execute.ts'
import { KnownText } from '../../../src/exchange/answer-data.ts'
import { AnswerTooLargeError } from '../../../src/exchange/answer-too-large.ts'
import { createPace } from '../../../src/turns/pace.ts'

const MB = 1024 * 1024
const schema = buildSchema(`
  type Query { a: Item list: [Item] words: [String] b: Item }
  type Mutation { a: Item }
  type Item { s: String n: Int f: Float on: Boolean a: Item list: [Item] words: [String] must: String! }
`)
const execute = createExecute(schema)
/** A list whose items may not be null fails as soon as one of them does. */
const executeStrict = createExecute(
  buildSchema(`
    type Query { strict: [Strict!] }
    type Strict { must: String! late: [Item] }
    type Item { n: Int }
  `),
)

/** Counts as it is told, and remembers it. */
function createCount(): AnswerSize & { text: number; memory: number } {
  const count = {
    text: 0,
    memory: 0,
    add(text: number, memory: number) {
      count.text += text
      count.memory += memory
    },
    addError: () => {},
    release: (memory: number) => void (count.memory -= memory),
    beside: () => count,
    close: () => {},
  }
  return count
}

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
beforeEach(() => void process.on('unhandledRejection', note))
afterEach(() => {
  process.off('unhandledRejection', note)
  expect(unhandled.splice(0)).toEqual([])
})

/** Promises settle, and what nobody has awaited is reported. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setImmediate(resolve)))

type Members = Record<string, unknown>
const word = fc.string({ maxLength: 12 })
const soon = (value: unknown): unknown => Promise.resolve(value)
const { item } = fc.letrec<{ item: Members | null }>((tie) => ({
  item: fc.option(
    fc.record({
      s: fc.oneof(word, word.map(soon)),
      n: fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constant(null)),
      f: fc.double({ noNaN: true, noDefaultInfinity: true }),
      on: fc.boolean(),
      a: fc.oneof({ maxDepth: 3 }, fc.constant(null), tie('item'), tie('item').map(soon)),
      list: fc.oneof({ maxDepth: 3 }, fc.constant(null), fc.array(tie('item'), { maxLength: 3 })),
      words: fc.array(fc.oneof(word, word.map(soon)), { maxLength: 4 }),
    }),
  ),
}))

const FIELDS = '__typename s n f on words other: s'
const DOCUMENT = parse(
  `{ a { ${FIELDS} a { ${FIELDS} list { ${FIELDS} a { s } } } } list { ${FIELDS} a { n } list { f } } words }`,
)

describe('text', () => {
  it('is never counted higher than what is written, and not much lower', async () => {
    await fc.assert(
      fc.asyncProperty(item, fc.array(item, { maxLength: 4 }), fc.array(word), async (a, list, words) => {
        for (const pace of [null, createPace()]) {
          const size = createCount()
          const result = await execute({ document: DOCUMENT, rootValue: { a, list, words }, size, pace })
          const written = JSON.stringify(result?.data)
          expect(size.text).toBeLessThanOrEqual(Buffer.byteLength(written))
          // Numbers, booleans and null count as one sign.
          expect(size.text).toBeGreaterThan(
            written.replaceAll(/\\.|null|true|false|[-\d.e+]+/g, '').length / 2,
          )
        }
      }),
    )
  })

  it('of objects in objects is counted exactly, where all values have one sign', async () => {
    const document = parse('{ a { n a { n a { n } } } list { n a { n } } }')
    const rootValue = { a: { n: 1, a: { n: 2, a: { n: 3 } } }, list: [{ n: 4, a: { n: 5 } }] }
    const size = createCount()
    const result = await execute({ document, rootValue, size })
    // Each item of a list counts as one sign, which it has as its comma or its bracket.
    expect(size.text).toBe(JSON.stringify(result?.data).length - 1 - rootValue.list.length)
  })

  it('of an object that is shown as before counts, and never more than is written', async () => {
    const document = parse('{ a { s n } }')
    const known = { show: () => new KnownText('{"s":"as before","n":1}') }
    await execute({ document, rootValue: { a: { s: 'x', n: 1 } } })
    const size = createCount()
    await execute({ document, rootValue: { a: { s: 'x', n: 1 } }, known, size })
    expect(size.text).toBeGreaterThanOrEqual(23)
    expect(size.text).toBeLessThanOrEqual('{"a":{"s":"as before","n":1}}'.length)
  })
})

describe('memory', () => {
  it('of objects, lists and items counts, and that of waiting only as long as something waits', async () => {
    const document = parse('{ list { a { s } } }')
    const list = Array.from({ length: 50 }, () => ({ a: { s: 'x' } }))
    const atOnce = createCount()
    await execute({ document, rootValue: { list }, size: atOnce })
    expect(atOnce.memory).toBe(101 * MEMORY.object + MEMORY.list + 50 * MEMORY.item)
    const later = createCount()
    const waiting = list.map(({ a }) => ({ a: Promise.resolve(a) }))
    const result = execute({ document, rootValue: { list: waiting }, size: later })
    expect(later.memory).toBeGreaterThan(50 * MEMORY.waiting)
    await result
    expect(later.memory).toBe(atOnce.memory)
  })

  it('that waits is given back where a value fails, too', async () => {
    const size = createCount()
    const must = Promise.reject(new Error('no'))
    const rootValue = { list: [{ must }, { must: Promise.resolve('x') }] }
    const result = await execute({ document: parse('{ list { must } }'), rootValue, size })
    expect(result?.data).toEqual({ list: [null, { must: 'x' }] })
    expect(size.memory).toBeLessThan(MEMORY.waiting)
  })

  it('of the parts of a list that wait for their turn counts until then', async () => {
    const list = Array.from({ length: 3_000 }, () => ({ s: 'x' }))
    const size = createCount()
    const args = { document: parse('{ list { s } }'), rootValue: { list }, size, pace: createPace() }
    const result = execute(args)
    expect(size.memory).toBeGreaterThan(3_000 * MEMORY.item + MEMORY.turn)
    await result
    expect(size.memory).toBe(3_001 * MEMORY.object + MEMORY.list + 3_000 * MEMORY.item)
  })
})

const ROOM = { maxBytes: MB, roomBytes: 100 * MB }
const reasonOf = (result: Awaited<ReturnType<typeof execute>>): unknown => result?.errors?.[0]?.originalError

describe('an answer that is too large', () => {
  const long = 'x'.repeat(1_000)
  const tooLong = Array.from({ length: 5_000 }, () => ({ s: long }))

  it('ends while it is made, without data', async () => {
    let shown = 0
    const list = tooLong.map((each) => ({
      s: () => {
        shown += 1
        return each.s
      },
    }))
    const size = createAnswerRoom(ROOM).open()
    const result = await execute({ document: parse('{ list { s } }'), rootValue: { list }, size })
    expect(result?.data).toBeNull()
    expect(reasonOf(result)).toMatchObject({ excess: 'text', maxBytes: MB })
    expect(shown).toBeGreaterThan(1_000)
    expect(shown).toBeLessThan(1_100)
  })

  it('ends in turns, and beside values that wait, of which some fail afterwards', async () => {
    // Made when they are asked for: what nobody asks for, nobody has to await.
    const list = tooLong.map(({ s }, index) => ({
      s: index % 3 ? s : () => Promise.resolve(s),
      words: () => [Promise.reject(new Error('nobody sees it')), 'x'],
      a: () => Promise.reject(new Error('nor this')),
    }))
    const never = new Promise(() => {})
    for (const pace of [null, createPace()]) {
      const size = createAnswerRoom(ROOM).open()
      const document = parse('{ a { s } list { s words a { s } } }')
      const result = await execute({ document, rootValue: { list, a: never }, size, pace })
      expect(reasonOf(result)).toBeInstanceOf(AnswerTooLargeError)
      await settle()
    }
  })

  it('lets what waits for the end of all work begin, as what never settles would keep the answer in memory', async () => {
    const pace = createPace()
    const list = Array.from({ length: 5_000 }, () => ({ s: long }))
    const begun = new Promise<void>((resolve) => pace.whenIdle(resolve))
    const size = createAnswerRoom(ROOM).open()
    const result = await execute({ document: parse('{ list { s } }'), rootValue: { list }, size, pace })
    expect(reasonOf(result)).toBeInstanceOf(AnswerTooLargeError)
    await begun
    await expect(pace.wait(1)).rejects.toBe(reasonOf(result))
    expect(pace.isBusy()).toBe(false)
  })

  it('waits for too much, of which nothing is awaited any more', async () => {
    const list = Array.from({ length: 20_000 }, () => ({
      s: () => Promise.reject(new Error('nobody sees it')),
    }))
    const size = createAnswerRoom(ROOM).open()
    const result = await execute({ document: parse('{ list { s } }'), rootValue: { list }, size })
    expect(reasonOf(result)).toMatchObject({ excess: 'memory', maxBytes: 5 * MB })
    await settle()
  })

  it('has too many objects, however short its text', async () => {
    const list: object[] = []
    const one = { list }
    list.push(...Array.from({ length: 100 }, () => one))
    const document = parse('{ list { list { list { list { n } } } } }')
    const result = await execute({ document, rootValue: { list }, size: createAnswerRoom(ROOM).open() })
    expect(reasonOf(result)).toMatchObject({ excess: 'memory', maxBytes: 5 * MB })
  })

  it('has too many errors', async () => {
    const list = Array.from({ length: 50_000 }, () => ({}))
    const size = createAnswerRoom(ROOM).open()
    const result = await execute({ document: parse('{ list { must } }'), rootValue: { list }, size })
    expect(reasonOf(result)).toBeInstanceOf(AnswerTooLargeError)
    expect(result?.errors?.length).toBeLessThan(8_000)
  })

  it('just below the bound is whole', async () => {
    const list = Array.from({ length: 1_000 }, () => ({ s: 'x'.repeat(1_038) }))
    const size = createAnswerRoom(ROOM).open()
    const result = await execute({ document: parse('{ list { s } }'), rootValue: { list }, size })
    expect(result?.errors).toBeUndefined()
    const bytes = JSON.stringify(result?.data).length
    expect(bytes).toBeGreaterThan(0.99 * MB)
    expect(bytes).toBeLessThan(MB)
  })
})

describe('the room of all answers', () => {
  it('makes the largest give way', () => {
    const room = createAnswerRoom({ maxBytes: 4 * MB, roomBytes: 12 * MB })
    const [large, small] = [room.open(), room.open()]
    large.add(0, 10 * MB)
    small.add(0, MB)
    // Not before the larger one has ended is there room again.
    expect(() => small.add(0, 2 * MB)).toThrow(expect.objectContaining({ excess: 'room' }))
    expect(() => large.add(0, 0)).toThrow(expect.objectContaining({ excess: 'room' }))
    large.close()
    small.close()
    const next = room.open()
    next.add(0, 11 * MB)
    next.close()
  })

  it('is not taken by what comes for an answer that is closed', async () => {
    const room = createAnswerRoom({ maxBytes: 4 * MB, roomBytes: 12 * MB })
    const size = room.open()
    let arrive = (_list: object): void => {}
    const late = new Promise((resolve) => (arrive = resolve))
    const [first, second] = [{ must: 'x', late: () => late }, { must: null }]
    const result = await executeStrict({
      document: parse('{ strict { late { n } must } }'),
      rootValue: { strict: [first, second] },
      size,
    })
    expect(result?.data).toEqual({ strict: null })
    size.close()
    arrive(Array.from({ length: 20_000 }, () => ({ n: 1 })))
    await settle()
    expect(() => room.open().add(0, 11 * MB)).not.toThrow()
  })

  it('has no answer that is larger than itself', () => {
    const room = createAnswerRoom({ maxBytes: 4 * MB, roomBytes: 12 * MB })
    expect(() => room.open().add(0, 13 * MB)).toThrow(
      expect.objectContaining({ excess: 'memory', maxBytes: 12 * MB }),
    )
  })

  it('refuses for good what is larger than all of it, and not until others have ended', () => {
    const size = createAnswerRoom({ maxBytes: 16 * MB, roomBytes: 12 * MB + 0.4 }).open()
    expect(() => size.add(7 * MB, 6 * MB)).toThrow(
      expect.objectContaining({ excess: 'memory', maxBytes: 12 * MB, bytes: 13 * MB }),
    )
  })

  it('is not asked by small answers', () => {
    const room = createAnswerRoom({ maxBytes: 4 * MB, roomBytes: MB })
    const all = Array.from({ length: 100 }, () => room.open())
    expect(() => all.forEach((each) => each.add(100_000, 100_000))).not.toThrow()
  })
})
