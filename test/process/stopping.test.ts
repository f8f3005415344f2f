// The program under way and at its end: an event loop that stands still, signals, and faults that nobody caught.
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { ask, closeUpstreams, startUpstream } from '../support/held-upstream.ts'
import { endPrograms, startProgram as start } from '../support/program.ts'

afterEach(() => {
  endPrograms()
  closeUpstreams()
})

const SECRET = 'a-secret-of-webhooks-1'

/** How often a test looks for a value. */
const eventually = { interval: 20 }

describe('an event loop that stands still', () => {
  it('F24 for two seconds fails no request, in flight or new', async () => {
    const upstream = await startUpstream()
    const { child, stdout, listening } = start(
      // The default values.
      { ...upstream.env, AURORA_TIMEOUT_MS: '5000', REQUEST_TIMEOUT_MS: '10000' },
      `process.on('SIGUSR2', () => {
         process.stdout.write('standing still')
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)
       })`,
    )
    const url = await listening
    const before = ask(url, '{ projects(first: 1) { nodes { id } } }')
    await expect.poll(upstream.count).toBe(1)
    child.kill('SIGUSR2')
    await expect.poll(stdout, { interval: 5 }).toContain('standing still')
    upstream.answer()
    const meanwhile = ask(url, '{ teams { name } }')
    for (const answer of await Promise.all([before, meanwhile])) {
      expect(answer.status).toBe(200)
      expect(await answer.json()).not.toHaveProperty('errors')
    }
    expect((await fetch(`${url}/ready`)).status).toBe(200)
  })
})

describe('stopping', () => {
  const query = '{ projects(first: 1) { nodes { id } } }'
  const stopping = 'stopping: answering what is in flight'

  it('logs the webhooks that wait for their common line', async () => {
    const { child, stdout, listening, exited } = start({ WEBHOOK_KEYS: SECRET, ACCESS_LOG: 'on' })
    const url = await listening
    for (const id of ['a', 'b', 'c']) {
      const webhook = await fetch(`${url}/webhooks/aurora/project_changed?PROJECT_ID=${id}`, {
        headers: { 'x-webhook-key': SECRET },
      })
      expect(webhook.status).toBe(204)
    }
    child.kill('SIGTERM')
    await exited
    const lines = stdout().match(/\{.*"path":"\/webhooks\/.*\}/g) ?? []
    const counts = lines.map((line) => (JSON.parse(line) as { times?: number }).times ?? 1)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3)
  })

  it('F21 SIGTERM: 50 requests in flight are answered, then it exits 0, and no secret was printed', async () => {
    const upstream = await startUpstream()
    const { child, stdout, stderr, listening, exited } = start(upstream.env)
    const url = await listening
    expect(stdout()).toContain(
      `It talks to ${upstream.env['AURORA_BASE_URL']}, spending at most 90 calls in 60 s`,
    )
    const answers: Promise<Response>[] = []
    // One after the other: a machine may be so slow that of 50 at once some wait too long for their turn.
    for (let index = 0; index < 50; index += 1) {
      const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
      answers.push(ask(url, `{ project(id: "${id}") { name } }`))
      // Each request needs a call of its own, which shows that the gateway has read it.
      await expect.poll(upstream.count, eventually).toBe(index + 1)
    }
    child.kill('SIGTERM')
    await expect.poll(stdout, eventually).toContain(stopping)
    await delay(100)
    expect(child.exitCode).toBeNull()
    upstream.answer()
    for (const answer of await Promise.all(answers)) {
      expect(answer.status).toBe(200)
      expect(await answer.json()).toHaveProperty('data')
    }
    expect(await exited).toBe(0)
    expect(stdout() + stderr()).not.toContain('canary')
  })

  it.each([
    ['whose turn comes in time is answered', '1000', undefined],
    // Shorter than the requested wait, because otherwise the call would be refused at once; longer than the grace period.
    ['whose turn would come after the end is told when to ask again', '50000', 'RATE_LIMITED'],
  ])('SIGTERM: a call that waits for a slot and %s', async (_, windowMs, code) => {
    const upstream = await startUpstream()
    const { child, stdout, listening, exited } = start({
      ...upstream.env,
      AURORA_RATE_LIMIT: '1',
      AURORA_RATE_WINDOW_MS: windowMs,
      SHUTDOWN_GRACE_MS: '30000',
      METRICS_PORT: '0',
    })
    const url = await listening
    const metricsUrl = /Figures for Prometheus: (\S+)/.exec(stdout())?.[1] ?? ''
    // This call is not answered yet. It holds the only slot until the test has seen that the other one waits.
    const first = ask(url, query)
    await expect.poll(upstream.count, eventually).toBe(1)
    const answer = ask(url, '{ teams { name } }', { prefer: 'wait=60' })
    const body = answer.then((response) => response.text())
    let early: string | undefined
    body.then((text) => (early = text)).catch(() => {})
    const lookAtWaiting = async () => ({
      waiting: /budget_waiting\{class="interactive"\} .*/.exec(await (await fetch(metricsUrl)).text())?.[0],
      early,
    })
    await expect.poll(lookAtWaiting, eventually).toEqual({
      waiting: 'budget_waiting{class="interactive"} 1',
      early: undefined,
    })
    child.kill('SIGTERM')
    await expect.poll(stdout, eventually).toContain(stopping)
    upstream.answer()
    expect((await first).status).toBe(200)
    expect((await answer).status).toBe(200)
    const { data, errors } = JSON.parse(await body) as {
      data: unknown
      errors?: { extensions: Record<string, unknown> }[]
    }
    if (code === undefined) expect({ data, errors }).toEqual({ data: { teams: [] }, errors: undefined })
    else expect(errors?.[0]?.extensions).toMatchObject({ code, retryAfter: expect.any(Number) as unknown })
    expect(await exited).toBe(0)
  })

  it('SIGTERM: load balancers get SHUTDOWN_NOTICE_MS to notice, in which requests are still accepted', async () => {
    // Long enough for the slowest machine: the test does not wait for its end. The grace begins after it, so it may be short.
    const { child, stdout, listening } = start({ SHUTDOWN_NOTICE_MS: '300000', SHUTDOWN_GRACE_MS: '0' })
    const url = await listening
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    child.kill('SIGTERM')
    await expect.poll(stdout, eventually).toContain(stopping)
    expect((await fetch(`${url}/ready`)).status).toBe(503)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    const answer = await ask(url, '{ teams { name } }')
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
    expect(child.exitCode).toBeNull()
  })

  it('F21 a second SIGTERM ends it at once, and not as a success', async () => {
    const upstream = await startUpstream()
    const { child, stdout, listening, exited } = start(upstream.env)
    const answer = ask(await listening, query).catch((error: unknown) => error)
    await expect.poll(upstream.count, eventually).toBe(1)
    child.kill('SIGTERM')
    await expect.poll(stdout, eventually).toContain(stopping)
    // Well after the time in which a second signal counts as the first one passed on.
    await delay(500)
    expect(child.exitCode).toBeNull()
    child.kill('SIGTERM')
    expect(await exited).toBe(128 + 15)
    expect(await answer).toBeInstanceOf(TypeError)
  })

  it('Ctrl-C, which npm passes on once more, waits for the grace and no longer', async () => {
    const upstream = await startUpstream()
    // The process sends the second signal itself, at once. Sent from the test, it might come too late to count as passed on.
    const passOn = `let times = 0
      process.on('SIGINT', () => {
        process.stderr.write('told\\n')
        times += 1
        if (times === 1) process.kill(process.pid, 'SIGINT')
      })`
    const { child, stderr, listening, exited } = start({ ...upstream.env, SHUTDOWN_GRACE_MS: '300' }, passOn)
    const answer = ask(await listening, query).catch((error: unknown) => error)
    await expect.poll(upstream.count, eventually).toBe(1)
    const toldAt = performance.now()
    child.kill('SIGINT')
    expect(await exited).toBe(0)
    expect(stderr()).toBe('told\ntold\n')
    expect(performance.now() - toldAt).toBeGreaterThan(250)
    expect(await answer).toBeInstanceOf(TypeError)
  })

  it('F25 an error before it listens is logged, and it exits 1', async () => {
    const { stdout, stderr, exited } = start(
      {},
      // The first server that listens fails: a defect at the worst moment.
      `import { Server } from 'node:net'
       Server.prototype.listen = () => { throw new Error('boom') }`,
    )
    expect(await exited).toBe(1)
    expect(JSON.parse(stdout())).toMatchObject({ level: 'error', err: { message: 'boom' } })
    expect(stderr()).toBe('')
  })

  it.each([
    ['an exception that nobody caught', `throw new Error('boom')`, ['SIGUSR2']],
    ['an unhandled rejection, while stopping,', `Promise.reject(new Error('boom'))`, ['SIGTERM', 'SIGUSR2']],
  ] as const)(
    'F25 %s is logged once; what is in flight is answered, then it exits 1',
    async (_name, fault, signals) => {
      const upstream = await startUpstream()
      const { child, stdout, listening, exited } = start(
        upstream.env,
        `process.on('SIGUSR2', () => { ${fault} })`,
      )
      const answer = ask(await listening, query)
      await expect.poll(upstream.count, eventually).toBe(1)
      for (const signal of signals) {
        child.kill(signal)
        await expect.poll(stdout, eventually).toContain(signal === 'SIGTERM' ? stopping : 'boom')
      }
      upstream.answer()
      expect((await answer).status).toBe(200)
      expect(await exited).toBe(1)
      expect(stdout().match(/"level":"error"[^\n]*boom/g)).toHaveLength(1)
    },
  )
})
