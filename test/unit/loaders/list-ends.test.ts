import { expect, it } from 'vitest'
import type { Members } from '../../../src/aurora/body.ts'
import { createListEnds, imagineListEnds } from '../../../src/loaders/list-ends.ts'
import { buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const list = { scope: buildScope().key, operation: 'listProjects', size: 250 } as const
const items = (count: number, from = 0): readonly Members[] =>
  Array.from({ length: count }, (_, index) => ({ id: `p-${from + index}` }))
/** The page with so many items. */
const page = (count: number, number = 0) => ({ page: number, items: items(count) })

function open() {
  const clock = createManualClock()
  const ends = createListEnds({ clock })
  /** Learns the pages of one list in turn. */
  const walk = (key: string, ...lengths: readonly number[]): void => {
    let from = 0
    let before: readonly Members[] | null = null
    for (const [page, length] of lengths.entries()) {
      const read = items(length, from)
      ends.learn(list, { name: `${key} ${page}`, items: read, before })
      before = read
      from += length
    }
  }
  return { clock, ends, walk }
}

it('two pages of one length show where Aurora cuts', () => {
  const { ends, walk } = open()
  walk('', 100, 100, 20)
  expect(ends.pageLength(list)).toBe(100)
  expect(ends.decide(list, page(20, 2))).toBe('end')
  expect(ends.decide(list, page(100))).toBe('more')
})

it('one page that is read twice counts once', () => {
  const { ends, walk } = open()
  for (let time = 0; time < 3; time += 1) walk('', 100, 20)
  expect(ends.pageLength(list)).toBe(250)
  expect(ends.decide(list, page(20))).toBe('more')
})

it('pages that are short in different ways have hidden rows, so that only an empty page is the end', () => {
  const { ends, walk } = open()
  walk('', 249, 248, 3)
  expect([3, 0].map((count) => ends.decide(list, page(count)))).toEqual(['more', 'end'])
})

it('what was learned of one parent holds for the lists below others, and for no other list or credential', () => {
  const { ends, walk } = open()
  walk('p-1', 7, 0)
  expect(ends.decide(list, page(7))).toBe('end')
  expect(ends.decide({ ...list, operation: 'listUsers' }, page(7))).toBe('likely')
  expect(ends.decide({ ...list, scope: buildScope('other').key }, page(7))).toBe('likely')
})

it('everything is learned again after an hour', async () => {
  const { ends, walk, clock } = open()
  walk('', 100, 100, 20)
  await clock.advance(59 * 60_000)
  expect(ends.pageLength(list)).toBe(100)
  await clock.advance(60_000)
  expect(ends.pageLength(list)).toBe(250)
})

it('a dry run knows what was learned, takes no imagined length for a sign, and teaches nothing', () => {
  const { ends, walk } = open()
  const imagined = imagineListEnds(ends, (id) => id.startsWith('imagined'))
  const fifty = items(50).map(({ id }) => ({ id: `imagined-${String(id)}` }))
  expect([imagined.decide(list, { page: 0, items: fifty }), imagined.decide(list, page(50))]).toEqual([
    'likely',
    'more',
  ])
  imagined.learn(list, { name: ' 0', items: items(250), before: null })
  expect(ends.decide(list, page(250))).toBe('more')
  walk('', 100, 100, 20)
  expect(imagined.pageLength(list)).toBe(100)
})
