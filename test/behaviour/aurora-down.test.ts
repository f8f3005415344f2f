// An Aurora that is down: cached answers are served, the rest is refused with a time to retry, and few calls test it.
import { expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createManualClock } from '../support/manual-clock.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const PROJECTS = '{ projects(first: 2) { nodes { name } } }'
const USERS = '{ users { firstName } }'
const RENAME = `mutation ($id: ID!) {
  updateProject(id: $id, input: { name: "n" }) {
    project { name }
    errors { code outcome ... on UpstreamUnavailableError { retryAfter } }
  }
}`

it('gets few calls, cached answers are served meanwhile, and it is used again when it is back', async () => {
  const clock = createManualClock()
  const metrics = createMetrics({ operations: [], isWithProcess: false })
  await using gateway = await createTestGateway({ clock, metrics })
  const countOpen = async (): Promise<number> =>
    Number(/circuits_open (\d+)/.exec((await metrics.render()).text)?.[1])
  const { faults, calls, data } = gateway.simulator
  const known = await gateway.ask(PROJECTS)
  await clock.advance(20 * MINUTE)
  faults.set(/./, { status: 503 })
  const before = calls.length

  const startMs = clock.monotonicMs()
  while (clock.monotonicMs() < startMs + 30 * SECOND) {
    const [projects, users] = await meanwhile(clock, [gateway.ask(PROJECTS), gateway.ask(USERS)])
    expect(projects?.data).toEqual(known.data)
    expect(projects?.extensions.upstream.saved.stale).toBe(1)
    expect(users?.errors?.[0]?.extensions.code).toMatch(/^UPSTREAM_(ERROR|UNAVAILABLE)$/)
    await clock.advance(SECOND)
  }
  expect(calls.length - before).toBeLessThanOrEqual(10)
  expect(gateway.logged.filter((line) => line.includes('gets no calls for a while'))).not.toEqual([])
  expect(await countOpen()).toBeGreaterThan(0)

  // Makes the next try, where one is due.
  await meanwhile(clock, [gateway.ask(USERS)])
  const write = await gateway.ask(RENAME, { id: data.projects[0]?.id })
  expect(write.data).toEqual({
    updateProject: {
      project: null,
      errors: [
        { code: 'UPSTREAM_UNAVAILABLE', outcome: 'NOT_DONE', retryAfter: expect.any(Number) as number },
      ],
    },
  })

  faults.clear()
  await clock.advance(30 * SECOND)
  expect((await gateway.ask(USERS)).errors).toBeUndefined()
  expect((await gateway.ask(PROJECTS)).extensions.upstream.saved.stale).toBe(0)
  expect(await countOpen()).toBe(0)
})

/** Waits for the time in which failed calls are sent again. */
async function meanwhile<Answers extends readonly Promise<unknown>[]>(clock: ManualClock, answers: Answers) {
  const state = { isAnswered: false }
  const answered = Promise.all(answers).finally(() => (state.isAnswered = true))
  while (!state.isAnswered) {
    await new Promise((resolve) => void setTimeout(resolve, 1))
    await clock.advance(10)
  }
  return answered
}
