// Live answers with webhooks: what an event touches is read once and given within a second, whoever watches, and nothing else is.
import { describe, expect, it } from 'vitest'
import { EVENT_NAMES, eventRow } from '../../src/aurora/events.ts'
import type { EventName } from '../../src/aurora/events.ts'
import { ALL_READS } from '../../src/aurora/reads.ts'
import type { Caller } from '../../src/callers/caller.ts'
import { createLive } from '../../src/live/live.ts'
import type { Call, Reply } from '../../src/rest/call.ts'
import type { UsedReply } from '../../src/rest/terms.ts'
import { AT_ONCE } from '../../src/turns/pace.ts'
import { toAnswered } from '../support/answered.ts'
import { buildCall, buildReply, buildScope, nth } from '../support/builders.ts'
import { openEventLine } from '../support/event-line.ts'
import { eventually, readStream, untilGot, watch } from '../support/live.ts'
import { createManualClock, settle } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const SECRET = 'a-secret-of-the-test'
const scope = buildScope()
const CALLER: Caller = { name: 'a', scope, isReadOnly: false }
const OBJECTS = ['1', '2'] as const
const idOf = (name: string, object: string): string => `${name.replace(/_id$/, '')}-${object}`

/** Every read of the catalogue, of the objects of two projects; the jobs first, whose ends drop what they have changed. */
const READS = ALL_READS.toSorted(
  (one, other) => Number(other.form === 'job') - Number(one.form === 'job'),
).flatMap((endpoint) => {
  const paths =
    endpoint.parameters.length === 0
      ? [{}]
      : OBJECTS.map((object) =>
          Object.fromEntries(endpoint.parameters.map((name) => [name, idOf(name, object)])),
        )
  const query = endpoint.form === 'job' ? { job_id: idOf('job_id', '1') } : {}
  return paths.map((path) => ({ endpoint, path, query }))
})

/** `aurora.change`: what it answers; left out, each answer is another. `tookMs`: how long an answer takes when all is read. */
function open(aurora: { change: number } | null = null, tookMs = 0) {
  const { clock, cache, read, receive, takeCalls } = openEventLine({
    scope,
    answer: (call, { number, nowMs }) => answer(call, { number: aurora ? aurora.change : number, nowMs }),
  })
  const readAll = async (onUsed: (used: UsedReply) => void = () => {}): Promise<Reply[]> => {
    const replies: Reply[] = []
    for (const question of READS)
      replies.push(await read(buildCall({ ...question, scope, begunAtMs: clock.monotonicMs(), onUsed })))
    return replies
  }
  const events: string[] = []
  const live = createLive({
    emit: (name, fact) => void events.push([name, ...Object.values(fact)].join(' ')),
    cache,
    clock,
    changes: { listen: () => () => {} },
    again: ({ bytes }) => bytes,
    later: AT_ONCE,
    toFault(fault) {
      throw fault
    },
    async ask() {
      const used: UsedReply[] = []
      const replies = await readAll((part) => void used.push(part))
      if (tookMs > 0) await clock.sleep(tookMs)
      return toAnswered({ data: replies.map(({ value }) => value) }, { parts: used })
    },
  })
  return {
    clock,
    live,
    readAll,
    takeCalls,
    takeEvents: () => events.splice(0),
    receive: (name: EventName) =>
      receive(
        name,
        eventRow(name)
          .ids.map((attribute) => `${attribute}=${idOf(attribute.toLowerCase(), '1')}`)
          .join('&'),
      ),
  }
}

/** Each object of the first project has the number 1, and of the second 2; each answer is another. */
function answer(
  { endpoint, path, query }: Call,
  { number, nowMs }: { number: number; nowMs: number },
): Reply {
  const object = Object.values(path)[0]?.at(-1) ?? '1'
  const [name = ''] = endpoint.parameters
  const members = {
    id: idOf(endpoint.parameters.at(-1) ?? name, object),
    project_id: idOf('project_id', object),
    ...(endpoint.kind !== 'project' && { design_id: idOf('design_id', object) }),
    ...(endpoint.form === 'job' && { job_id: query['job_id'], status: 'succeeded' }),
    number: `${endpoint.operation} ${number}`,
  }
  return buildReply(endpoint.answers === 'list' ? [members] : members, { answeredAtMs: nowMs })
}

const QUESTION = { key: 'all', scope: scope.key, body: Buffer.alloc(0), isEvent: false, isCacheOnly: false }

describe('within a second of a webhook', () => {
  it.each(EVENT_NAMES)(
    '%s: a screen that shows everything is given what is new, for one call per reply',
    async (name) => {
      const { clock, live, takeCalls, receive } = open()
      const clients = Array.from({ length: 3 }, () => readStream(live.open(QUESTION, CALLER)))
      await settle()
      await eventually(clock, () => expect(clients[2]?.got).toHaveLength(1))
      takeCalls()
      // Nobody watches here: what costs no call there is known from it.
      const unwatched = open()
      await unwatched.readAll()
      unwatched.takeCalls()
      await unwatched.receive(name)
      await receive(name)
      expect(unwatched.takeCalls()).toEqual([])
      await unwatched.readAll()
      const touched = unwatched.takeCalls()

      await clock.advance(1000)
      for (const { got } of clients) expect(got).toHaveLength(touched.length > 0 ? 2 : 1)
      expect(takeCalls()).toEqual(touched)
      await clock.advance(2000)
      expect(takeCalls()).toEqual([])
      for (const { stream } of clients) stream.stop()
    },
  )
})

it('a change in the app is on a live screen within a second of its webhook, for 1 call; without a webhook it takes minutes', async () => {
  const clock = createManualClock()
  const config = { webhooks: { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 3000 } }
  await using gateway = await createTestGateway({ clock, config })
  const project = nth(gateway.simulator.data.projects, 0)
  const query = 'query ($id: ID!) @live { project(id: $id) { name } }'
  const clients = await Promise.all(
    Array.from({ length: 50 }, () => watch(gateway, query, { variables: { id: project.id } })),
  )
  for (const client of clients) await untilGot(clock, client, 1)
  await clock.advance(10_000)
  gateway.takeCalls()
  gateway.simulator.data.changes.project.change(project.id, { name: 'In the app' })
  const ring = () =>
    gateway.gateway.receiveWebhook?.({
      tenant: null,
      event: 'project_changed',
      query: new URLSearchParams({ PROJECT_ID: project.id }),
      fields: new Headers({ 'x-webhook-key': SECRET }),
      method: 'GET',
    })
  await ring()
  await ring()
  for (const client of clients) {
    await untilGot(clock, client, 2)
    expect(client.got.at(-1)?.data).toEqual({ project: { name: 'In the app' } })
  }
  expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  // Aurora may have answered too early, so it is asked once more when it is settled, and that is all.
  await clock.advance(8000)
  await eventually(clock, () => expect(gateway.simulator.calls.length).toBeGreaterThan(2))
  await clock.advance(60_000)
  expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  for (const { got, stream } of clients) {
    expect(got).toHaveLength(2)
    stream.stop()
  }
})

it('a flood of webhooks about a watched object that stays as it is costs less and less calls, and a change is seen all the same', async () => {
  const aurora = { change: 0 }
  const { clock, live, takeCalls, receive } = open(aurora)
  const client = readStream(live.open(QUESTION, CALLER))
  await untilGot(clock, client, 1)
  takeCalls()
  const flood = async (seconds: number): Promise<void> => {
    for (let tenths = 0; tenths < seconds * 10; tenths += 1) {
      for (let index = 0; index < 5; index += 1) await receive('web_proposal_url_created')
      await clock.advance(100)
    }
  }
  await flood(60)
  const { length } = takeCalls()
  expect(length).toBeLessThan(12)
  expect(length).toBeGreaterThan(3)
  expect(client.got).toHaveLength(1)
  aurora.change = 1
  await flood(17)
  expect(client.got).toHaveLength(2)
  client.stream.stop()
  expect(clock.countTimers()).toBe(0)
})

it('a flood about a watched object that stays as it is costs two calls in its first second, also where webhooks come during each', async () => {
  const { clock, live, takeCalls, receive } = open({ change: 0 }, 20)
  const client = readStream(live.open(QUESTION, CALLER))
  await untilGot(clock, client, 1)
  await clock.advance(10_000)
  takeCalls()
  for (let time = 0; time < 190; time += 1) {
    await receive('web_proposal_url_created')
    await clock.advance(5)
  }
  expect(takeCalls()).toHaveLength(2)
  await clock.advance(4000)
  expect(takeCalls()).toHaveLength(1)
  client.stream.stop()
  expect(clock.countTimers()).toBe(0)
})

it('a change just after a reply was read again by its age, and was the same, does not wait for the pause between two answers', async () => {
  const aurora = { change: 0 }
  const { clock, live, takeCalls, takeEvents, receive } = open(aurora)
  const client = readStream(live.open(QUESTION, CALLER))
  await untilGot(clock, client, 1)
  takeCalls()
  expect(takeEvents()).toEqual(['watchBegun', 'liveAnswerMade first new'])
  for (let tenths = 0; tenths < 6000 && takeCalls().length === 0; tenths += 1) await clock.advance(100)
  const made = takeEvents()
  expect(made).toContain('liveAnswerMade age equal')
  aurora.change = 1
  await receive('web_proposal_url_created')
  await clock.advance(0)
  expect(client.got).toHaveLength(2)
  // After an answer that was sent, the next one comes a second later at the soonest.
  aurora.change = 2
  await receive('web_proposal_url_created')
  await clock.advance(900)
  expect(client.got).toHaveLength(2)
  await clock.advance(100)
  expect(client.got).toHaveLength(3)
  client.stream.stop()
  expect(takeEvents()).toEqual(['liveAnswerMade change new', 'liveAnswerMade change new', 'watchEnded'])
})
