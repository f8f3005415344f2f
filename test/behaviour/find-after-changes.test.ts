// Questions about a whole list after single objects of it were changed, made or deleted: these are read, and not the whole list.
import { expect, it } from 'vitest'
import { untilGot, watch } from '../support/live.ts'
import { openFindable } from '../support/findable.ts'
import type { Findable } from '../support/findable.ts'
import { buildListed } from '../support/project-list.ts'

/** Beyond the time in which a stale page is served. */
const PAST_STALE_MS = 16 * 60_000

const ALL = ['GET 1', 'GET 2', 'GET 3']

it('after a webhook about one project, this project alone is read, and then nothing', async () => {
  await using world = await openFindable(120)
  expect((await world.find()).calls).toEqual(ALL)
  world.change('p60', { status: 'Sold', name: 'Changed' })
  await world.send('project_changed', 'P60')
  const first = await world.find()
  expect(first).toMatchObject({ found: { totalCount: 41, isComplete: true }, calls: ['GET p60'] })
  expect(first.found?.nodes.find(({ auroraId }) => auroraId === 'p60')).toMatchObject({ name: 'Changed' })
  expect((await world.find('search: "changed"')).calls).toEqual([])
  world.change('p61', { status: 'Lost' })
  await world.send('project_status_changed', 'p61')
  expect(await world.find()).toMatchObject({
    found: { totalCount: 40, isComplete: true },
    calls: ['GET p61'],
  })
})

it('what is new is shown at its place in the order, and what is deleted is gone', async () => {
  await using world = await openFindable(120)
  await world.find()
  world.aurora.projects = [buildListed(121), ...world.aurora.projects.filter(({ id }) => id !== 'p118')]
  await world.send('project_created', 'p121')
  await world.send('project_deleted', 'p118')
  const { found, calls } = await world.find('search: "auckland"')
  expect(calls.toSorted()).toEqual(['GET p118', 'GET p121'])
  expect(found).toMatchObject({ totalCount: 120, isComplete: true })
  expect(found?.nodes.slice(0, 3).map(({ auroraId }) => auroraId)).toEqual(['p121', 'p119', 'p117'])
  // The list that is shown as Aurora has it is read as before.
  await world.gateway.ask('{ projects(first: 2) { nodes { auroraId } } }')
  expect(world.aurora.takeCalls()).toEqual(['GET 1'])
})

it('a write of ours costs the next question nothing more where its answer shows the project', async () => {
  await using world = await openFindable(120)
  await world.find()
  await world.gateway.ask('mutation { updateProject(id: "p7", input: { status: "Sold" }) { __typename } }')
  world.aurora.takeCalls()
  expect(await world.find()).toMatchObject({ found: { totalCount: 40 }, calls: [] })
  await world.gateway.ask('mutation { deleteProject(id: "p7") { __typename } }')
  world.aurora.takeCalls()
  expect(await world.find('search: "auckland"')).toMatchObject({
    found: { totalCount: 119, isComplete: true },
    calls: [],
  })
})

it.each([
  ['of an empty list', 0, [], ['GET 1', 'GET 2']],
  ['behind the last row of a page', 100, ['GET p7'], ['GET 1', 'GET 2', 'GET 3']],
])(
  'an empty page %s is as old as it is, whatever was touched',
  async (_name, count, afterTouch, afterAge) => {
    await using world = await openFindable(count)
    await world.find('search: "auckland"')
    await world.gateway.ask('mutation { updateProject(id: "nobody", input: { name: "x" }) { __typename } }')
    await world.find('search: "auckland"')
    world.aurora.takeCalls()
    if (count > 0) {
      await world.send('project_changed', 'p7')
      expect((await world.find('search: "auckland"')).calls).toEqual(afterTouch)
    }
    // Nobody was notified of it.
    world.aurora.projects = [...world.aurora.projects, buildListed(500)]
    await world.clock.advance(PAST_STALE_MS)
    expect(await world.find('search: "auckland"')).toMatchObject({
      found: { totalCount: count + 1, isComplete: true },
      calls: afterAge,
    })
  },
)

it.each([
  ['an event that names no project', (world: Findable) => world.send('project_changed')],
  [
    'a page that shows other rows than before',
    async (world: Findable) => {
      world.aurora.projects = world.aurora.projects.filter(({ id }) => id !== 'p117')
      await world.send('project_changed', 'p60')
      await world.gateway.ask('{ projects(first: 2) { nodes { auroraId } } }')
      world.aurora.takeCalls()
    },
  ],
  [
    'an age at which pages are not fresh',
    async (world: Findable) => {
      await world.send('project_changed', 'p60')
      await world.clock.advance(6 * 60_000)
    },
  ],
  [
    'more projects than pages',
    async (world: Findable) => {
      for (const id of ['p1', 'p2', 'p3', 'p4']) await world.send('project_changed', id)
    },
  ],
])('after %s, the list is read', async (_what, happen) => {
  await using world = await openFindable(120)
  await world.find()
  await happen(world)
  const { found, calls } = await world.find('search: "auckland"')
  expect(found).toMatchObject({ totalCount: world.aurora.projects.length, isComplete: true })
  expect(calls.filter((call) => ALL.includes(call)).length).toBeGreaterThan(1)
})

it('a page that was read since, with the same rows, is used with what it shows', async () => {
  await using world = await openFindable(120)
  await world.find()
  world.change('p100', { status: 'Archived' })
  await world.send('project_changed', 'p100')
  await world.gateway.ask('{ projects(first: 2) { nodes { auroraId } } }')
  world.aurora.takeCalls()
  expect(await world.find('filter: { status: "Archived" }')).toMatchObject({
    found: { totalCount: 1, isComplete: true },
    calls: [],
  })
})

it('where the first page was read again after a project was made or deleted, what has left it is read, and not the list', async () => {
  await using world = await openFindable(120)
  await world.find()
  const readFirst = async () => {
    await world.gateway.ask('{ projects(first: 2) { nodes { auroraId } } }')
    expect(world.aurora.takeCalls()).toEqual(['GET 1'])
  }
  const all = 'search: "auckland"'
  world.aurora.projects = [buildListed(120), ...world.aurora.projects]
  await world.send('project_created', 'p120')
  await readFirst()
  // The last one of the first page is on the second one now, which was not read again.
  expect(await world.find(all)).toMatchObject({
    found: { totalCount: 121, isComplete: true },
    calls: ['GET p70'],
  })
  expect((await world.find(all)).calls).toEqual([])
  world.aurora.projects = world.aurora.projects.filter(({ id }) => id !== 'p110')
  await world.send('project_deleted', 'p110')
  await readFirst()
  const { found, calls } = await world.find(all)
  expect(calls).toEqual(['GET p110'])
  expect(found).toMatchObject({ totalCount: 120, isComplete: true })
  expect(found?.nodes.map(({ auroraId }) => auroraId)).toEqual(
    world.aurora.projects.map(({ id }) => id).toSorted(newestFirst),
  )
})

const newestFirst = (one: string, other: string): number => Number(other.slice(1)) - Number(one.slice(1))

it('that a project is gone is asked once, however often the list is asked about', async () => {
  await using world = await openFindable(120)
  await world.find()
  world.aurora.projects = world.aurora.projects.filter(({ id }) => id !== 'p118')
  await world.send('project_deleted', 'p118')
  // A key that sees a part of the projects gets the events of all.
  await world.send('project_changed', 'unseen')
  const all = 'search: "auckland"'
  expect((await world.find(all)).calls.toSorted()).toEqual(['GET p118', 'GET unseen'])
  for (let minute = 1; minute < 5; minute += 1) {
    await world.clock.advance(60_000)
    expect(await world.find(all)).toMatchObject({ found: { totalCount: 119, isComplete: true }, calls: [] })
  }
  world.aurora.projects = [buildListed(121), ...world.aurora.projects]
  await world.send('project_created', 'p121')
  expect(await world.find(all)).toMatchObject({ found: { totalCount: 120 }, calls: ['GET p121'] })
})

it('what is not there yet while Aurora may still answer old is asked for once more', async () => {
  await using world = await openFindable(120, { settleMs: 60_000 })
  await world.find()
  await world.send('project_created', 'p121')
  const all = 'search: "auckland"'
  expect((await world.find(all)).calls).toEqual(['GET p121'])
  world.aurora.projects = [buildListed(121), ...world.aurora.projects]
  await world.clock.advance(61_000)
  expect(await world.find(all)).toMatchObject({ found: { totalCount: 121 }, calls: ['GET p121'] })
})

it('a live question asks once whether a project is gone, and then rests', async () => {
  await using world = await openFindable(120)
  const { clock, aurora } = world
  const client = await watch(
    world.gateway,
    'query @live { projects(search: "auckland", first: 2) { totalCount } }',
  )
  await untilGot(clock, client, 1)
  await clock.advance(5000)
  aurora.takeCalls()
  aurora.projects = aurora.projects.filter(({ id }) => id !== 'p118')
  await world.send('project_deleted', 'p118')
  await untilGot(clock, client, 2)
  for (let second = 0; second < 60; second += 1) await clock.advance(1000)
  expect(aurora.takeCalls()).toEqual(['GET p118'])
})

it('where the project cannot be read, the answer says that it is about a part', async () => {
  await using world = await openFindable(120, { rateLimit: 3, rateWindowMs: 60_000, maxWaitMs: 0 })
  await world.find()
  world.change('p60', { status: 'Sold' })
  await world.gateway.ask('mutation { updateProject(id: "p60", input: { status: "Sold" }) { __typename } }')
  await world.send('project_changed', 'p60')
  const { found, errors } = await world.find()
  expect(errors).toMatchObject([{ path: ['projects', 'totalCount'], extensions: { code: 'RATE_LIMITED' } }])
  expect(found).toMatchObject({ totalCount: null, isComplete: false, missingPages: 0 })
  expect(found?.nodes.map(({ auroraId }) => auroraId)).not.toContain('p60')
})

it('where Aurora refuses the project itself, the list is read, which may show it', async () => {
  await using world = await openFindable(120)
  await world.find()
  Object.assign(world.aurora, { failing: 'GET p60', failingStatus: 403 })
  world.change('p60', { name: 'Changed' })
  await world.send('project_changed', 'p60')
  const { found, calls } = await world.find('search: "changed"')
  expect(calls).toEqual(['GET p60', ...ALL])
  expect(found).toMatchObject({ totalCount: 1, isComplete: true })
})

it('a project that is touched while another one is read is read, too', async () => {
  await using world = await openFindable(120)
  await world.find()
  await world.send('project_changed', 'p60')
  world.aurora.onCall = async (call) => {
    if (call !== 'GET p60') return
    world.aurora.onCall = () => {}
    world.change('p61', { status: 'Archived' })
    await world.send('project_changed', 'p61')
  }
  expect(await world.find('filter: { status: "Archived" }')).toMatchObject({
    found: { totalCount: 1, isComplete: true },
    calls: ['GET p60', 'GET p61'],
  })
})

it('what is read while Aurora may still answer old is read once more', async () => {
  await using world = await openFindable(120, { settleMs: 10_000 })
  await world.find()
  await world.send('project_changed', 'p60')
  expect((await world.find()).calls).toEqual(['GET p60'])
  world.change('p60', { status: 'Archived' })
  await world.clock.advance(11_000)
  await world.find('filter: { status: "Archived" }')
  await expect
    .poll(async () => (await world.find('filter: { status: "Archived" }')).found?.totalCount)
    .toBe(1)
})

it('a live question about the whole list reads the project that has changed, each time', async () => {
  await using world = await openFindable(120)
  const { clock, aurora } = world
  const query = 'query @live { projects(filter: { status: "Archived" }) { totalCount nodes { auroraId } } }'
  const client = await watch(world.gateway, query)
  await untilGot(clock, client, 1)
  expect(aurora.takeCalls()).toEqual(ALL)
  for (const [nth, id] of ['p60', 'p61', 'p60'].entries()) {
    await clock.advance(5000)
    world.change(id, { status: nth === 2 ? 'Lost' : 'Archived' })
    await world.send('project_changed', id)
    await untilGot(clock, client, nth + 2)
    expect(aurora.takeCalls()).toEqual([`GET ${id}`])
  }
  expect(
    client.got.map(({ data }) => (data as { projects: { totalCount: number } }).projects.totalCount),
  ).toEqual([0, 1, 2, 1])
})

it('a project that the list has not shown, and that is not new, is looked for in the list', async () => {
  await using world = await openFindable(120)
  world.aurora.isSeen = (_token, { id }) => id !== 'p50' || seen
  let seen = false
  expect((await world.find('search: "auckland"')).found).toMatchObject({ totalCount: 119 })
  seen = true
  await world.send('project_changed', 'p50')
  const { found, calls } = await world.find('search: "auckland"')
  expect(found).toMatchObject({ totalCount: 120, isComplete: true })
  expect(calls).toEqual(['GET p50', ...ALL])
})

it('nothing but a question about the whole list is answered from its pages after a write, whatever age is accepted', async () => {
  await using world = await openFindable(120, { rateLimit: 4, rateWindowMs: 24 * 60 * 60_000, maxWaitMs: 0 })
  await world.find()
  await world.gateway.ask('mutation { updateProject(id: "p60", input: { name: "New" }) { __typename } }')
  const ask = async (query: string) => {
    const response = await world.gateway.handle(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'cache-control': 'max-stale=600' },
        body: JSON.stringify({ query }),
      }),
    )
    return (await response.json()) as { data: unknown; errors: { extensions: { code: string } }[] }
  }
  for (const query of ['{ project(id: "p61") { name } }', '{ projects { nodes { name } } }'])
    expect((await ask(query)).errors.map(({ extensions }) => extensions.code)).toEqual(['RATE_LIMITED'])
  expect((await world.find('search: "auckland"')).found).toMatchObject({ totalCount: 120, isComplete: true })
})

it('a page that was read while Aurora might still answer old is not taken for what is new', async () => {
  await using world = await openFindable(120, { settleMs: 10_000 })
  await world.find()
  await world.clock.advance(60_000)
  await world.send('project_changed', 'p110')
  await world.gateway.ask('{ projects(first: 2) { nodes { auroraId } } }')
  world.change('p110', { status: 'Archived' })
  await world.clock.advance(15_000)
  await world.find('filter: { status: "Archived" }')
  await expect
    .poll(async () => (await world.find('filter: { status: "Archived" }')).found?.totalCount)
    .toBe(1)
})

it('an object that is found by a value on a page that is stale is read again', async () => {
  await using world = await openFindable(120)
  await world.find()
  world.change('p110', { name: 'New' })
  await world.clock.advance(7 * 60_000)
  const ask = () =>
    world.gateway.ask<{ project: { name: string } }>('{ project(externalProviderId: "CRM-110") { name } }')
  await ask()
  await expect.poll(async () => (await ask()).data?.project.name).toBe('New')
})

it('where only what is cached is asked for, what was touched is missing, and the rest is shown', async () => {
  await using world = await openFindable(120)
  await world.find()
  await world.send('project_changed', 'p60')
  world.aurora.takeCalls()
  const response = await world.gateway.handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cache-control': 'only-if-cached' },
      body: JSON.stringify({
        query: '{ projects(search: "auckland", first: 250) { isComplete nodes { auroraId } } }',
      }),
    }),
  )
  const { data } = (await response.json()) as { data: { projects: { nodes: unknown[] } } }
  expect([data.projects.nodes.length, data.projects]).toMatchObject([119, { isComplete: false }])
  expect(world.aurora.takeCalls()).toEqual([])
})
