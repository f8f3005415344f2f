// All subscriptions are found, whatever the length of Aurora's pages: one that is missed would be made a second time.
import { expect, it } from 'vitest'
import { listAll } from '../../../../src/webhooks/manage/list-all.ts'

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
    return Promise.resolve({ value, hasMore: announces && from + pageSize < ALL.length })
  })
  expect(found).toEqual(pageSize === 0 ? ALL.slice(0, 100) : ALL)
  expect(made).toBe(calls)
})

it('an empty page is the last one, whatever it announces', async () => {
  expect(await listAll(() => Promise.resolve({ value: [], hasMore: true }))).toEqual([])
})
