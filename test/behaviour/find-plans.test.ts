// What `explain` counts for a question about a whole list after objects of it were touched, beside what the question then spends.
import { expect, it } from 'vitest'
import { explain } from '../support/explain.ts'
import { openFindable } from '../support/findable.ts'
import type { Findable } from '../support/findable.ts'
import { buildListed } from '../support/project-list.ts'

const QUERY = '{ projects(search: "auckland", first: 2) { totalCount nodes { auroraId } } }'

async function planAndSpend(world: Findable) {
  world.aurora.takeCalls()
  const { calls, steps } = await explain(world.gateway, QUERY)
  expect(world.aurora.takeCalls()).toEqual([])
  const answer = await world.gateway.ask(QUERY)
  expect(answer.errors).toBeUndefined()
  const spent = world.aurora.takeCalls()
  expect(answer.extensions.upstream.calls).toBe(spent.length)
  return { calls, steps: steps.map(({ operation, calls: { expected } }) => [operation, expected]), spent }
}

const exactly = (count: number) => ({ min: count, expected: count, max: count })

it.each<[string, number, (world: Findable) => Promise<unknown>]>([
  ['one project is touched', 1, (world) => world.send('project_changed', 'p60')],
  [
    'several projects are touched: changed, made and deleted',
    3,
    async (world) => {
      world.aurora.projects = [buildListed(121), ...world.aurora.projects.filter(({ id }) => id !== 'p118')]
      await world.send('project_created', 'p121')
      await world.send('project_deleted', 'p118')
      await world.send('project_changed', 'p60')
    },
  ],
  [
    'the answer to a write shows the project',
    0,
    (world) =>
      world.gateway.ask('mutation { updateProject(id: "p7", input: { status: "Sold" }) { __typename } }'),
  ],
  [
    'a project was made, and the first page was read again',
    1,
    async (world) => {
      world.aurora.projects = [buildListed(120), ...world.aurora.projects]
      await world.send('project_created', 'p120')
      await world.gateway.ask('{ projects(first: 2) { nodes { auroraId } } }')
    },
  ],
  [
    'a touched project was found to be gone, a minute ago',
    0,
    async (world) => {
      world.aurora.projects = world.aurora.projects.filter(({ id }) => id !== 'p118')
      await world.send('project_deleted', 'p118')
      await world.find()
      await world.clock.advance(60_000)
    },
  ],
  [
    'a touched project was read since',
    0,
    async (world) => {
      await world.send('project_changed', 'p60')
      await world.find()
    },
  ],
])('where %s, the plan has what is spent, and not the pages', async (_what, count, happen) => {
  await using world = await openFindable(120)
  await world.find()
  await happen(world)
  const { calls, spent, steps } = await planAndSpend(world)
  expect(spent).toHaveLength(count)
  expect(spent.filter((call) => /^GET \d/.test(call))).toEqual([])
  expect(calls).toEqual(exactly(count))
  expect(steps.filter(([operation]) => operation === 'listProjects')).toEqual([])
})

it.each<[string, (world: Findable) => Promise<unknown>]>([
  ['an event names no project', (world) => world.send('project_changed')],
  [
    'more projects are touched than the list has pages',
    async (world) => {
      for (const id of ['p1', 'p2', 'p3', 'p4']) await world.send('project_changed', id)
    },
  ],
])('where %s, the plan has all pages, as the question reads them', async (_what, happen) => {
  await using world = await openFindable(120)
  await world.find()
  await happen(world)
  const { calls, spent } = await planAndSpend(world)
  expect(spent).toEqual(['GET 1', 'GET 2', 'GET 3'])
  expect(calls.expected).toBe(3)
})

it('where a page of a touched list has gone, the plan has the pages', async () => {
  // A cache for little more than the list: what is read for others takes the place of pages.
  await using world = await openFindable(120, { cacheMaxBytes: 300_000 })
  await world.find()
  expect((await world.find()).calls).toEqual([])
  await world.send('project_changed', 'p60')
  for (let nth = 0; nth < 119; nth += 1) await world.gateway.ask(`{ project(id: "p${nth}") { name } }`)
  const { calls, spent } = await planAndSpend(world)
  expect(spent.filter((call) => /^GET \d/.test(call)).length).toBeGreaterThan(0)
  expect(calls.expected).toBe(spent.length)
})
