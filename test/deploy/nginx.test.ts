// deploy/nginx/gateway.conf in a real nginx before two real gateways: answers, streams, and a gateway that dies.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_WRONG_KEYS } from '../../src/callers/request-rate.ts'
import { nginxPath, openNginxOf } from '../support/nginx.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import { waitUntil } from '../support/wait-until.ts'

const file = readFileSync(new URL('../../deploy/nginx/gateway.conf', import.meta.url), 'utf8')
const KEY = 'key-of-an-app-of-a-test'
const HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` }

afterEach(endPrograms)

async function open() {
  const programs = [0, 1].map(() =>
    startProgram({
      TRUSTED_PROXIES: '1',
      CALLER_AUTH: 'keys',
      GATEWAY_KEYS: `app:${createHash('sha256').update(KEY).digest('hex')}`,
    }),
  )
  const hosts = await Promise.all(programs.map(async ({ listening }) => new URL(await listening).host))
  const nginx = await openNginxOf((port) =>
    file
      .replace('listen 8080;', `listen 127.0.0.1:${port};`)
      .replace(/gateway-1:4000/, hosts[0] ?? '')
      .replace(/gateway-2:4000/, hosts[1] ?? ''),
  )
  const ask = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${nginx.url}/graphql`, {
      method: 'POST',
      headers: { ...HEADERS, ...headers },
      body: JSON.stringify({ query }),
    })
  return { programs, nginx, ask }
}

describe.skipIf(nginxPath === null)('deploy/nginx/gateway.conf', () => {
  it('passes answers, tags and streams on as they are', async () => {
    const { nginx, ask } = await open()
    await using _ = nginx
    const answered = await ask('{ tenant { name } }')
    expect(answered.status).toBe(200)
    expect(await answered.json()).toMatchObject({ data: { tenant: { name: expect.any(String) as string } } })

    const address = `${nginx.url}/graphql?query=${encodeURIComponent('{ tenant { name } }')}`
    // Once of each gateway, so that both have it.
    const tags = await Promise.all(
      [0, 1].map(async () => (await fetch(address, { headers: HEADERS })).headers.get('etag') ?? ''),
    )
    const again = await fetch(address, { headers: { ...HEADERS, 'if-none-match': tags.join(', ') } })
    expect([again.status, await again.text()]).toEqual([304, ''])

    let aged = new Headers()
    await waitUntil(async () => {
      aged = (await fetch(address, { headers: HEADERS })).headers
      return Number(aged.get('age')) > 0
    })
    const sinceDate = Math.floor(Date.now() / 1000) - Date.parse(aged.get('date') ?? '') / 1000
    expect(sinceDate).toBeGreaterThanOrEqual(Number(aged.get('age')))

    const leaving = new AbortController()
    const stream = await fetch(`${nginx.url}/graphql`, {
      method: 'POST',
      headers: { ...HEADERS, accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'query @live { tenant { name } }' }),
      signal: leaving.signal,
    })
    expect(stream.headers.get('content-type')).toMatch('text/event-stream')
    // It stays open, and what was written comes at once all the same.
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!/^event: next$[^]*tenant/m.test(text)) {
      const part = await reader?.read()
      expect(part?.done).toBe(false)
      text += part?.value ?? ''
    }
    leaving.abort()

    expect((await fetch(`${nginx.url}/ready`)).status).toBe(200)
    expect((await fetch(`${nginx.url}/metrics`)).status).toBe(404)
  })

  it('names the true address of a client, whatever it sends itself: its wrong keys count together, and with nobody else', async () => {
    const { nginx } = await open()
    await using _ = nginx
    let sent = 0
    /** From an address of its own of this machine, with an entry that is another one each time. */
    const guess = (localAddress: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        sent += 1
        const headers = { authorization: `Bearer wrong-${sent}`, 'x-forwarded-for': `203.0.113.${sent}` }
        get(`${nginx.url}/graphql?query={__typename}`, { localAddress, headers }, (response) => {
          response.resume()
          resolve(response.statusCode)
        }).on('error', reject)
      })
    const statuses = []
    // Both gateways count for themselves.
    for (let count = 0; count < 2 * MAX_WRONG_KEYS + 2; count += 1) statuses.push(await guess('127.0.0.2'))
    expect(statuses.slice(0, MAX_WRONG_KEYS).filter((status) => status === 429)).toEqual([])
    expect(statuses.slice(-2)).toEqual([429, 429])
    expect(await guess('127.0.0.3')).toBe(401)
  })

  it('serves on while one gateway is gone, and sends no change twice', async () => {
    const { nginx, ask, programs } = await open()
    await using _ = nginx
    programs[0]?.child.kill('SIGKILL')
    await programs[0]?.exited
    const statuses = []
    for (let count = 0; count < 6; count += 1) statuses.push((await ask('{ tenant { name } }')).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200])
    // A POST is never sent to another gateway once it was sent: no non_idempotent.
    expect(file.replace(/#.*$/gm, '')).not.toMatch(
      /non_idempotent|proxy_cache|proxy_ignore_headers|proxy_buffering|gzip on/,
    )
  })
})
