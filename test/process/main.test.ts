// The program as its operator uses it: a process with settings and signals. The tests check what it prints and how it
// exits.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { endPrograms, startProgram as start } from '../support/program.ts'
import type { Env } from '../support/program.ts'

/** A process takes a second to start, and many times as long on a busy machine. */
const startTimeoutMs = 60_000
/** Calls that a test holds open must not time out before the test has seen what it waits for. */
const patientMs = '120000'
const token = 'sk_prod_canary_of_the_token'
const upstreams: Server[] = []

afterEach(() => {
  endPrograms()
  for (const server of upstreams.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

interface Upstream {
  /** The settings with which the program calls it. */
  readonly env: Env
  /** How many calls have arrived. */
  count(): number
  /** Answers all calls, also later ones. */
  answer(): void
}

/** An Aurora that accepts calls and answers none before `release`. */
async function startUpstream(): Promise<Upstream> {
  let answer = (): void => {}
  let calls = 0
  const open = new Promise<void>((resolve) => (answer = resolve))
  const server = createServer((_incoming, outgoing) => {
    calls += 1
    void open.then(() =>
      outgoing.setHeader('content-type', 'application/json').end('{"projects":[],"teams":[]}'),
    )
  })
  upstreams.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const env = {
    AURORA_BASE_URL: `http://127.0.0.1:${port}`,
    AURORA_TENANT_ID: 'tenant-1',
    AURORA_API_TOKEN: token,
    AURORA_TIMEOUT_MS: patientMs,
    REQUEST_TIMEOUT_MS: patientMs,
  }
  return { env, count: () => calls, answer: () => answer() }
}

/** How long a test waits for a value; afterwards it shows the last one. */
const eventually = { timeout: 30_000, interval: 20 }

function ask(url: string, query: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  // A test that fails before it awaits this shows its own reason.
  answer.catch(() => {})
  return answer
}

describe('starting', { timeout: startTimeoutMs }, () => {
  it('without settings it prints that Aurora is simulated, the suggested query works, and it stops at once', async () => {
    const { child, stdout, listening, exited } = start({})
    const url = await listening
    expect(stdout()).toContain('the built-in simulated Aurora')
    expect(stdout()).toContain(`Open ${url}/graphql in a browser`)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect((await fetch(`${url}/ready`)).status).toBe(200)

    const [, body = ''] = /-d '(.*)'/.exec(stdout()) ?? []
    const { query } = JSON.parse(body) as { query: string }
    const first = (await (await ask(url, query)).json()) as Record<string, unknown>
    expect(first).not.toHaveProperty('errors')
    expect(first).toMatchObject({ data: { projects: { nodes: [{}, {}, {}] } } })
    const again = (await (await ask(url, query)).json()) as Record<string, unknown>
    expect(again['data']).toEqual(first['data'])
    expect(again).toMatchObject({ extensions: { upstream: { calls: 0 } } })

    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-type')).toContain('text/html')
    await page.text()

    const toldAt = performance.now()
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    // Half of the grace period: nothing is in flight, so none of it is needed.
    expect(performance.now() - toldAt).toBeLessThan(5_000)
  })

  it('in production it prints one JSON line instead', async () => {
    const upstream = await startUpstream()
    const { stdout, listening } = start({ ...upstream.env, NODE_ENV: 'production' })
    const url = await listening
    const lines = stdout().trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', url, msg: 'listening' })
    expect(stdout()).not.toContain('canary')
  })
})

describe('with METRICS_PORT', { timeout: startTimeoutMs }, () => {
  it('the figures are on a port of their own, count what was asked, and end with the process', async () => {
    const upstream = await startUpstream()
    upstream.answer()
    const { child, stdout, listening, exited } = start({
      ...upstream.env,
      NODE_ENV: 'production',
      METRICS_PORT: '0',
    })
    const url = await listening
    const { metricsUrl } = JSON.parse(stdout()) as { metricsUrl: string }
    expect(new URL(metricsUrl).hostname).toBe('127.0.0.1')
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    const answer = await ask(url, 'query SecretName { projects(first: 1) { nodes { id } } }')
    expect(answer.headers.get('ratelimit')).toMatch(/^"aurora";r=89;t=\d+$/)
    await answer.text()
    expect((await fetch(`${url}/graphql`, { method: 'PUT' })).status).toBe(405)
    const text = await (await fetch(metricsUrl)).text()
    expect(text).toContain('aurora_gateway_requests_total{status="4xx"} 1\n')
    expect(text).toContain('aurora_gateway_errors_total{code="BAD_REQUEST"} 1\n')
    expect(text).toContain(
      'aurora_gateway_upstream_calls_total{operation="listProjects",class="interactive",status="2xx"} 1\n',
    )
    expect(text).toContain('aurora_gateway_requests_total{status="2xx"} 1\n')
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
    for (const secret of ['canary', 'tenant-1', 'SecretName']) expect(text).not.toContain(secret)
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    await expect(fetch(metricsUrl)).rejects.toThrow('fetch failed')
  })

  it('in use it exits 1 and names the setting', async () => {
    const other = createServer()
    upstreams.push(other)
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { stderr, exited } = start({ METRICS_PORT: String(port) })
    expect(await exited).toBe(1)
    expect(stderr()).toBe(
      `Cannot listen on port ${port} of 127.0.0.1: it is in use, set METRICS_PORT to another one\n`,
    )
  })
})

describe('beside other Services of a cluster', { timeout: startTimeoutMs }, () => {
  it('the program starts, and logs the Service whose variable has the name of a setting', async () => {
    const { listening, stdout } = start({
      AURORA_GRAPHQL_GATEWAY_SERVICE_HOST: '10.96.0.9',
      AURORA_GRAPHQL_GATEWAY_SERVICE_PORT: '4000',
      AURORA_GRAPHQL_GATEWAY_PORT: 'tcp://10.96.0.9:4000',
      AURORA_GRAPHQL_GATEWAY_PORT_4000_TCP_ADDR: '10.96.0.9',
      METRICS_PORT: 'tcp://10.96.0.10:9464',
    })
    const answer = await ask(await listening, '{ teams { name } }')
    expect(await answer.json()).not.toHaveProperty('errors')
    expect(stdout()).toContain(
      'METRICS_PORT is ignored: it holds the address of a Kubernetes Service named metrics.',
    )
    expect(stdout()).not.toContain('10.96.0')
  })
})

describe('not starting', { timeout: startTimeoutMs }, () => {
  it('in production without a credential it exits 1 with one clear line', async () => {
    const { stdout, stderr, exited } = start({ NODE_ENV: 'production' })
    expect(await exited).toBe(1)
    expect(stderr()).toMatch(/^AURORA_API_TOKEN, or [^\n]+ must be set in production[^\n]+\n$/)
    expect(stdout()).toBe('')
  })

  it('with wrong settings it exits 1 and names each on a line of its own', async () => {
    const { stderr, exited } = start({
      PORT: 'x',
      LOG_LEVEL: 'loud',
      HOST: '0.0.0.0',
      AURORA_API_TOKN: token,
    })
    expect(await exited).toBe(1)
    const lines = stderr().trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['PORT', 'LOG_LEVEL', 'HOST', 'AURORA_API_TOKN'])
    expect(stderr()).not.toContain('canary')
  })

  it('on a port in use it exits 1 with one clear line', async () => {
    const other = createServer()
    upstreams.push(other)
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { stderr, exited } = start({ PORT: String(port) })
    expect(await exited).toBe(1)
    expect(stderr()).toBe(
      `Cannot listen on port ${port} of 127.0.0.1: it is in use, set PORT to another one\n`,
    )
  })
})

describe('an event loop that stands still', { timeout: startTimeoutMs }, () => {
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
    await expect.poll(upstream.count, { timeout: 30_000 }).toBe(1)
    child.kill('SIGUSR2')
    await expect.poll(stdout, { timeout: 30_000, interval: 5 }).toContain('standing still')
    upstream.answer()
    const meanwhile = ask(url, '{ teams { name } }')
    for (const answer of await Promise.all([before, meanwhile])) {
      expect(answer.status).toBe(200)
      expect(await answer.json()).not.toHaveProperty('errors')
    }
    expect((await fetch(`${url}/ready`)).status).toBe(200)
  })
})

describe('stopping', { timeout: startTimeoutMs }, () => {
  const query = '{ projects(first: 1) { nodes { id } } }'
  const stopping = 'stopping: answering what is in flight'

  it('F21 SIGTERM: 50 requests in flight are answered, then it exits 0, and no secret was printed', async () => {
    const upstream = await startUpstream()
    const { child, stdout, stderr, listening, exited } = start(upstream.env)
    const url = await listening
    expect(stdout()).toContain(
      `It talks to ${upstream.env['AURORA_BASE_URL']}, spending at most 90 calls in 60 s`,
    )
    // Each request needs a call of its own, which shows that the gateway has read it.
    const answers = Array.from({ length: 50 }, (_, index) =>
      ask(url, `{ project(id: "00000000-0000-4000-8000-${String(index).padStart(12, '0')}") { name } }`),
    )
    await expect.poll(upstream.count, eventually).toBe(50)
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
    // Without an end of the grace period it would wait for an answer that does not come.
    expect(performance.now() - toldAt).toBeLessThan(30_000)
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
