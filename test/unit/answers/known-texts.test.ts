// How long the text of an object is kept, who finds it, and what its parts are told of its uses.
import { describe, expect, it } from 'vitest'
import { agesOf } from '../../../src/answers/ages.ts'
import { createKnownTexts } from '../../../src/answers/known-texts.ts'
import type { ObjectName } from '../../../src/answers/known-texts.ts'
import { createParts } from '../../../src/answers/parts.ts'
import type { Trust, UsedReply } from '../../../src/rest/terms.ts'
import { countHeldBytes } from '../../support/memory.ts'

const MINUTE = 60_000

function open({ maxBytes = 1_000_000, doubted = 0, isConfirmed = (): boolean => true } = {}) {
  const listeners = new Map<string, Set<{ changed(): void }>>()
  const read: string[] = []
  const used: [key: string, times: number][] = []
  const texts = createKnownTexts<object>({
    maxBytes,
    cache: {
      listen: (key, listener) => void listeners.set(key, (listeners.get(key) ?? new Set()).add(listener)),
      leave: (key, listener) => void listeners.get(key)?.delete(listener),
      readBy: (key) => void read.push(key),
      isConfirmed,
      doubtOf: ({ doubts }) => (doubts < doubted ? 'entry' : null),
    },
    onUsed: ({ key }, times) => void used.push([key, times]),
  })
  if (!texts) throw new Error('no memory')
  return {
    texts,
    read,
    used,
    change: (key: string) => [...(listeners.get(key) ?? [])].forEach((listener) => listener.changed()),
    listening: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
    keep: (name: ObjectName, parts: readonly UsedReply[], text = '{}') =>
      texts.keep(name, { text, parts, reads: {}, taker: { tenant: 't', holder: 'h' } }),
  }
}

const VALUE = { id: 'p1' }
const NAME: ObjectName = { known: VALUE, key: 'p1', above: undefined, selection: 1 }

const partOf = (key: string, part: Partial<UsedReply> = {}): UsedReply => ({
  key,
  operation: 'o',
  isListed: false,
  answeredAtMs: 0,
  lifetime: { freshMs: MINUTE, staleMs: 2 * MINUTE, keptMs: 9 * MINUTE },
  answer: new WeakRef({}),
  life: { isHeld: true, doubts: 0 },
  ...part,
})

describe('the text of an object', () => {
  it.each<[string, Partial<ObjectName>]>([
    ['another value of the cache, though it is equal', { known: { ...VALUE } }],
    ['another key', { key: 'p2' }],
    ['other parents', { above: { project_id: 'p' } }],
    ['other fields', { selection: 2 }],
  ])('is not found by %s', (_, other) => {
    const { texts, keep } = open()
    const kept = keep(NAME, [partOf('a')])
    expect(texts.find({ ...NAME }, 0)).toBe(kept)
    expect(texts.find({ ...NAME, ...other }, 0)).toBeNull()
  })

  it('is found by equal parents', () => {
    const { texts, keep } = open()
    const kept = keep({ ...NAME, above: { project_id: 'p' } }, [])
    expect(texts.find({ ...NAME, above: { project_id: 'p' } }, 0)).toBe(kept)
    expect(texts.find({ ...NAME, above: { project_id: 'p', design_id: 'd' } }, 0)).toBeNull()
  })

  it('is over when one of its parts changes, and listens to none then', () => {
    const { texts, keep, change, listening } = open()
    const kept = keep(NAME, [partOf('a'), partOf('b')])
    change('b')
    expect(texts.find(NAME, 0)).toBeNull()
    expect([kept?.holds(0), listening()]).toEqual([false, 0])
  })

  it('is over when the first of its parts is no longer fresh', () => {
    const { texts, keep } = open()
    keep(NAME, [partOf('a', { answeredAtMs: 9 }), partOf('b', { answeredAtMs: 5 })])
    expect(texts.find(NAME, MINUTE + 4)).not.toBeNull()
    expect(texts.find(NAME, MINUTE + 5)).toBeNull()
  })

  it('holds for longer while it is proven that its parts are unchanged, and no longer', () => {
    const { texts, keep } = open()
    const trust = { isHolding: true, holds: () => trust.isHolding }
    const proven = {
      trust: trust as unknown as Trust,
      lifetime: { freshMs: 5 * MINUTE, staleMs: 6 * MINUTE, keptMs: 9 * MINUTE },
    } as UsedReply['proven']
    const parts = [partOf('a', { proven }), partOf('b', { answeredAtMs: 9, proven })]
    const kept = keep(NAME, parts)
    expect(agesOf(kept?.deciding ?? [])).toEqual(agesOf(parts))
    expect(texts.find(NAME, 5 * MINUTE - 1)).toBe(kept)
    trust.isHolding = false
    expect(texts.find(NAME, 5 * MINUTE - 1)).toBeNull()
    trust.isHolding = true
    keep(NAME, parts)
    expect(texts.find(NAME, 5 * MINUTE)).toBeNull()
  })

  it('is not found while another replica may have changed a part', () => {
    let isConfirmed = true
    const { texts, keep } = open({ isConfirmed: () => isConfirmed })
    keep(NAME, [partOf('a')])
    isConfirmed = false
    expect(texts.find(NAME, 0)).toBeNull()
    isConfirmed = true
    expect(texts.find(NAME, 0)).not.toBeNull()
  })

  it('leaves where the memory is full, and a text that is too long is not kept', () => {
    const { texts, keep, listening } = open({ maxBytes: 4_000 })
    const other = { ...NAME, known: {} }
    keep(NAME, [partOf('a')], 'x'.repeat(1_000))
    keep(other, [partOf('b')], 'x'.repeat(1_000))
    expect([texts.find(NAME, 0), texts.find(other, 0)?.text.text.length, listening()]).toEqual([
      null,
      1_000,
      1,
    ])
    expect(keep(NAME, [], 'x'.repeat(70_000))).toBeNull()
  })

  it('reports its uses once a second, so that its parts stay', () => {
    const { texts, keep, read, used } = open()
    const kept = keep(NAME, [partOf('a'), partOf('b')])
    if (!kept) throw new Error('not kept')
    for (const nowMs of [0, 1, 2, 999]) texts.noteUse(kept, nowMs)
    expect(read).toEqual(['a', 'b'])
    texts.noteUse(kept, 1_000)
    expect(used).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 4],
      ['b', 4],
    ])
  })
})

describe('no text is kept', () => {
  it.each<[string, Partial<UsedReply>]>([
    ['in doubt', { life: { isHeld: true, doubts: 0 } }],
    ['no longer the cached one', { life: { isHeld: false, doubts: 1 } }],
    ['not read from the cache', { life: undefined as never }],
  ])('where a part is %s, though the request that has made it may show it', (_, part) => {
    const { texts, keep, listening } = open({ doubted: 1 })
    const sure = partOf('a', { life: { isHeld: true, doubts: 1 } })
    expect(keep(NAME, [sure, partOf('b', part)])).toBeNull()
    expect([texts.find(NAME, 0), listening()]).toEqual([null, 0])
    expect(keep(NAME, [sure])).not.toBeNull()
  })
})

describe('the memory', () => {
  it('of a value is free when nobody else holds it', async () => {
    const { keep } = open()
    const refs = [1, 2, 3].map((selection) => {
      const known = { id: 'p1', large: 'x'.repeat(1000) }
      keep({ ...NAME, known, selection }, [partOf('a')])
      return new WeakRef(known)
    })
    await new Promise(setImmediate)
    countHeldBytes()
    expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined])
  })

  it('of a text counts two bytes for each letter where one of them is beyond Latin-1', () => {
    const fits = (letter: string): boolean => {
      const { keep } = open({ maxBytes: 3_600 })
      return keep(NAME, [partOf('a')], `${letter}${'x'.repeat(2_000)}`) !== null
    }
    expect([fits('x'), fits('\u00e9'), fits('\u0151')]).toEqual([true, true, false])
  })

  it('is taken by a few texts of each value, and the oldest leaves', () => {
    const { texts, keep, listening } = open()
    for (let selection = 0; selection < 100; selection += 1) keep({ ...NAME, selection }, [partOf('a')])
    const found = Array.from({ length: 100 }, (_, selection) => texts.find({ ...NAME, selection }, 0))
    expect(found.map((each) => each !== null)).toEqual(found.map((_, selection) => selection >= 84))
    expect(listening()).toBe(16)
  })

  it('of texts with a common part is free a few at a time when it changes, and of what they were made of at once', () => {
    const { texts, keep, change, listening } = open()
    const values = Array.from({ length: 20 }, () => ({}))
    const kept = values.map((known) => keep({ ...NAME, known }, [partOf('shared'), partOf('own')]))
    change('shared')
    expect(kept.map((each) => [each?.holds(0), each?.reads])).toEqual(kept.map(() => [false, null]))
    // Each still listens to both.
    expect(listening()).toBe(40)
    for (const known of [...values, {}]) expect(texts.find({ ...NAME, known }, 0)).toBeNull()
    expect(listening()).toBe(0)
  })
})

describe('the parts of an answer with known objects', () => {
  const parts = [
    partOf('a', { answeredAtMs: 3 }),
    partOf('b', { lifetime: { freshMs: 5, staleMs: 99 * MINUTE, keptMs: 100 * MINUTE } }),
    partOf('c', { answeredAtMs: 50, lifetime: { freshMs: MINUTE, staleMs: MINUTE, keptMs: MINUTE } }),
    partOf('d', { answeredAtMs: -7 }),
    partOf('e', { isListed: true }),
  ]
  const openParts = (doHold = true) => {
    const looked: string[][] = []
    const all = createParts({
      scope: 's' as never,
      maxAgeMs: null,
      areGood: (used) => looked.push(used.map(({ key }) => key)) > 0,
      areCurrent: () => true,
      doHold: () => doHold,
    })
    return { all, looked }
  }

  it('have the ages of all of them', () => {
    const { keep } = open()
    const kept = keep(NAME, parts)
    const { all } = openParts()
    const own = partOf('own', { answeredAtMs: 1 })
    all.note(own)
    if (kept) all.noteGroup(kept)
    expect(all.ages()).toEqual(agesOf([own, ...parts]))
  })

  it('count once for each call that they saved: what lists have shown, for each object', () => {
    const { keep } = open()
    const { all } = openParts()
    all.note(parts[0] as UsedReply)
    for (const each of [keep(NAME, parts), keep({ ...NAME, selection: 2 }, parts)])
      if (each) all.noteGroup(each)
    expect(all.all().map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd', 'e', 'e'])
  })

  it.each([
    ['are looked at one by one only where they are not of an object that holds', true, ['own']],
    ['are all looked at where one object does not hold', false, ['own', 'a', 'b', 'c', 'd', 'e']],
  ])('%s', (_, doHold, keys) => {
    const { keep } = open()
    const { all, looked } = openParts(doHold)
    const kept = keep(NAME, parts)
    all.note(partOf('own'))
    if (kept) all.noteGroup(kept)
    all.areAllGood()
    expect(looked).toEqual([keys])
  })
})
