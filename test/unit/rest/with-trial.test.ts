// Calls of a credential that a caller has brought: one goes alone until Aurora has accepted it.
import { describe, expect, it } from 'vitest'
import { createBearerAuthentication } from '../../../src/rest/authentication.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import { withTerms } from '../../../src/rest/call.ts'
import { toRefusalError } from '../../../src/rest/refusal-error.ts'
import { createScope } from '../../../src/rest/scope.ts'
import { createStandings } from '../../../src/rest/standings.ts'
import { createTrials } from '../../../src/rest/with-trial.ts'
import { buildCall } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const REPLY: Reply = { status: 200, value: null, bytes: 0, answeredAtMs: 0 }

function setUp() {
  const clock = createManualClock()
  const standings = createStandings({ clock })
  const sent: { call: Call; answer: (status: number) => Promise<void> }[] = []
  const send = createTrials({ standings, clock })(
    (call) =>
      new Promise((resolve, reject) => {
        sent.push({
          call,
          async answer(status) {
            if (status < 300) standings.accept(call.terms.scope)
            else standings.refuse(call.terms.scope, status)
            if (status < 300) resolve(REPLY)
            else reject(toRefusalError(call.endpoint, { status, answeredAtMs: 0, retryAfterMs: null }))
            await settle()
          },
        })
      }),
  )
  return { clock, standings, sent, send }
}

/** Until everything that follows from an answer has happened. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

function brought(token = 'a', signal?: AbortSignal): Call {
  const call = buildCall()
  const { tenantId, baseUrl } = call.terms.scope
  const authentication = createBearerAuthentication(token)
  const scope = createScope({ tenantId, baseUrl, authentication, isBrought: true })
  return withTerms(call, { scope, ...(signal && { signal }) })
}

const codeOf = (result: PromiseSettledResult<Reply>): unknown =>
  result.status === 'fulfilled' ? 'OK' : (result.reason as { code?: string }).code

describe('calls of a credential that Aurora has not accepted', () => {
  it('wait for the first, and all go when that is answered with a success', async () => {
    const { sent, send } = setUp()
    const results = Promise.allSettled([send(brought()), send(brought()), send(brought())])
    await settle()
    expect(sent).toHaveLength(1)
    await sent[0]?.answer(200)
    expect(sent).toHaveLength(3)
    await Promise.all(sent.slice(1).map(({ answer }) => answer(200)))
    expect((await results).map(codeOf)).toEqual(['OK', 'OK', 'OK'])
  })

  it('are refused like the first after a 401, and so are those that come within half a minute', async () => {
    const { sent, send, clock } = setUp()
    const results = Promise.allSettled([send(brought()), send(brought()), send(brought())])
    await settle()
    await sent[0]?.answer(401)
    expect((await results).map(codeOf)).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'UNAUTHORIZED'])
    expect((await Promise.allSettled([send(brought())])).map(codeOf)).toEqual(['UNAUTHORIZED'])
    expect(sent).toHaveLength(1)
    await clock.advance(30_000)
    void send(brought())
    expect(sent).toHaveLength(2)
  })

  it('go one after the other while the answers show nothing', async () => {
    const { sent, send } = setUp()
    const results = Promise.allSettled([send(brought()), send(brought()), send(brought())])
    await settle()
    await sent[0]?.answer(404)
    expect(sent).toHaveLength(2)
    await sent[1]?.answer(500)
    expect(sent).toHaveLength(3)
    await sent[2]?.answer(200)
    expect((await results).map(codeOf)).toEqual(['NOT_FOUND', 'UPSTREAM_ERROR', 'OK'])
  })

  it('do not wait for those of another credential', async () => {
    const { sent, send } = setUp()
    void send(brought('a'))
    void send(brought('b'))
    await settle()
    expect(sent).toHaveLength(2)
  })

  it('leave the queue when their client leaves', async () => {
    const { sent, send } = setUp()
    const leaving = new AbortController()
    void send(brought())
    const left = Promise.allSettled([send(brought('a', leaving.signal))])
    await settle()
    leaving.abort(new Error('left'))
    expect((await left)[0]).toMatchObject({ reason: { message: 'left' } })
    await sent[0]?.answer(200)
    expect(sent).toHaveLength(1)
  })

  it('of the settings all go at once', async () => {
    const { sent, send } = setUp()
    for (let times = 0; times < 3; times += 1) void send(buildCall())
    await settle()
    expect(sent).toHaveLength(3)
  })
})
