// Every fault of the simulator, as it comes over the wire.

import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createFaultPlan, UPSTREAM_CANARY } from '../../../src/simulator/faults.ts'
import type { Fault } from '../../../src/simulator/faults.ts'
import { DEFAULT_TOKEN } from '../../../src/simulator/simulator.ts'
import type { SimulatorOptions } from '../../../src/simulator/simulator.ts'
import { createManualClock } from './manual-clock.ts'
import { openSimulator } from './open-simulator.ts'

async function openFaulty(fault: Fault, options: SimulatorOptions = {}) {
  const opened = await openSimulator(options)
  opened.simulator.faults.set('/projects', fault)
  return opened
}

/** Without a client that mends things on the way. */
async function askRaw(url: string): Promise<IncomingMessage> {
  const sent = request(url, { headers: { authorization: `Bearer ${DEFAULT_TOKEN}` } }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return response
}

async function readRaw(response: IncomingMessage): Promise<string> {
  const chunks: string[] = []
  for await (const chunk of response.setEncoding('utf8')) chunks.push(String(chunk))
  return chunks.join('')
}

async function countBytes(...streams: [NodeJS.ReadableStream, ...NodeJS.ReadWriteStream[]]): Promise<number> {
  let bytes = 0
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      bytes += chunk.length
      done()
    },
  })
  await pipeline([...streams, sink])
  return bytes
}

const MB = 1024 * 1024

describe('a fault', () => {
  it.each([
    [{ status: 503 }, 503, 'application/json', /^\{"errors":\[\{"message":".*canary.*"\}\]\}$/],
    [{ status: 502, body: 'html' }, 502, 'text/html', /<html>.*canary/],
    [{ status: 500, body: 'text' }, 500, 'text/plain', /canary/],
    [{ status: 504, body: 'empty' }, 504, null, /^$/],
  ] as const)('%j answers with that status and that kind of body', async (fault, status, type, body) => {
    await using faulty = await openFaulty(fault)
    const response = await faulty.get('/projects')
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')?.split(';')[0] ?? null).toBe(type)
    expect(await response.text()).toMatch(body)
  })

  it('with a status carries the headers it was given, Retry-After among them', async () => {
    await using faulty = await openFaulty({ status: 429, retryAfter: 17, headers: { 'x-request-id': 'r1' } })
    const response = await faulty.get('/projects')
    expect(response.headers.get('retry-after')).toBe('17')
    expect(response.headers.get('x-request-id')).toBe('r1')
    expect(faulty.simulator.refusals).toBe(1)
  })

  it('of latency holds the answer back, and then it is the right one', async () => {
    const clock = createManualClock()
    await using faulty = await openFaulty({ latency: 5000 }, { clock })
    // An empty page, since packing a full one takes a while by itself.
    const answer = faulty.get('/projects?page=9')
    await untilCalled(faulty.simulator)
    // Whatever was sent without waiting would be here by the time of another answer.
    await faulty.get('/_simulator/calls')
    expect(faulty.simulator.calls[0]?.status).toBeNull()
    clock.advance(5000)
    expect((await answer).status).toBe(200)
  })

  it('of latency can end in another fault', async () => {
    const clock = createManualClock()
    await using faulty = await openFaulty({ latency: 10, next: { status: 503 } }, { clock })
    const answer = faulty.get('/projects')
    await untilCalled(faulty.simulator)
    clock.advance(10)
    expect((await answer).status).toBe(503)
  })

  it('"reset" ends the connection before any answer', async () => {
    await using faulty = await openFaulty('reset')
    await expect(faulty.get('/projects')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    expect(faulty.simulator.calls).toMatchObject([{ status: null, aborted: false }])
  })

  it('"hang" never answers, and lets go when the simulator closes', async () => {
    await using faulty = await openFaulty('hang')
    const answer = faulty.get('/projects').catch((error: unknown) => error)
    await untilCalled(faulty.simulator)
    await faulty.simulator.close()
    expect(await answer).toBeInstanceOf(TypeError)
  })

  it('"hang" shows in the record when the client gives up', async () => {
    await using faulty = await openFaulty('hang')
    const client = new AbortController()
    const answer = faulty.get('/projects', { signal: client.signal }).catch((error: unknown) => error)
    // Not after a time: it may pass before the call has come.
    await untilCalled(faulty.simulator)
    client.abort()
    expect(await answer).toMatchObject({ name: 'AbortError' })
    await expect.poll(() => faulty.simulator.calls[0]?.aborted, { interval: 2 }).toBe(true)
  })

  it('"truncate" sends less than it promised', async () => {
    await using faulty = await openFaulty('truncate')
    const response = await askRaw(`${faulty.url}/tenants/${faulty.simulator.data.tenant.id}/projects`)
    const promised = Number(response.headers['content-length'])
    let bytes = 0
    response.on('data', (chunk: Buffer) => (bytes += chunk.length))
    await expect(once(response, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(bytes).toBe(Math.floor(promised / 2))
  })

  it('"empty" is a 200 without a body', async () => {
    await using faulty = await openFaulty('empty')
    const response = await faulty.get('/projects')
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('"html" is a 200 with a page for people', async () => {
    await using faulty = await openFaulty('html')
    const response = await faulty.get('/projects')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await response.text()).toContain(UPSTREAM_CANARY)
  })

  it('"huge" streams 50 MB', async () => {
    await using faulty = await openFaulty('huge')
    const response = await askRaw(`${faulty.url}/tenants/${faulty.simulator.data.tenant.id}/projects`)
    expect(await countBytes(response)).toBeGreaterThanOrEqual(50 * MB)
  })

  it('"huge" waits for a slow client, and stops when that has had enough', async () => {
    await using faulty = await openFaulty('huge')
    const response = await askRaw(`${faulty.url}/tenants/${faulty.simulator.data.tenant.id}/projects`)
    response.destroy()
    await expect.poll(() => faulty.simulator.calls[0]?.aborted, { interval: 2 }).toBe(true)
  })

  it('"gzip-bomb" is small until it is unpacked', async () => {
    await using faulty = await openFaulty('gzip-bomb')
    const response = await askRaw(`${faulty.url}/tenants/${faulty.simulator.data.tenant.id}/projects`)
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(Number(response.headers['content-length'])).toBeLessThan(MB)
    expect(await countBytes(response, createGunzip())).toBeGreaterThanOrEqual(64 * MB)
  })

  it('"drip" sends a byte every 100 ms', async () => {
    const clock = createManualClock()
    await using faulty = await openFaulty('drip', { clock })
    const response = await askRaw(`${faulty.url}/tenants/${faulty.simulator.data.tenant.id}/projects`)
    const chunks: string[] = []
    response.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
    response.on('error', () => undefined)
    for (const count of [1, 2, 3]) {
      await expect.poll(() => chunks.length, { interval: 2 }).toBe(count)
      clock.advance(100)
    }
    expect(chunks.slice(0, 3)).toEqual(['{', '"', 'p'])
  })

  it('"big-headers" sends more header than a client takes', async () => {
    await using faulty = await openFaulty('big-headers')
    await expect(faulty.get('/projects')).rejects.toMatchObject({
      cause: { code: 'UND_ERR_HEADERS_OVERFLOW' },
    })
  })

  it('"not-json" has the content type of JSON, and is not JSON', async () => {
    await using faulty = await openFaulty('not-json')
    const response = await faulty.get('/projects')
    expect(response.headers.get('content-type')).toContain('application/json')
    await expect(response.json()).rejects.toThrow(SyntaxError)
  })

  it('"wrong-shape" is JSON without the wrapper', async () => {
    await using faulty = await openFaulty('wrong-shape')
    expect(await faulty.getJson('/projects')).toEqual({ result: { text: UPSTREAM_CANARY } })
  })

  it('"redirect" points to another host', async () => {
    await using faulty = await openFaulty('redirect')
    const response = await faulty.get('/projects', {
      redirect: 'manual',
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}` },
    })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://elsewhere.invalid/'])
  })

  it('"bad-encoding" has the content encoding gzip over a text that only begins like gzip', async () => {
    await using faulty = await openFaulty('bad-encoding')
    const response = await askRaw(`${faulty.url}/tenants/${faulty.simulator.data.tenant.id}/projects`)
    expect(response.headers['content-encoding']).toBe('gzip')
    const text = await readRaw(response)
    expect([text.startsWith('\u001f'), text.includes('{"projects"')]).toEqual([true, true])
  })
})

describe('the plan of faults', () => {
  const call = { method: 'GET', path: '/tenants/t/projects', operationId: 'listProjects' }

  it('matches by a part of the path, a pattern, or a decision', () => {
    for (const match of [
      '/projects',
      /s\/t\/p/g,
      ({ operationId }: { operationId: string | null }) => operationId === 'listProjects',
    ]) {
      const plan = createFaultPlan()
      plan.set(match, 'hang')
      expect([plan.take(call), plan.take(call)]).toEqual(['hang', 'hang'])
      expect(plan.take({ ...call, path: '/versions', operationId: null })).toBeUndefined()
    }
  })

  it('wears out after the times it was given', () => {
    const plan = createFaultPlan()
    plan.set('/projects', 'reset', { times: 2 })
    expect([1, 2, 3].map(() => plan.take(call))).toEqual(['reset', 'reset', undefined])
  })

  it('takes the newest that matches, and the one below it when that is worn out', () => {
    const plan = createFaultPlan()
    plan.set('/projects', 'reset')
    plan.set('/tenants', 'empty', { times: 1 })
    expect([plan.take(call), plan.take(call)]).toEqual(['empty', 'reset'])
  })

  it('replaces the fault of the same match, and forgets all when cleared', () => {
    const plan = createFaultPlan()
    plan.set('/projects', 'reset')
    plan.set('/projects', 'empty', { times: 1 })
    expect([plan.take(call), plan.take(call)]).toEqual(['empty', undefined])
    plan.set('/projects', 'reset')
    plan.clear()
    expect(plan.take(call)).toBeUndefined()
  })
})

async function untilCalled({ calls }: { readonly calls: readonly unknown[] }): Promise<void> {
  await expect.poll(() => calls.length, { interval: 1 }).toBe(1)
}
