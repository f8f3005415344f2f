// All subscriptions are found, whatever the length of Aurora's pages: one that is missed would be made a second time.
import { expect, it } from 'vitest'
import { AttemptError } from '../../../../src/rest/attempt-error.ts'
import { listAll } from '../../../../src/webhooks/manage/list-all.ts'
import { buildRefusal } from '../../../support/builders.ts'

const ALL = Array.from({ length: 130 }, (_, at) => ({ id: `w${at}` }))

it.each([
  ['as long as was asked for', { pageSize: 100, announces: false, calls: 2 }],
  ['shorter, and each says whether more follows', { pageSize: 50, announces: true, calls: 3 }],
  ['ignored: each page is the first one', { pageSize: 0, announces: false, calls: 2 }],
])('pages that are %s', async (_what, { pageSize, announces, calls }) => {
  let made = 0
  const found = await listAll(({ page }) => {
    made += 1
    const from = (Number(page) - 1) * pageSize
    const value = pageSize === 0 ? ALL.slice(0, 100) : ALL.slice(from, from + pageSize)
    return Promise.resolve({
      value,
      follows: announces && from + pageSize < ALL.length ? ('more' as const) : null,
    })
  })
  expect(found).toEqual(pageSize === 0 ? ALL.slice(0, 100) : ALL)
  expect(made).toBe(calls)
})

it.each([25, 50])('pages are cut at %i without a word', async (cut) => {
  let made = 0
  const found = await listAll(({ page }) => {
    made += 1
    return Promise.resolve({ value: ALL.slice((Number(page) - 1) * cut, Number(page) * cut) })
  })
  expect(found).toEqual(ALL)
  expect(made).toBe(Math.ceil(ALL.length / cut))
})

it('a list that is given whole for each page, in another order each time, is read twice', async () => {
  const some = ALL.slice(0, 50)
  let made = 0
  const found = await listAll(() => {
    made += 1
    return Promise.resolve({ value: made % 2 === 0 ? some.toReversed() : some })
  })
  expect(found).toEqual(some)
  expect(made).toBe(2)
})

it.each([
  [50, 404],
  [50, 400],
  [50, 422],
  [100, 404],
])('behind %i subscriptions a refusal with %i is the end', async (count, status) => {
  expect(await listAll(refusing(count, status))).toEqual(ALL.slice(0, count))
})

it('behind a page with all that was asked for, a malformed request may mean that more is not shown', async () => {
  await expect(listAll(refusing(100, 400))).rejects.toThrow('refused')
})

it('a refusal of the first page is no empty list', async () => {
  await expect(listAll(refusing(0, 404))).rejects.toThrow('refused')
})

/** An Aurora with so many subscriptions on its first page, or none that can be read, and no second page. */
const refusing =
  (count: number, status: number): Parameters<typeof listAll>[0] =>
  ({ page }) => {
    if (page === '1' && count > 0) return Promise.resolve({ value: ALL.slice(0, count) })
    const refusal = buildRefusal(status)
    return Promise.reject(
      new AttemptError('NOT_FOUND', 'refused', { wasSent: true, isPassing: false, refusal, details: {} }),
    )
  }

it('an empty page is the last one, whatever it announces', async () => {
  expect(await listAll(() => Promise.resolve({ value: [], follows: 'more' }))).toEqual([])
})
