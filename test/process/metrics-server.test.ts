// The metrics server over real sockets: one path, one verb, limits, and a close that does not wait.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createMetricsServer } from '../../src/http/metrics-server.ts'
import type { MetricsServer } from '../../src/http/metrics-server.ts'

const opened: MetricsServer[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()))
})

async function open(render = async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' })) {
  const errors: unknown[] = []
  const server = createMetricsServer({
    port: 0,
    host: '127.0.0.1',
    render,
    onError: (error) => errors.push(error),
  })
  opened.push(server)
  return { server, errors, ...(await server.listen()) }
}

/** Counts the requests whose heads have arrived at servers of this process. */
function countRequests() {
  let count = 0
  const note = (): void => void (count += 1)
  subscribe('http.server.request.start', note)
  return {
    count: () => count,
    [Symbol.dispose]: () => void unsubscribe('http.server.request.start', note),
  }
}

describe('the metrics server', () => {
  it('serves them in the media type of Prometheus, with no-store', async () => {
    const { url } = await open()
    const response = await fetch(`${url}/metrics?format=prometheus`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toBe('up 1\n')
  })

  it.each(['/', '/graphql', '/health', '/metrics/', '/metricsx', '//metrics'])(
    'has nothing at %s',
    async (path) => {
      const { url } = await open()
      expect((await fetch(url + path)).status).toBe(404)
    },
  )

  it('refuses a head with two hosts', async () => {
    const { port } = await open()
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('refuses %s', async (method) => {
    const { url } = await open()
    const response = await fetch(`${url}/metrics`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET')
  })

  it('renders once for all requests at the same time', async () => {
    let renderings = 0
    let finish = (): void => {}
    const ready = new Promise<void>((resolve) => (finish = resolve))
    const { url } = await open(async () => {
      renderings += 1
      await ready
      return { contentType: 'text/plain', text: `${renderings}\n` }
    })
    using requests = countRequests()
    const answers = Array.from({ length: 5 }, () => fetch(`${url}/metrics`))
    await expect.poll(requests.count).toBe(5)
    // A request is served in the turn after its head has been read.
    await nextTurn()
    await nextTurn()
    finish()
    const texts = await Promise.all(answers.map(async (answer) => (await answer).text()))
    expect(new Set(texts)).toEqual(new Set(['1\n']))
    await fetch(`${url}/metrics`).then((response) => response.text())
    expect(renderings).toBe(2)
  })

  it('reports a failure without its reason, and works again afterwards', async () => {
    let isBroken = true
    const { url, errors } = await open(async () => {
      if (isBroken) throw new Error('canary')
      return { contentType: 'text/plain', text: 'up 1\n' }
    })
    const response = await fetch(`${url}/metrics`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('canary')
    expect(errors).toHaveLength(1)
    isBroken = false
    expect((await fetch(`${url}/metrics`)).status).toBe(200)
  })

  it('closes at once, also with a client that sends nothing', async () => {
    const { server, port } = await open()
    const socket = connect(port, '127.0.0.1')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('connect', resolve))
    await server.close()
    await closed
    expect(socket.destroyed).toBe(true)
  })

  it('answers all that a scraper sends ahead', async () => {
    const { port } = await open()
    const ahead = connect(port, '127.0.0.1')
    let answers = 0
    ahead.on('data', (chunk) => (answers += String(chunk).split('HTTP/1.1 200').length - 1))
    ahead.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(300))
    await expect.poll(() => answers).toBe(300)
    ahead.destroy()
  })

  it('rejects with the reason where the port is in use', async () => {
    const { port } = await open()
    const other = createMetricsServer({
      port,
      host: '127.0.0.1',
      render: async () => ({ contentType: '', text: '' }),
      onError: () => {},
    })
    await expect(other.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
