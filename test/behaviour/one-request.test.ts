// No single request holds the event loop: others have their turns while it is executed, planned, or answered by Aurora.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { ITEMS_AT_ONCE } from '../../src/cache/in-pieces.ts'
import { MAX_ITEMS, MAX_MEMBERS } from '../../src/rest/assert-modest.ts'
import { askWith, explain } from '../support/explain.ts'
import { askFixedAurora } from '../support/fixed-aurora.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const ANEW = { 'cache-control': 'no-cache' }
const SCREEN =
  '{ projects(first: 250) { nodes { id name createdAt owner { lastName } customer { firstName lastName } } } }'
const FRAGMENT =
  'fragment F on Project { name designs { name pricing { systemPrice } project { name } } owner { email } }'
/** Twenty slices of different lengths: no object stands for the same others in all of them. */
const RAGGED = `{ ${Array.from({ length: 20 }, (_, index) => `r${index}: projects(first: ${250 - index}) { nodes { ...F } }`).join(' ')} } ${FRAGMENT}`

/** How many turns of the event loop others have until the work is done. */
async function countTurns(work: Promise<unknown>): Promise<number> {
  let turns = 0
  const done = work.then(() => 'done')
  while ((await Promise.race([done, nextTurn('others')])) === 'others') turns += 1
  return turns
}

it('a screen of 250 projects from the cache is executed in several turns, and is the same as ever', async () => {
  await using gateway = await createTestGateway()
  const first = await gateway.ask(SCREEN)
  gateway.takeCalls()
  const again = askWith(gateway, { query: `${SCREEN} ` }, {})
  // In one turn there would be two.
  expect(await countTurns(again)).toBeGreaterThan(4)
  expect((await again).data).toEqual(first.data)
  expect(gateway.takeCalls()).toEqual([])
})

it('objects that a long list looks for are looked for together, though its items are executed in several turns', async () => {
  await using gateway = await createTestGateway()
  const { projects } = gateway.simulator.data
  const ids = projects.slice(0, 90).map(({ id }) => `Project:${id}`)
  const wide = Array.from({ length: 9 }, (_, index) => `n${index}: name`).join(' ')
  const answer = await gateway.ask(
    `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { ${wide} } } }`,
    { ids },
  )
  expect(answer.errors).toBeUndefined()
  expect(gateway.takeCalls()).toHaveLength(1)
})

it('a plan of slices of many lengths ends at its bound, says so, and lets others have their turns', async () => {
  await using gateway = await createTestGateway()
  const query =
    'query ($q: String!) { a: explain(query: $q) { isComplete } b: explain(query: $q) { isComplete } c: explain(query: $q) { isComplete } }'
  const asked = askWith<Record<string, { isComplete: boolean }>>(
    gateway,
    { query, variables: { q: RAGGED } },
    ANEW,
  )
  expect(await countTurns(asked)).toBeGreaterThan(30)
  expect((await asked).data?.['c']).toEqual({ isComplete: false })
  expect(gateway.simulator.calls).toEqual([])
})

it('a plan of twenty equal slices is complete: projects that are alike are counted together', async () => {
  await using gateway = await createTestGateway()
  const slices = Array.from(
    { length: 20 },
    (_, index) => `r${index}: projects(first: 250) { nodes { ...F } }`,
  )
  const one = await explain(gateway, `{ ${slices[0]} } ${FRAGMENT}`)
  const twenty = await explain(gateway, `{ ${slices.join(' ')} } ${FRAGMENT}`)
  expect(twenty.calls).toEqual(one.calls)
  expect(gateway.simulator.calls).toEqual([])
})

it.each([
  ['300,000 members', 300_000],
  ['one member too many', MAX_MEMBERS + 1],
])('an object of %s is an answer that cannot be read', async (_, count) => {
  const members = Object.fromEntries(Array.from({ length: count }, (_value, index) => [`m${index}`, 'x']))
  await using aurora = await askFixedAurora({ 'GET /projects/p1': { project: { ...members, id: 'p1' } } })
  const { data, errors } = await aurora.ask('{ project(id: "p1") { name } }')
  expect(data?.['project']).toBeNull()
  expect(errors?.map(({ message, extensions: { code } }) => [message, code])).toEqual([
    [`Aurora's answer has an object of more than ${MAX_MEMBERS} members.`, 'UPSTREAM_INVALID'],
  ])
  expect(aurora.takeCalls()).toContain('GET /projects/p1')
})

const usersOf = (count: number) => ({
  users: Array.from({ length: count }, (_, index) => ({ id: `u${index}`, email: `u${index}@example.com` })),
})

it('a list of more items than Aurora can have is an answer that cannot be read', async () => {
  await using aurora = await askFixedAurora({ 'GET /users': usersOf(MAX_ITEMS + 1) })
  const { errors } = await aurora.ask('{ users { id } }')
  expect(errors?.map(({ message, extensions: { code } }) => [message, code])).toEqual([
    [`Aurora's answer has a list of more than ${MAX_ITEMS} objects.`, 'UPSTREAM_INVALID'],
  ])
})

it('the objects of a very long list are found without a call, also those that are kept in later turns', async () => {
  const last = 2 * ITEMS_AT_ONCE + 10
  await using aurora = await askFixedAurora({
    'GET /users': usersOf(last + 1),
    'GET /projects/p1': { project: { id: 'p1', owner_id: `u${last}` } },
  })
  await aurora.ask('{ users { id } }')
  aurora.takeCalls()
  const answer = await aurora.ask('{ project(id: "p1") { owner { email } } }')
  expect(answer.data).toEqual({ project: { owner: { email: `u${last}@example.com` } } })
  expect(aurora.takeCalls()).toEqual(['GET /projects/p1'])
})

it('an answer with thousands of errors is written in turns, and is whole', async () => {
  const projects = Array.from({ length: 250 }, (_, index) => ({ id: `p${index}`, owner_id: `u${index}` }))
  await using aurora = await askFixedAurora({ 'GET /projects': { projects } })
  const slices = Array.from(
    { length: 8 },
    (_, index) => `a${index}: projects(first: 250) { nodes { owner { email } } }`,
  )
  const asked = aurora.ask(`{ ${slices.join(' ')} }`)
  const { data, errors } = await asked
  expect(Object.keys(data ?? {})).toHaveLength(8)
  expect(errors).toHaveLength(2_000)
  expect(errors?.at(-1)).toMatchObject({
    path: ['a7', 'nodes', 249, 'owner'],
    extensions: { code: 'NOT_FOUND' },
  })
})
