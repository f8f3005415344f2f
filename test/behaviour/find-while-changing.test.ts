// Questions about a whole list while others change it: no answer claims to be complete where an object that was shown is missing.
import { expect, it } from 'vitest'
import { openFindable } from '../support/findable.ts'
import type { Findable } from '../support/findable.ts'
import { waitUntil } from '../support/wait-until.ts'

const ALL = 'search: "auckland"'
const MINUTE_MS = 60_000
/** Beyond the time in which a stale page is served. */
const PAST_STALE_MS = 16 * MINUTE_MS

/** Somebody deletes the project in Aurora, and no webhook reports it. */
const remove = ({ aurora }: Findable, id: string): void => {
  aurora.projects = aurora.projects.filter((each) => each.id !== id)
}

/** All pages are read again, and these are deleted when this page is asked for. */
async function findAgain(world: Findable, page: number, deleted: readonly string[] = ['p118']) {
  await world.clock.advance(PAST_STALE_MS)
  world.aurora.onCall = (call) => {
    if (call === `GET ${page}`) for (const id of deleted) remove(world, id)
  }
  const answer = await world.find(ALL)
  world.aurora.onCall = () => {}
  return { ...answer, ids: answer.found?.nodes.map(({ auroraId }) => auroraId) }
}

it('a project that has moved to a page that was read already makes the answer uncertain, and that page is read again', async () => {
  await using world = await openFindable(120)
  expect((await world.find(ALL)).found).toMatchObject({ totalCount: 120, isComplete: true })
  const lacking = await findAgain(world, 2)
  // The first row of the second page is on the first one now.
  expect(lacking.calls).toEqual(['GET 1', 'GET 2', 'GET 3', 'GET p69'])
  expect(lacking.ids).not.toContain('p69')
  expect(lacking.found).toMatchObject({ totalCount: 119, isComplete: false })
  await world.clock.advance(1)
  const again = await world.find(ALL)
  expect(again).toMatchObject({ found: { totalCount: 119, isComplete: true } })
  expect(again.calls).toEqual(['GET 1', 'GET 2', 'GET 3'])
  expect(again.found?.nodes.map(({ auroraId }) => auroraId)).toContain('p69')
})

it.each([200, 400])(
  'pages that were read minutes apart come together where somebody asks all the time, and the end is shown by %i',
  async (behindEnd) => {
    await using world = await openFindable(70)
    world.aurora.behindEnd = behindEnd
    await world.gateway.ask('{ projects(first: 2) { nodes { auroraId } } }')
    await world.clock.advance(2 * MINUTE_MS)
    world.aurora.takeCalls()
    const apart = { found: { totalCount: 70, isComplete: false } }
    expect(await world.find(ALL)).toMatchObject({ ...apart, calls: ['GET 2', 'GET 3'] })
    // The first page is stale now, and the others are not.
    await world.clock.advance(3.5 * MINUTE_MS)
    const { found, calls } = await world.find(ALL)
    expect(found).toMatchObject(apart.found)
    const behind = [...calls]
    await waitUntil(async () => {
      const next = await world.find(ALL)
      behind.push(...next.calls)
      // The last one is empty, so the answer is complete without it.
      return next.found?.isComplete === true && behind.length === 3
    })
    expect(behind.toSorted()).toEqual(['GET 1', 'GET 2', 'GET 3'])
    // Pages that were read the first time would be stale by now.
    await world.clock.advance(2 * MINUTE_MS)
    const { data, extensions } = await world.gateway.ask(`{ projects(${ALL}) { totalCount isComplete } }`)
    expect(data).toEqual({ projects: { totalCount: 70, isComplete: true } })
    expect(extensions.upstream).toMatchObject({ calls: 0, saved: { stale: 0 } })
  },
)

it('a look-up by a value does not say that there is no such project while one may be missing', async () => {
  await using world = await openFindable(120)
  await world.find(ALL)
  // All other rows of the second page are gone, so that nothing shows where the first one is.
  const others = Array.from({ length: 49 }, (_, index) => `p${68 - index}`)
  await findAgain(world, 2, ['p118', ...others])
  const { errors } = await world.gateway.ask('{ project(externalProviderId: "CRM-69") { name } }')
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['CONFLICT'])
})

it('a project that was deleted at the border of two pages is read once, and makes nothing uncertain', async () => {
  await using world = await openFindable(120)
  await world.find(ALL)
  // The first row of the second page: its neighbours are on two pages.
  remove(world, 'p69')
  await world.clock.advance(PAST_STALE_MS)
  expect(await world.find(ALL)).toMatchObject({
    found: { totalCount: 119, isComplete: true },
    calls: ['GET 1', 'GET 2', 'GET 3', 'GET p69'],
  })
  // It might have moved to the first page as well.
  expect((await world.find(ALL)).calls).toEqual(['GET 1'])
  expect((await world.find(ALL)).calls).toEqual([])
  // The first row of all pages: its neighbours are on one page.
  remove(world, 'p119')
  await world.clock.advance(PAST_STALE_MS)
  expect(await world.find(ALL)).toMatchObject({
    found: { totalCount: 118, isComplete: true },
    calls: ['GET 1', 'GET 2', 'GET 3'],
  })
})

it('more missing projects than pages are not read, and the next reading of the list decides', async () => {
  await using world = await openFindable(120)
  await world.find(ALL)
  for (const id of ['p69', 'p68', 'p67', 'p66']) remove(world, id)
  await world.clock.advance(PAST_STALE_MS)
  const pages = ['GET 1', 'GET 2', 'GET 3']
  expect(await world.find(ALL)).toMatchObject({ found: { totalCount: 116, isComplete: false }, calls: pages })
  await world.clock.advance(PAST_STALE_MS)
  expect(await world.find(ALL)).toMatchObject({ found: { totalCount: 116, isComplete: true }, calls: pages })
})
