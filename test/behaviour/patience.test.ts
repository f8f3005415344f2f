// A request that may wait: what Aurora refuses for a while is asked again within the wait, and all levels share one wait.
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import type { Fault } from '../../src/simulator/faults.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createManualClock } from '../support/manual-clock.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer, TestGateway } from '../support/test-gateway.ts'

const SECOND = 1000
const TEAMS = '{ teams { name } }'
const RENAME = `mutation ($id: ID!) {
  updateProject(id: $id, input: { name: "n" }) {
    errors { code status outcome ... on RateLimitedError { retryAfter } ... on UpstreamError { retryAfter } }
  }
}`

interface Patient extends AsyncDisposable {
  readonly gateway: TestGateway
  readonly clock: ManualClock
  /** Asks with this wait; moves the clock, while nothing is under way, until the answer is there. */
  ask(query: string, wait: number | null, variables?: object): Promise<Answered>
}

type Answered = Answer<Record<string, unknown>> & {
  readonly tookMs: number
  readonly applied: string | null
}

async function open(config: Partial<Config> = {}): Promise<Patient> {
  const clock = createManualClock()
  const metrics = createMetrics({ operations: [], isWithProcess: false })
  let ended = 0
  const gateway = await createTestGateway({
    clock,
    // A busy machine may take longer for a call than the clock moves meanwhile.
    config: { attemptTimeoutMs: 600 * SECOND, ...config },
    metrics: {
      ...metrics,
      emit(name, fact) {
        if (name === 'attempted') ended += 1
        metrics.emit(name, fact)
      },
    },
  })
  const isQuiet = async (): Promise<boolean> => {
    const before = gateway.simulator.calls.length
    await new Promise((resolve) => void setTimeout(resolve, 2))
    return gateway.simulator.calls.length === before && ended === before
  }

  async function ask(query: string, wait: number | null, variables: object = {}): Promise<Answered> {
    const startMs = clock.monotonicMs()
    const headers = { 'content-type': 'application/json', ...(wait !== null && { prefer: `wait=${wait}` }) }
    const body = JSON.stringify({ query, variables })
    const state = { isAnswered: false }
    const asked = gateway
      .handle(new Request('http://gateway.test/graphql', { method: 'POST', headers, body }))
      .finally(() => (state.isAnswered = true))
    while (!state.isAnswered) if (await isQuiet()) await clock.advance(100)
    const response = await asked
    const text = await response.text()
    return {
      ...(JSON.parse(text) as Answer<Record<string, unknown>>),
      text,
      httpStatus: response.status,
      tookMs: clock.monotonicMs() - startMs,
      applied: response.headers.get('preference-applied'),
    }
  }

  return { gateway, clock, ask, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() }
}

const once = ({ gateway }: Patient, fault: Fault): void =>
  gateway.simulator.faults.set(/teams$/, fault, { times: 1 })

describe('a 429', () => {
  it.each<[what: string, fault: Fault, tookMs: number]>([
    ['that names 2 s', { status: 429, retryAfter: 2 }, 2000],
    ['that names no time', { status: 429 }, 1000],
  ])('%s is waited for by a request that waits', async (_what, fault, tookMs) => {
    await using patient = await open()
    once(patient, fault)
    const answer = await patient.ask(TEAMS, 30)

    expect(answer.errors).toBeUndefined()
    expect(answer.data?.['teams']).not.toEqual([])
    expect(answer.tookMs - tookMs).toBeLessThanOrEqual(200)
    expect(answer.extensions.upstream).toMatchObject({ calls: 2, queuedMs: tookMs })
    expect(patient.gateway.takeCalls()).toEqual([expect.stringMatching(/^2 GET .*\/teams/)])
  })

  it('is RATE_LIMITED at once, with its time, for a request that does not wait so long', async () => {
    await using patient = await open()
    once(patient, { status: 429, retryAfter: 20 })
    const { errors, tookMs } = await patient.ask(TEAMS, 10)

    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', status: 429, retryAfter: 20 } }])
    expect(tookMs).toBeLessThanOrEqual(200)
    expect(patient.gateway.takeCalls()).toHaveLength(1)
  })

  it('to a change is NOT_DONE with its time, and the change is not sent again', async () => {
    await using patient = await open()
    patient.gateway.simulator.faults.set(/projects/, { status: 429, retryAfter: 5 }, { times: 1 })
    const { data } = await patient.ask(RENAME, 30, { id: patient.gateway.simulator.data.projects[0]?.id })

    expect(data).toEqual({
      updateProject: { errors: [{ code: 'RATE_LIMITED', status: 429, outcome: 'NOT_DONE', retryAfter: 5 }] },
    })
    expect(patient.gateway.takeCalls()).toEqual([expect.stringMatching(/^1 PUT/)])
  })

  it('and a lasting failure are logged with the id of the request', async () => {
    await using patient = await open()
    once(patient, { status: 429, retryAfter: 20 })
    await patient.ask(TEAMS, null)
    await patient.clock.advance(60 * SECOND)
    patient.gateway.simulator.faults.set(/./, { status: 502 })
    for (let turn = 0; turn < 4; turn += 1) await patient.ask('{ teams { name } users { firstName } }', null)

    for (const words of ['Aurora answered 429', 'Aurora failed several times in a row']) {
      const lines = patient.gateway.logged.filter((line) => line.includes(words))
      expect(lines).not.toEqual([])
      for (const line of lines)
        expect(JSON.parse(line)).toMatchObject({ requestId: expect.any(String) as string })
    }
  })
})

describe('a 503 with Retry-After', () => {
  it('is waited for by a request that waits', async () => {
    await using patient = await open()
    once(patient, { status: 503, retryAfter: 20 })
    const answer = await patient.ask(TEAMS, 30)

    expect(answer.errors).toBeUndefined()
    expect(answer.extensions.upstream.calls).toBe(2)
    expect(answer.tookMs).toBeGreaterThanOrEqual(20_000)
  })

  it('is an error with the time, costs one call, and is not asked again before that time', async () => {
    await using patient = await open()
    once(patient, { status: 503, retryAfter: 20 })
    const first = await patient.ask(TEAMS, null)
    await patient.clock.advance(5 * SECOND)
    const second = await patient.ask(TEAMS, null)
    await patient.clock.advance(15 * SECOND)
    const third = await patient.ask(TEAMS, null)

    expect(first.errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_ERROR', status: 503, retryAfter: expect.any(Number) as number } },
    ])
    expect(second.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_ERROR', status: 503 } }])
    expect(second.errors?.[0]?.extensions['retryAt']).toBe(first.errors?.[0]?.extensions['retryAt'])
    expect([first, second, third].map(({ extensions }) => extensions.upstream.calls)).toEqual([1, 0, 1])
    expect(third.errors).toBeUndefined()
  })

  it('to many reads at once leaves Aurora alone, and the patient ones have their answers afterwards', async () => {
    await using patient = await open()
    patient.gateway.simulator.faults.set(/designs$/, { status: 503, retryAfter: 20 }, { times: 20 })
    const query = '{ projects(first: 20) { nodes { designs { name } } } }'
    const answer = await patient.ask(query, 40)

    expect(answer.errors).toBeUndefined()
    expect(patient.gateway.takeCalls()).toContainEqual(expect.stringMatching(/^40 GET .*designs/))
  })

  it('to a change is UNKNOWN with the time, and the change is not sent again', async () => {
    await using patient = await open()
    patient.gateway.simulator.faults.set(/projects/, { status: 503, retryAfter: 5 }, { times: 1 })
    const { data } = await patient.ask(RENAME, 30, { id: patient.gateway.simulator.data.projects[0]?.id })

    expect(data).toEqual({
      updateProject: { errors: [{ code: 'UPSTREAM_ERROR', status: 503, outcome: 'UNKNOWN', retryAfter: 5 }] },
    })
    expect(patient.gateway.takeCalls()).toHaveLength(1)
  })
})

describe.each([
  [408, 'UPSTREAM_TIMEOUT', 'UNKNOWN'],
  [421, 'UPSTREAM_UNAVAILABLE', 'NOT_DONE'],
  [425, 'UPSTREAM_UNAVAILABLE', 'NOT_DONE'],
])('a %i', (status, code, outcome) => {
  it('to a read is asked again', async () => {
    await using patient = await open()
    once(patient, { status })
    const { errors, extensions } = await patient.ask(TEAMS, null)

    expect([errors, extensions.upstream.calls]).toEqual([undefined, 2])
  })

  it(`that stays is ${code}`, async () => {
    await using patient = await open()
    patient.gateway.simulator.faults.set(/teams$/, { status })
    const { errors } = await patient.ask(TEAMS, null)

    expect(errors).toMatchObject([{ extensions: { code, status } }])
    expect(patient.gateway.takeCalls()).toEqual([expect.stringMatching(/^3 GET/)])
  })

  it(`to a change is ${outcome}, and the change is sent once`, async () => {
    await using patient = await open()
    patient.gateway.simulator.faults.set(/projects/, { status })
    const { data } = await patient.ask(RENAME, null, { id: patient.gateway.simulator.data.projects[0]?.id })

    expect(data).toEqual({ updateProject: { errors: [{ code, status, outcome }] } })
    expect(patient.gateway.takeCalls()).toHaveLength(1)
  })
})

describe('the wait of a request', () => {
  const SCREEN =
    '{ projects(first: 50) { nodes { designs { summary { systemSizeStc } pricing { systemPrice } } } } }'

  it('is one for all its levels: what cannot come in time is RATE_LIMITED with its time', async () => {
    await using patient = await open({ rateLimit: 30, rateWindowMs: 3000, requestTimeoutMs: 20_000 })
    const answer = await patient.ask(SCREEN, 15)

    expect(answer.extensions.upstream.calls).toBeGreaterThan(100)
    expect(answer.errors).not.toBeUndefined()
    expect(new Set(answer.errors?.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['RATE_LIMITED']),
    )
    for (const { extensions } of answer.errors ?? [])
      expect(extensions['retryAt']).toEqual(expect.any(String))
    expect(answer.tookMs).toBeLessThanOrEqual(15_200)
    expect(answer.applied).toBe('wait=15')
  })

  it('is one for all its levels where it names none, too', async () => {
    await using patient = await open({ rateLimit: 30, rateWindowMs: 3000, maxWaitMs: 5000 })
    const { errors = [], tookMs } = await patient.ask(SCREEN, null)

    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['RATE_LIMITED']))
    expect(tookMs).toBeLessThanOrEqual(5200)
  })

  it('ends before the time of the request is over, so that the answer leaves in time', async () => {
    await using patient = await open({
      rateLimit: 1,
      rateWindowMs: 3000,
      requestTimeoutMs: 4000,
      maxWaitMs: 9000,
    })
    const named = await patient.ask('{ tenant { name } teams { name } users { firstName } }', 60)
    expect(named.applied).toBe('wait=54')
    await patient.clock.advance(60 * SECOND)
    const usual = await patient.ask('{ roles { name } partners { name } proposalTemplates { name } }', null)

    expect(named.errors).toBeUndefined()
    expect(usual.tookMs).toBeLessThanOrEqual(3200)
    expect(new Set(usual.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['RATE_LIMITED']))
  })
})
