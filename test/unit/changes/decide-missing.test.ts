// Which objects have left a list, and which may only have been hidden while its pages were read.
import { expect, it } from 'vitest'
import { decideMissing } from '../../../src/changes/decide-missing.ts'

const page = (...ids: string[]) => ids.map((id) => ({ id }))
const before = ['a', 'b', 'c', 'd', 'e', 'f']
const decide = (
  pages: Parameters<typeof decideMissing>[0]['pages'],
  doubts: Parameters<typeof decideMissing>[0]['doubts'] = new Map(),
) => decideMissing({ before, alive: before, pages, doubts })

it('an object between two others of one page, at the beginning or at the end of the list is gone', () => {
  expect(decide([page('a', 'c'), page('D', 'e', 'f')])).toMatchObject({
    gone: ['b'],
    order: ['a', 'c', 'd', 'e', 'f'],
  })
  expect(decide([page('b', 'c'), page('d', 'e', 'f')]).gone).toEqual(['a'])
  expect(decide([page('a', 'b', 'c'), page('d', 'e')]).gone).toEqual(['f'])
  expect(decide([page()]).gone).toEqual(before)
})

it('an object at the border of two pages is in doubt until both were read again without it', () => {
  const first = page('a', 'b', 'c')
  const second = page('e', 'f')
  const hidden = decide([first, second])
  expect([hidden.gone, [...hidden.doubts.keys()]]).toEqual([[], ['d']])
  const one = decide([page('a', 'b', 'c'), second], hidden.doubts)
  expect([one.gone, [...one.doubts.keys()]]).toEqual([[], ['d']])
  expect(decide([page('a', 'b', 'c'), page('e', 'f')], hidden.doubts).gone).toEqual(['d'])
  const back = decide([page('a', 'b', 'c', 'd'), page('e', 'f')], hidden.doubts)
  expect([back.gone, back.doubts.size]).toEqual([[], 0])
})

it('what was never seen on a page of a complete list is in doubt, too', () => {
  const { gone, doubts } = decideMissing({ before: [], alive: ['x'], pages: [page('a')], doubts: new Map() })
  expect([gone, [...doubts.keys()]]).toEqual([[], ['x']])
})

it('pages without the objects that were touched are not pages that were read again', () => {
  const given = [page('a', 'b', 'c'), page('e', 'f')]
  const { doubts } = decide(given)
  const trimmed = [page('a', 'c'), page('e'), page('b', 'f')]
  const still = decideMissing({ before, alive: before, pages: trimmed, given, doubts })
  expect([still.gone, [...still.doubts.keys()]]).toEqual([[], ['d']])
})

it('objects that are shown behind the pages as they are now keep their places', () => {
  const given = [page('a', 'b', 'c'), page('d', 'e', 'f')]
  const { order } = decideMissing({
    before,
    alive: before,
    pages: [page('a', 'b'), page('d', 'e', 'f'), page('new', 'c')],
    given,
    doubts: new Map(),
  })
  expect(order).toEqual(['new', ...before])
  expect(
    decideMissing({
      before: order,
      alive: order,
      pages: [page('new', 'a', 'b'), page('d', 'e', 'f')],
      doubts: new Map(),
    }).gone,
  ).toEqual([])
})

it('an object that has left its page for one that was not read again keeps the place that the list had for it', () => {
  const given = [page('new', 'a', 'b'), page('d', 'e', 'f')]
  const { order } = decideMissing({
    before,
    alive: before,
    pages: [...given, page('c')],
    given,
    order: before,
    doubts: new Map(),
  })
  expect(order).toEqual(['new', ...before])
  // Its neighbours are on two pages, so that it is in doubt where it is missing, and not gone.
  const next = decideMissing({ before: order, alive: order, pages: given, doubts: new Map() })
  expect([next.gone, [...next.doubts.keys()]]).toEqual([[], ['c']])
})

it('neighbours prove nothing in a list that may be sorted anew, and was', () => {
  const decideAnew = (...pages: ReturnType<typeof page>[]) => {
    const { gone, doubts } = decideMissing({
      before,
      alive: before,
      pages,
      doubts: new Map(),
      mayReorder: true,
    })
    return [gone, [...doubts.keys()]]
  }

  expect(decideAnew(page('f', 'e', 'd'), page('c', 'a'))).toEqual([[], ['b']])
  // These are the same objects in the same order, and one page is from one moment.
  expect(decideAnew(page('a', 'c'), page('d', 'e', 'f'))).toEqual([['b'], []])
  expect(decideAnew(page('f', 'e', 'd', 'c', 'a'))).toEqual([['b'], []])
  expect(decideAnew(page('f', 'e', 'd', 'c', 'a'), page())).toEqual([['b'], []])
})
