// The program as its operator starts it: what it prints, what its settings do, and how it ends where it cannot start.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ask, closeUpstreams, startUpstream, token } from '../support/held-upstream.ts'
import { endPrograms, startCommand, startProgram as start } from '../support/program.ts'

const others: Server[] = []

/**
 * After a sleep of the machine, its wall clock and its uptime have gone on. The uptime alone counts where the machine that runs the test
 * is not a virtual one.
 */
const SLEEPS_AT_SIGUSR2 = `
  import { syncBuiltinESMExports } from 'node:module'
  import os from 'node:os'
  const { now } = Date
  const { uptime } = os
  let sleptMs = 0
  Date.now = () => now() + sleptMs
  os.uptime = () => uptime() + sleptMs / 1000
  syncBuiltinESMExports()
  process.on('SIGUSR2', () => (sleptMs = 3_600_000))
`

afterEach(() => {
  endPrograms()
  closeUpstreams()
  for (const server of others.splice(0)) server.close()
})

describe('starting', () => {
  it('without settings it prints that Aurora is simulated, the suggested query works, and it stops at once', async () => {
    // The grace is longer than a test may take: nothing is in flight at the end, so none of it is needed.
    const { child, stdout, listening, exited } = start({ SHUTDOWN_GRACE_MS: '300000' })
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

    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })

  it('by npm, it stops when npm is told to', async () => {
    const { child, listening, stdout } = startCommand('npm', ['run', '--silent', 'start:prod'], {})
    const url = await listening
    child.kill('SIGTERM')
    await expect.poll(stdout).toContain('stopping: answering what is in flight')
    await expect.poll(() => fetch(`${url}/health`).catch(() => 'gone')).toBe('gone')
  })

  it('the time in which its machine slept is noticed', async () => {
    const { child, listening, stdout } = start({}, SLEEPS_AT_SIGUSR2)
    await listening
    child.kill('SIGUSR2')
    await expect.poll(stdout).toContain('the machine slept')
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

describe('with METRICS_PORT', () => {
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
    others.push(other)
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { stderr, exited } = start({ METRICS_PORT: String(port) })
    expect(await exited).toBe(1)
    expect(stderr()).toBe(
      `Cannot listen on port ${port} of 127.0.0.1: it is in use, set METRICS_PORT to another one\n`,
    )
  })

  it('at an address that this machine does not have it exits 1 and names the setting', async () => {
    // An address of a network for documentation (RFC 5737), which no machine has.
    const { stderr, exited } = start({ METRICS_PORT: '9464', METRICS_HOST: '192.0.2.1' })
    expect(await exited).toBe(1)
    expect(stderr()).toBe(
      'Cannot listen on port 9464 of 192.0.2.1: this machine has no such address, set METRICS_HOST to one of its own\n',
    )
  })
})

describe('beside other Services of a cluster', () => {
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

describe('not starting', () => {
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
    others.push(other)
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { stderr, exited } = start({ PORT: String(port) })
    expect(await exited).toBe(1)
    expect(stderr()).toBe(
      `Cannot listen on port ${port} of 127.0.0.1: it is in use, set PORT to another one\n`,
    )
  })
})
