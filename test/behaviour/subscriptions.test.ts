// Subscriptions: the present state first, then an event for each change, and what they cost.
import { expect, it } from 'vitest'
import { askPlain, eventually, untilGot, watch } from '../support/live.ts'
import { askFixedAurora } from '../support/fixed-aurora.ts'
import type { Fixed } from '../support/fixed-aurora.ts'
import { createManualClock } from '../support/manual-clock.ts'

const MINUTE = 60_000

async function open(bodies: Record<string, Fixed>) {
  const clock = createManualClock()
  const aurora = await askFixedAurora(bodies, { clock })
  return {
    clock,
    aurora,
    bodies,
    subscribe: (query: string, variables: object = {}) => watch(aurora.gateway, query, { variables }),
  }
}

const project = (name: string) => ({ project: { id: 'p1', name, owner_id: 'u1' } })
const rename = 'mutation { updateProject(id: "p1", input: { name: "x" }) { errors { code } } }'

it('projectChanged is the present state, and an event for each change, whatever is asked of it', async () => {
  const { clock, aurora, bodies, subscribe } = await open({
    'GET /projects/p1': project('before'),
    'PUT /projects/p1': project('after'),
  })
  await using _ = aurora
  const named = await subscribe('subscription { projectChanged(id: "p1") { name } }')
  const unnamed = await subscribe('subscription ($id: ID!) { projectChanged(id: $id) { id } }', {
    id: 'Project:p1',
  })
  await untilGot(clock, named, 1)
  await untilGot(clock, unnamed, 1)
  expect([named.takeData(), unnamed.takeData()]).toEqual([
    [{ projectChanged: { name: 'before' } }],
    [{ projectChanged: { id: 'Project:p1' } }],
  ])
  expect(aurora.takeCalls()).toEqual(['GET /projects/p1'])
  bodies['GET /projects/p1'] = project('after')
  await aurora.ask(rename)
  await clock.advance(1000)
  await untilGot(clock, named, 2)
  await untilGot(clock, unnamed, 2)
  expect([named.takeData(), unnamed.takeData()]).toEqual([
    [{ projectChanged: { name: 'after' } }],
    [{ projectChanged: { id: 'Project:p1' } }],
  ])
  // The answer to the write does not show the whole object.
  expect(aurora.takeCalls()).toEqual(['GET /projects/p1', 'PUT /projects/p1'])
  await clock.advance(1000)
  expect(named.got).toHaveLength(2)
  named.stream.stop()
  unnamed.stream.stop()
  expect(clock.countTimers()).toBe(0)
})

it('a project that is as before when it is read again by its age is no event', async () => {
  const { clock, aurora, bodies, subscribe } = await open({ 'GET /projects/p1': project('before') })
  await using _ = aurora
  const client = await subscribe('subscription { projectChanged(id: "p1") { id } }')
  await untilGot(clock, client, 1)
  aurora.takeCalls()
  await clock.advance(5 * MINUTE)
  await eventually(clock, () => expect(aurora.gateway.config).toBeDefined())
  await clock.advance(1000)
  expect(aurora.takeCalls()).toEqual(['GET /projects/p1'])
  expect(client.got).toHaveLength(1)
  bodies['GET /projects/p1'] = project('after')
  await clock.advance(5 * MINUTE)
  await untilGot(clock, client, 2)
  client.stream.stop()
})

it('designChanged reads the design itself, although only the price is asked for, which costs a call through the same line', async () => {
  const { clock, aurora, subscribe } = await open({
    'GET /designs/d1': { design: { id: 'd1', name: 'D' } },
    'GET /designs/d1/pricing': { pricing: { system_price: 5 } },
  })
  await using _ = aurora
  const client = await subscribe('subscription { designChanged(id: "d1") { pricing { systemPrice } } }')
  await untilGot(clock, client, 1)
  expect(client.got[0]?.extensions?.upstream.calls).toBe(2)
  expect(aurora.takeCalls()).toEqual(['GET /designs/d1', 'GET /designs/d1/pricing'])
  client.stream.stop()
})

it('agreementStatusChanged has all agreements of the project', async () => {
  const { clock, aurora, bodies, subscribe } = await open({
    'GET /projects/p1/agreements': { agreements: [{ id: 'a1', status: 'sent' }] },
  })
  await using _ = aurora
  const client = await subscribe(
    'subscription { agreementStatusChanged(projectId: "p1") { auroraId status } }',
  )
  await untilGot(clock, client, 1)
  expect(client.takeData()).toEqual([{ agreementStatusChanged: [{ auroraId: 'a1', status: 'SENT' }] }])
  bodies['GET /projects/p1/agreements'] = { agreements: [{ id: 'a1', status: 'signed' }] }
  await clock.advance(5 * MINUTE)
  await untilGot(clock, client, 2)
  expect(client.takeData()).toEqual([{ agreementStatusChanged: [{ auroraId: 'a1', status: 'SIGNED' }] }])
  client.stream.stop()
})

const SIMULATION = 'GET /designs/d1/performance_simulation/status?job_id=j1'
const job = (status: string) => ({ performance_simulation_job: { job_id: 'j1', status } })
const JOB = 'subscription { jobChanged(id: "PerformanceSimulationJob:d1/j1") { id status } }'

it('jobChanged asks less and less often, once for all, and ends with the job', async () => {
  const { clock, aurora, bodies, subscribe } = await open({ [SIMULATION]: job('running') })
  await using _ = aurora
  const clients = [await subscribe(JOB), await subscribe(JOB), await subscribe(JOB)]
  for (const client of clients) await untilGot(clock, client, 1)
  expect(clients[0]?.takeData()).toEqual([
    { jobChanged: { id: 'PerformanceSimulationJob:d1/j1', status: 'RUNNING' } },
  ])
  let calls = aurora.takeCalls().length
  for (let seconds = 0; seconds < 120; seconds += 1) {
    await clock.advance(1000)
    await eventually(clock, () => expect(aurora.gateway.gateway.isReady()).toBe(true))
  }
  calls += aurora.takeCalls().length
  expect(calls).toBeLessThan(16)
  expect(calls).toBeGreaterThan(8)
  bodies[SIMULATION] = job('succeeded')
  for (let seconds = 0; seconds < 45; seconds += 1) await clock.advance(1000)
  for (const client of clients) {
    await untilGot(clock, client, 2)
    expect(client.got.at(-1)?.data).toMatchObject({ jobChanged: { status: 'SUCCEEDED' } })
    expect(client.isComplete()).toBe(true)
  }
  expect(clock.countTimers()).toBe(0)
  const late = await subscribe(JOB)
  await untilGot(clock, late, 1)
  expect(late.isComplete()).toBe(true)
})

it.each([
  ['subscription { projectChanged(id: "p2") { name } }', 'NOT_FOUND'],
  ['subscription { projectChanged(id: "Design:p2") { name } }', 'BAD_USER_INPUT'],
  ['subscription { jobChanged(id: "Project:p2") { status } }', 'BAD_USER_INPUT'],
  ['subscription { jobChanged(id: "j1") { status } }', 'BAD_USER_INPUT'],
  ['subscription { agreementStatusChanged(projectId: "p/2") { status } }', 'BAD_USER_INPUT'],
])('%s is one event with %s, and the end', async (query, code) => {
  const { clock, aurora, subscribe } = await open({})
  await using _ = aurora
  const client = await subscribe(query)
  await untilGot(clock, client, 1)
  expect(client.got).toMatchObject([{ errors: [{ extensions: { code } }] }])
  expect(client.isComplete()).toBe(true)
  expect(clock.countTimers()).toBe(0)
})

it('a client that takes no stream is told which header it has to send', async () => {
  const { aurora } = await open({})
  await using _ = aurora
  const answered = await askPlain(aurora.gateway, JOB, { acceptsStream: false })
  const response = answered as Response
  expect([response.status, await response.json()]).toMatchObject([
    400,
    {
      errors: [
        {
          message: expect.stringContaining('text/event-stream') as string,
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    },
  ])
  expect(aurora.takeCalls()).toEqual([])
})

it('a subscription has one field at its root', async () => {
  const { aurora } = await open({})
  await using _ = aurora
  const answered = await askPlain(
    aurora.gateway,
    'subscription { a: projectChanged(id: "p") { id } b: projectChanged(id: "q") { id } }',
  )
  expect(await (answered as Response).json()).toMatchObject({
    errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  })
})

it('what a subscription costs is explained as for a query', async () => {
  const { aurora } = await open({})
  await using _ = aurora
  const { data } = await aurora.ask(
    '{ explain(query: "subscription { projectChanged(id: \\"p1\\") { name } }") { calls { expected } } }',
  )
  expect(data).toEqual({ explain: { calls: { expected: 1 } } })
})

const CHANGES = 'subscription { changes(kinds: [PROJECT, DESIGN]) { isReset objects { type id } } }'

interface Event {
  readonly changes: { readonly isReset: boolean; readonly objects: readonly { readonly id: string }[] }
}

const idsOf = (data: unknown): readonly string[] => (data as Event).changes.objects.map(({ id }) => id)

it('changes begins with a reset, and then lists what was written, or was read anew and is another, and of those kinds only', async () => {
  const { clock, aurora, bodies, subscribe } = await open({
    'GET /projects/p1': project('before'),
    'GET /projects': {
      projects: [
        { id: 'p1', name: 'a' },
        { id: 'p2', name: 'b' },
      ],
    },
    'PUT /projects/p1': project('after'),
    'GET /users': { users: [{ id: 'u1', first_name: 'A' }] },
  })
  await using _ = aurora
  const list = '{ projects(first: 5) { nodes { name } } users { firstName } }'
  await aurora.ask(list)
  const client = await subscribe(CHANGES)
  await untilGot(clock, client, 1)
  expect(client.takeData()).toEqual([{ changes: { isReset: true, objects: [] } }])
  await clock.advance(2000)
  await aurora.ask(rename)
  await untilGot(clock, client, 2)
  expect(client.takeData()).toEqual([
    { changes: { isReset: false, objects: [{ type: 'Project', id: 'Project:p1' }] } },
  ])
  await clock.advance(61 * MINUTE)
  await aurora.ask(list)
  bodies['GET /projects'] = {
    projects: [
      { id: 'p1', name: 'a' },
      { id: 'p2', name: 'in the app' },
    ],
  }
  bodies['GET /users'] = { users: [{ id: 'u1', first_name: 'B' }] }
  await clock.advance(61 * MINUTE)
  expect(client.takeData()).toEqual([])
  await aurora.ask(list)
  await untilGot(clock, client, 3)
  expect(client.takeData().map(idsOf)).toEqual([['Project:p2']])
  client.stream.stop()
  expect(clock.countTimers()).toBe(0)
})

it('changes are merged while the client is not free, each object once, the last one last', async () => {
  const { clock, aurora, subscribe } = await open({
    'PUT /projects/p1': project('x'),
    'PUT /projects/p2': { project: { id: 'p2', name: 'x' } },
  })
  await using _ = aurora
  const slow = await subscribe(CHANGES)
  const quick = await subscribe(CHANGES)
  await untilGot(clock, slow, 1)
  await untilGot(clock, quick, 1)
  await clock.advance(2000)
  slow.takeData()
  quick.takeData()
  slow.hold()
  for (const id of ['p1', 'p2', 'p1']) {
    await aurora.ask(rename.replace('p1', id))
    await clock.advance(1500)
    await eventually(clock, () => expect(idsOf(quick.got.at(-1)?.data)).toEqual([`Project:${id}`]))
  }
  slow.goOn()
  await untilGot(clock, slow, 2)
  expect(slow.takeData()).toEqual([
    {
      changes: {
        isReset: false,
        objects: [
          { type: 'Project', id: 'Project:p2' },
          { type: 'Project', id: 'Project:p1' },
        ],
      },
    },
  ])
  slow.stream.stop()
  quick.stream.stop()
})

it('a client that has missed more changes than are kept is told to read all again', async () => {
  const { clock, aurora, subscribe } = await open({})
  await using _ = aurora
  const client = await subscribe(CHANGES)
  await untilGot(clock, client, 1)
  client.takeData()
  client.hold()
  // Each is answered 404, so what is known of the project is dropped.
  for (let index = 0; index < 30; index += 1) {
    const writes = Array.from(
      { length: 20 },
      (_each, place) =>
        `a${place}: updateProject(id: "p-${index}-${place}", input: { name: "x" }) { errors { code } }`,
    )
    await aurora.ask(`mutation { ${writes.join(' ')} }`)
  }
  await clock.advance(2000)
  client.goOn()
  await untilGot(clock, client, 2)
  const [event] = client.takeData() as Event[]
  expect([event?.changes.isReset, event?.changes.objects.length]).toEqual([true, 500])
  client.stream.stop()
})

it('what is read of a changed object is read once for all who get the event', async () => {
  const { clock, aurora, bodies } = await open({
    'GET /projects/p1': project('before'),
    'PUT /projects/p1': { project: {} },
  })
  await using _ = aurora
  const query =
    'subscription ($kinds: [ObjectKindInput!]!) { changes(kinds: $kinds) { objects { node { ... on Project { name } } } } }'
  const variables = { kinds: ['PROJECT'] }
  const clients = [
    await watch(aurora.gateway, query, { variables }),
    await watch(aurora.gateway, query, { variables }),
  ]
  for (const client of clients) await untilGot(clock, client, 1)
  await clock.advance(2000)
  bodies['GET /projects/p1'] = project('after')
  await aurora.ask(rename)
  aurora.takeCalls()
  for (const client of clients) {
    await untilGot(clock, client, 2)
    expect(client.got.at(-1)?.data).toEqual({ changes: { objects: [{ node: { name: 'after' } }] } })
  }
  expect(aurora.takeCalls()).toEqual(['GET /projects/p1'])
  for (const { stream } of clients) stream.stop()
})
