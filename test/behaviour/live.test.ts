// `@live`: the answer of a query, and a new one whenever a reply of it changes, whoever has changed it.
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { buildScope, nth } from '../support/builders.ts'
import { askPlain, eventually, untilGot, watch } from '../support/live.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const MINUTE = 60_000
const LIVE = 'query Board($id: ID!) @live { project(id: $id) { name } }'
const RENAME =
  'mutation ($id: ID!, $name: String!) { updateProject(id: $id, input: { name: $name }) { project { id } errors { code } } }'

async function open() {
  const clock = createManualClock()
  const gateway = await createTestGateway({ clock })
  const project = nth(gateway.simulator.data.projects, 0)
  const variables = { id: project.id }
  return { clock, gateway, project, variables, rename: (name: string) => rename(gateway, project.id, name) }
}

const rename = (gateway: TestGateway, id: string, name: string) => gateway.ask(RENAME, { id, name })

it('a client gets the answer, and a new one when a write has changed it', async () => {
  const { clock, gateway, variables, project, rename } = await open()
  await using _ = gateway
  const before = project.name
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  expect(client.takeData()).toEqual([{ project: { name: before } }])
  expect(client.got[0]?.extensions?.upstream.calls).toBe(1)
  await rename('New')
  gateway.takeCalls()
  await clock.advance(1000)
  await untilGot(clock, client, 2)
  expect(client.takeData()).toEqual([{ project: { name: 'New' } }])
  expect(gateway.takeCalls()).toEqual([])
  client.stream.stop()
})

it('a change in the app is seen when the reply is read again: by anybody, or at the end of its fresh time', async () => {
  const { clock, gateway, variables, project } = await open()
  await using _ = gateway
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  client.takeData()
  gateway.takeCalls()
  gateway.simulator.data.changes.project.change(project.id, { name: 'In the app' })
  await clock.advance(4 * MINUTE)
  expect(client.takeData()).toEqual([])
  expect(gateway.takeCalls()).toEqual([])
  await clock.advance(1 * MINUTE)
  await untilGot(clock, client, 2)
  expect(client.takeData()).toEqual([{ project: { name: 'In the app' } }])
  expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  client.stream.stop()
})

it('an answer that says nothing new is not sent', async () => {
  const { clock, gateway, variables, rename, project } = await open()
  await using _ = gateway
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  await rename(project.name)
  await clock.advance(2000)
  await rename('other')
  await clock.advance(2000)
  await untilGot(clock, client, 2)
  expect(client.takeData()).toHaveLength(2)
  client.stream.stop()
})

it('a thousand clients that watch one screen cost one execution and one call, and each change costs as much', async () => {
  const { clock, gateway, variables, rename } = await open()
  await using _ = gateway
  const clients = await Promise.all(
    Array.from({ length: 1000 }, (_each, index) =>
      watch(gateway, LIVE, { variables, caller: { name: `caller ${index % 7}` } }),
    ),
  )
  await Promise.all(clients.map((client) => untilGot(clock, client, 1)))
  expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  await rename('New')
  gateway.takeCalls()
  await clock.advance(1000)
  await Promise.all(clients.map((client) => untilGot(clock, client, 2)))
  expect(gateway.takeCalls()).toEqual([])
  expect(new Set(clients.map(({ got }) => JSON.stringify(got[1]))).size).toBe(1)
  for (const { stream } of clients) stream.stop()
  expect(clock.countTimers()).toBe(0)
})

it('a client that comes later, or again, gets the present state at once and at no cost', async () => {
  const { clock, gateway, variables } = await open()
  await using _ = gateway
  const first = await watch(gateway, LIVE, { variables })
  await untilGot(clock, first, 1)
  gateway.takeCalls()
  const second = await watch(gateway, LIVE, { variables })
  expect(second.got).toMatchObject([
    { data: first.got[0]?.data, extensions: { upstream: { calls: 0, saved: { cache: 1 } } } },
  ])
  first.stream.stop()
  second.stream.stop()
  const third = await watch(gateway, LIVE, { variables })
  await untilGot(clock, third, 1)
  expect([third.takeData(), gateway.takeCalls()]).toEqual([[first.got[0]?.data], []])
  third.stream.stop()
})

it('a client that comes after a write was acknowledged never gets what was before it', async () => {
  const { clock, gateway, variables, rename } = await open()
  await using _ = gateway
  const first = await watch(gateway, LIVE, { variables })
  await untilGot(clock, first, 1)
  await rename('New')
  const second = await watch(gateway, LIVE, { variables })
  await untilGot(clock, second, 1)
  expect(second.takeData()).toEqual([{ project: { name: 'New' } }])
  first.stream.stop()
  second.stream.stop()
})

it('a slow client gets the latest answer when it is free, and none from before a write', async () => {
  const { clock, gateway, variables, rename } = await open()
  await using _ = gateway
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  client.takeData()
  client.hold()
  for (const name of ['one', 'two', 'three']) {
    await rename(name)
    await clock.advance(1500)
  }
  client.goOn()
  await untilGot(clock, client, 2)
  expect(client.takeData()).toEqual([{ project: { name: 'three' } }])
  client.stream.stop()
})

it('changes that follow each other closely are given at most once a second', async () => {
  const { clock, gateway, variables, rename } = await open()
  await using _ = gateway
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  await clock.advance(5000)
  client.takeData()
  await rename('one')
  await untilGot(clock, client, 2)
  await rename('two')
  await rename('three')
  await clock.advance(900)
  expect(client.takeData()).toEqual([{ project: { name: 'one' } }])
  await clock.advance(100)
  await untilGot(clock, client, 3)
  expect(client.takeData()).toEqual([{ project: { name: 'three' } }])
  client.stream.stop()
})

it('a client that takes no stream, or asks for none, gets one answer', async () => {
  const { gateway, variables } = await open()
  await using _ = gateway
  for (const [query, acceptsStream] of [
    [LIVE, false],
    [LIVE.replace('@live', '@live(if: false)'), true],
    [LIVE.replace('@live', ''), true],
    [RENAME, true],
  ] as const)
    expect(
      await askPlain(gateway, query, { variables: { ...variables, name: 'x' }, acceptsStream }),
    ).toHaveProperty('status', 200)
})

it('what is wrong with a request is answered once, as for any other', async () => {
  const { gateway } = await open()
  await using _ = gateway
  const answered = await askPlain(gateway, 'query @live { nothing }')
  expect(answered).toHaveProperty('status')
  const badInput = await askPlain(gateway, LIVE, { variables: { id: null } })
  expect(badInput).toHaveProperty('status')
})

it('two tenants that ask the same watch their own data', async () => {
  const { clock, gateway, variables, rename } = await open()
  await using _ = gateway
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  const scope = buildScope('another token')
  const other = await watch(gateway, LIVE, { variables, caller: { name: 'other', scope } })
  await untilGot(clock, other, 1)
  await rename('New')
  await clock.advance(1000)
  await untilGot(clock, client, 2)
  expect(other.got).toHaveLength(1)
  client.stream.stop()
  other.stream.stop()
})

it('a client that goes on just after a write is not given the answer from before it', async () => {
  const { clock, gateway, variables, rename } = await open()
  await using _ = gateway
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  client.takeData()
  client.hold()
  await rename('one')
  await clock.advance(3000)
  await rename('two')
  client.goOn()
  expect(client.takeData()).toEqual([])
  await untilGot(clock, client, 2)
  expect(client.takeData()).toEqual([{ project: { name: 'two' } }])
  client.stream.stop()
})

it('a caller that may only read can watch', async () => {
  const { clock, gateway, variables, project } = await open()
  await using _ = gateway
  const client = await watch(gateway, LIVE, { variables, caller: { isReadOnly: true } })
  await untilGot(clock, client, 1)
  expect(client.takeData()).toEqual([{ project: { name: project.name } }])
  client.stream.stop()
})

it('an answer without data is the last one', async () => {
  const clock = createManualClock()
  await using gateway = await createTestGateway({ clock, config: { maxPlannedCalls: 1 } })
  const client = await watch(
    gateway,
    'query @live { projects(first: 5) { nodes { name designs { name } } } }',
  )
  await untilGot(clock, client, 1)
  expect(client.got).toMatchObject([{ errors: [{ extensions: { code: 'QUERY_REJECTED' } }] }])
  expect(client.isComplete()).toBe(true)
  expect(clock.countTimers()).toBe(0)
})

it('a field that was refused is asked for again at the time that was told, and not before', async () => {
  const clock = createManualClock()
  await using gateway = await createTestGateway({
    clock,
    config: { rateLimit: 20, maxWaitMs: 0 },
  })
  const [first, second] = gateway.simulator.data.projects
  const spend = Array.from(
    { length: 18 },
    (_each, index) => `a${index}: agreement(id: "x-${index}") { status }`,
  )
  await gateway.ask(`{ ${spend.join(' ')} }`)
  gateway.takeCalls()
  const query = 'query ($a: ID!, $b: ID!) @live { a: project(id: $a) { name } b: project(id: $b) { name } }'
  const client = await watch(gateway, query, { variables: { a: first?.id, b: second?.id } })
  await untilGot(clock, client, 1)
  const [answer] = client.got
  expect(answer?.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
  gateway.takeCalls()
  const retryAfterS = Number(answer?.errors?.[0]?.extensions['retryAfter'])
  await clock.advance((retryAfterS - 1) * 1000)
  expect(gateway.takeCalls()).toEqual([])
  for (let seconds = 0; seconds < 20; seconds += 1) await clock.advance(1000)
  await untilGot(clock, client, 2)
  expect(client.got.at(-1)).not.toHaveProperty('errors')
  expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  client.stream.stop()
})

it('a live answer from the cache alone costs no call, whatever changes', async () => {
  const { clock, gateway, variables, rename, project } = await open()
  await using _ = gateway
  await gateway.ask('query ($id: ID!) { project(id: $id) { name } }', variables)
  const client = await watch(gateway, LIVE, { variables, headers: { 'cache-control': 'only-if-cached' } })
  await untilGot(clock, client, 1)
  expect(client.takeData()).toEqual([{ project: { name: project.name } }])
  await rename('New')
  gateway.takeCalls()
  await clock.advance(10 * MINUTE)
  expect(client.takeData()).toEqual([{ project: { name: 'New' } }])
  expect(gateway.takeCalls()).toEqual([])
  client.stream.stop()
})

it('an answer that shows what others have been promised is not shared with them', async () => {
  const { clock, gateway } = await open()
  await using _ = gateway
  const query = 'query @live { explain(query: "{ tenant { name } }") { remaining } }'
  const clients = [
    await watch(gateway, query, { caller: { name: 'one' } }),
    await watch(gateway, query, { caller: { name: 'other' } }),
  ]
  for (const client of clients) await untilGot(clock, client, 1)
  expect(clients[0]?.got[0]).not.toBe(clients[1]?.got[0])
  for (const { stream } of clients) stream.stop()
})

it('streams of a tenant that is not served any more are broken off, because their caller is another now', async () => {
  const { clock, gateway, variables } = await open()
  await using _ = gateway
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  gateway.gateway.reload(gateway.config)
  expect(client.brokenOff()).toBe(null)
  const { aurora } = gateway.config
  gateway.gateway.reload({
    ...gateway.config,
    aurora: aurora && { ...aurora, tenantId: '11111111-1111-4111-8111-111111111111' },
  })
  expect([client.brokenOff(), client.got.length]).toEqual(['caller', 1])
  expect(clock.countTimers()).toBe(0)
})

it('nothing is left of a stream that was stopped, and all streams are broken off when the gateway closes', async () => {
  const { clock, gateway, variables } = await open()
  const client = await watch(gateway, LIVE, { variables })
  client.stream.stop()
  await eventually(clock, () => expect(clock.countTimers()).toBe(0))
  expect(client.got).toHaveLength(0)
  const second = await watch(gateway, LIVE, { variables })
  await untilGot(clock, second, 1)
  await gateway[Symbol.asyncDispose]()
  expect(second.brokenOff()).toBe('shutdown')
})

it('what has only aged is read with calls that are to spare, and leaves a third of the window to others', async () => {
  const clock = createManualClock()
  await using gateway = await createTestGateway({ clock, config: { rateLimit: 30 } })
  const [first, second] = gateway.simulator.data.projects
  const client = await watch(gateway, LIVE, { variables: { id: first?.id } })
  await untilGot(clock, client, 1)
  await clock.advance(5 * MINUTE - 1000)
  // So much of the window is used that what is left is for clients that wait.
  const spend = Array.from(
    { length: 19 },
    (_each, index) => `a${index}: agreement(id: "x-${index}") { status }`,
  )
  await gateway.ask(`{ ${spend.join(' ')} }`)
  gateway.takeCalls()
  await clock.advance(5000)
  await eventually(clock, () => expect(clock.countTimers()).toBeGreaterThan(0))
  expect(gateway.takeCalls()).toEqual([])
  expect(client.got).toHaveLength(1)
  const asked = await gateway.ask(`{ project(id: "${second?.id}") { name } }`)
  expect(asked.extensions.upstream.calls).toBe(1)
  gateway.takeCalls()
  for (let seconds = 0; seconds < 90; seconds += 1) await clock.advance(1000)
  await eventually(clock, () => expect(gateway.simulator.calls.at(-1)?.path).toContain(first?.id))
  expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  client.stream.stop()
})

it('a reply that leaves the cache for want of memory is not asked for again before its fresh time is over', async () => {
  const clock = createManualClock()
  await using gateway = await createTestGateway({ clock, config: { cacheMaxBytes: 12_000 } })
  const [first, ...others] = gateway.simulator.data.projects
  const client = await watch(gateway, LIVE, { variables: { id: first?.id } })
  await untilGot(clock, client, 1)
  for (const { id } of others.slice(0, 10)) await gateway.ask(`{ project(id: "${id}") { name } }`)
  gateway.takeCalls()
  await clock.advance(4 * MINUTE)
  expect(gateway.takeCalls()).toEqual([])
  // Nobody would notice a change of it, so a client that comes now has it read.
  const late = await watch(gateway, LIVE, { variables: { id: first?.id } })
  await untilGot(clock, late, 1)
  expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  client.stream.stop()
  late.stream.stop()
})

it('questions that differ in comments and spaces only share one answer', async () => {
  const { clock, gateway, variables } = await open()
  await using _ = gateway
  const first = await watch(gateway, LIVE, { variables })
  await untilGot(clock, first, 1)
  const same = await watch(gateway, `${LIVE.replace('{', '{\n  ')} # another`, { variables })
  // It was given in the turn in which it was opened: nothing was executed for it.
  expect(same.got).toMatchObject([{ data: first.got[0]?.data }])
  const other = await watch(gateway, LIVE.replace('{ name }', '{ title: name }'), { variables })
  expect(other.got).toEqual([])
  for (const { stream } of [first, same, other]) stream.stop()
})

it('a client that joins gets the report of what is stale as well, if it has asked for it', async () => {
  const { clock, gateway, variables } = await open()
  await using _ = gateway
  const watching = { variables, extensions: { freshness: true } }
  const first = await watch(gateway, LIVE, watching)
  await untilGot(clock, first, 1)
  const second = await watch(gateway, LIVE, watching)
  expect([first, second].map(({ got }) => Object.keys(got[0]?.extensions ?? {}))).toEqual([
    ['upstream', 'freshness'],
    ['upstream', 'freshness'],
  ])
  expect(second.got).toMatchObject([{ extensions: { upstream: { calls: 0 }, freshness: [] } }])
  for (const { stream } of [first, second]) stream.stop()
})

it('a live query that was sent by its hash goes on when its document is evicted', async () => {
  const { clock, gateway, variables, rename } = await open()
  await using _ = gateway
  const namedBy = (text: string) => ({
    persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(text).digest('hex') },
  })
  const register = (text: string) =>
    askPlain(gateway, text, { variables, extensions: namedBy(text), acceptsStream: false })
  await register(LIVE)
  const client = await watch(gateway, '', { variables, extensions: namedBy(LIVE) })
  await untilGot(clock, client, 1)
  for (let index = 0; index < 12; index += 1)
    await register(`{ __typename } # ${index} ${'x'.repeat(15_000)}`)
  expect(await askPlain(gateway, '', { variables, extensions: namedBy(LIVE) })).toHaveProperty('status')
  await rename('New')
  await clock.advance(1000)
  await untilGot(clock, client, 2)
  expect(client.takeData()).toMatchObject([{}, { project: { name: 'New' } }])
  expect(client.isComplete()).toBe(false)
  client.stream.stop()
})

/** Counts the pieces of work that the loop gets. */
function countWork({ loop }: TestGateway['gateway']): { take(): number } {
  const { work } = loop
  let pieces = 0
  loop.work = (...piece) => {
    pieces += 1
    return work(...piece)
  }
  return {
    take() {
      const counted = pieces
      pieces = 0
      return counted
    },
  }
}

it('an answer that is made again is divided into turns of the loop, where the first one, for which a client waits, is not', async () => {
  const clock = createManualClock()
  // Nothing is planned then, so all work is that of the answers.
  await using gateway = await createTestGateway({ clock, config: { maxPlannedCalls: 0 } })
  const counted = countWork(gateway.gateway)
  const client = await watch(gateway, 'query @live { projects(first: 100) { nodes { name status } } }')
  await untilGot(clock, client, 1)
  expect(counted.take()).toBe(0)
  await rename(gateway, nth(gateway.simulator.data.projects, 0).id, 'New')
  await clock.advance(1000)
  await untilGot(clock, client, 2)
  expect(counted.take()).toBeGreaterThan(0)
  client.stream.stop()
})

it('an answer that is made again is not planned first', async () => {
  const { clock, gateway, variables, project } = await open()
  await using _ = gateway
  const counted = countWork(gateway.gateway)
  const client = await watch(gateway, LIVE, { variables })
  await untilGot(clock, client, 1)
  expect(counted.take()).toBeGreaterThan(0)
  gateway.simulator.data.changes.project.change(project.id, { name: 'In the app' })
  await clock.advance(5 * MINUTE)
  await untilGot(clock, client, 2)
  expect(counted.take()).toBe(0)
  client.stream.stop()
})
