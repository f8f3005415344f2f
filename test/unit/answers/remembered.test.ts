// What a remembered answer holds: exact blocks of bytes that are counted, and nothing once it is over.
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createRememberedAnswers } from '../../../src/answers/remembered.ts'
import type { Remembered } from '../../../src/answers/remembered.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'
import { createKeptEncodings } from '../../../src/http/kept-encodings.ts'

const DAY = 86_400_000
const NOW = { nowMs: 0 }

function open(maxBytes: number) {
  const listeners = new Map<string, { changed(): void }>()
  const read: string[] = []
  const used: [key: string, times: number][] = []
  const remembered = createRememberedAnswers({
    maxBytes,
    cache: {
      listen: (key, listener) => void listeners.set(key, listener),
      leave: (key) => void listeners.delete(key),
      readBy: (key) => void read.push(key),
      isConfirmed: () => true,
    },
    onUsed: ({ key }, times) => void used.push([key, times]),
  })
  const keep = (query: string, dataText = '{}', { scope = 's', caller = '' } = {}): Remembered => {
    const kept = remembered.keep(questionOf(query, scope), {
      dataText,
      caller,
      dataHash: '',
      parts: [partOf(`key of ${query}`)],
      operation: null,
      spared: 1,
    })
    if (!kept) throw new Error('not kept')
    return kept
  }
  return { remembered, keep, read, used, change: (key: string) => listeners.get(key)?.changed() }
}

const questionOf = (query: string, scope = 's') => ({
  scope: scope as never,
  query,
  operationName: null,
  variables: {},
})

const partOf = (key: string): UsedReply => ({
  key,
  operation: 'o',
  isListed: false,
  answeredAtMs: 0,
  lifetime: { freshMs: DAY, staleMs: DAY, keptMs: DAY },
  answer: new WeakRef({}),
})

describe('the uses of a remembered answer', () => {
  it('count for its parts in the cache with the next request after a second, whatever that asks', () => {
    const { remembered, keep, read, used } = open(100_000)
    const answer = keep('one')
    for (const nowMs of [0, 1, 2]) remembered.noteUse(answer, nowMs)
    expect(read).toEqual(['key of one'])
    remembered.find(questionOf('never asked before'), { nowMs: 1001 })
    expect(read).toEqual(['key of one', 'key of one'])
    expect(used).toEqual([
      ['key of one', 1],
      ['key of one', 2],
    ])
  })

  it.each([
    ['a part has changed', ({ change }: ReturnType<typeof open>) => change('key of one')],
    ['it is replaced', ({ keep }: ReturnType<typeof open>) => keep('one')],
    [
      'it has grown old',
      ({ remembered }: ReturnType<typeof open>) => remembered.find(questionOf('one'), { nowMs: DAY }),
    ],
  ])('are held and reported no longer once %s', (_, end) => {
    const opened = open(100_000)
    const { remembered, keep, used } = opened
    const answer = keep('one')
    for (const nowMs of [DAY - 2, DAY - 1]) remembered.noteUse(answer, nowMs)
    end(opened)
    // The next ones come from a request that found the answer before it ended.
    remembered.noteUse(answer, DAY)
    remembered.noteUse(answer, 3 * DAY)
    remembered.reportUses()
    expect(used).toEqual([['key of one', 1]])
    expect(answer.text).toHaveLength(0)
  })
})

describe('the memory of remembered answers', () => {
  it('is bounded with all forms of their texts', async () => {
    const maxBytes = 200_000
    const { remembered, keep } = open(maxBytes)
    const { begin } = createKeptEncodings()
    const kept: { readonly answer: Remembered; readonly blocks: readonly ArrayBufferLike[] }[] = []
    for (let index = 0; index < 200; index += 1) {
      const answer = keep(`${index}`, JSON.stringify(randomBytes(600).toString('hex')))
      const onKept = (bytes: number): void => remembered.grow(answer, bytes)
      const { text } = answer
      const forms = [await begin(text, 'br', onKept), await begin(text, 'gzip', onKept)]
      kept.push({ answer, blocks: [text, ...forms.map(({ bytes }) => bytes)].map(({ buffer }) => buffer) })
    }
    const held = kept.filter(({ answer }) => remembered.holds(answer, NOW))
    const blocks = new Set(held.flatMap((each) => each.blocks))
    const bytes = [...blocks].reduce((sum, { byteLength }) => sum + byteLength, 0)
    expect(bytes).toBeLessThanOrEqual(maxBytes)
    // Most of it is used, and the newest ones stay.
    expect(bytes).toBeGreaterThan(maxBytes / 3)
    expect(held.at(-1)).toBe(kept.at(-1))
    expect(held).toHaveLength(kept.length - kept.indexOf(held[0] as never))
  })

  it.each([10, 3000, 10_000])('is a block of exactly the size of its text: %i bytes', (length) => {
    const { keep } = open(1_000_000)
    const { text } = keep('one', JSON.stringify('ü'.repeat(length / 2)))
    expect(text.buffer.byteLength).toBe(text.length)
    expect(text.toString()).toBe(`{"data":"${'ü'.repeat(length / 2)}"`)
  })

  it('counts an answer that grows, which stays the same and goes on', () => {
    const { remembered, keep, change } = open(120_000)
    const [first, second] = [keep('first'), keep('second', JSON.stringify('x'.repeat(5000)))]
    for (let turn = 0; turn < 20; turn += 1) {
      remembered.grow(first, 500)
      expect(remembered.find(questionOf('first'), NOW)).toBe(first)
      expect(first.text.length).toBeGreaterThan(0)
    }
    expect(remembered.holds(second, NOW)).toBe(true)
    remembered.grow(first, 90_000)
    expect(remembered.holds(first, NOW)).toBe(true)
    expect(remembered.holds(second, NOW)).toBe(false)
    change('key of first')
    expect(remembered.holds(first, NOW)).toBe(false)
    remembered.grow(first, 1)
    expect(remembered.find(questionOf('first'), NOW)).toBeNull()
  })

  it('is not taken by an answer that would take more than a tenth of it', () => {
    const { remembered, keep } = open(100_000)
    const former = keep('one', JSON.stringify('x'.repeat(5000)))
    expect(() => keep('one', JSON.stringify('x'.repeat(6000)))).toThrow('not kept')
    expect([remembered.holds(former, NOW), remembered.find(questionOf('one'), NOW)]).toEqual([false, null])
  })
})

it('answers of a tenant with very many callers displace none of another', () => {
  const { remembered, keep } = open(100_000)
  const text = JSON.stringify('x'.repeat(5_000))
  for (const query of ['one', 'two', 'three']) keep(query, text, { scope: 'quiet', caller: 'q' })
  for (let nr = 100; nr < 200; nr += 1) keep(`busy ${nr}`, text, { scope: 'busy', caller: `b ${nr}` })
  for (const query of ['one', 'two', 'three'])
    expect(remembered.find(questionOf(query, 'quiet'), NOW)).not.toBeNull()
  expect(remembered.find(questionOf('busy 100', 'busy'), NOW)).toBeNull()
})
