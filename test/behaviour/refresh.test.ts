// Pull-to-refresh and reload, as fetch and browsers send them: what they cost, and what they get in a bad minute.
import { describe, expect, it } from 'vitest'
import { nth } from '../support/builders.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway, TestGatewayOptions } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const MINUTE = 60_000
const SCREEN = '{ tenant { name } projects(first: 2) { nodes { name owner { firstName } } } }'

interface Body {
  readonly data: Record<string, unknown> | null
  readonly errors?: readonly { extensions: { code: string } }[]
  readonly extensions: {
    readonly upstream: { readonly calls: number; readonly saved: Record<string, number> }
    readonly freshness?: readonly { reason: string }[]
  }
}

/** A phone that asks over a real socket with Node's own fetch. */
async function open(options: TestGatewayOptions = {}) {
  const clock = createManualClock()
  const gateway = await createTestGateway({ clock, ...options })
  const server = await serveOnLoopback(gateway)
  return {
    clock,
    gateway,
    async ask(query: string, init: RequestInit = {}, more = '') {
      const headers = { 'graphql-require-preflight': 'true', ...(init.headers as Record<string, string>) }
      const url = `${server.url}/graphql?query=${encodeURIComponent(query)}${more}`
      const response = await fetch(url, { ...init, headers })
      const text = await response.text()
      return {
        status: response.status,
        header: (name: string) => response.headers.get(name),
        body: (text === '' ? null : JSON.parse(text)) as Body | null,
        calls: gateway.takeCalls().length,
      }
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

const failAll = ({ simulator }: TestGateway): void => simulator.faults.set(/./, { status: 500 })

describe('a request with a condition asks whether the copy is still what the gateway has', () => {
  it.each<[string, RequestInit, Record<string, string>]>([
    ["Node's fetch, which adds no-cache by itself", {}, {}],
    ["Node's fetch with cache: no-cache", { cache: 'no-cache' }, {}],
    ["Node's fetch with cache: no-store", { cache: 'no-store' }, {}],
    ["Node's fetch with cache: reload", { cache: 'reload' }, {}],
    ['a reload of Chromium', {}, { 'cache-control': 'max-age=0' }],
    ['a forced reload', {}, { 'cache-control': 'no-cache', pragma: 'no-cache' }],
  ])('%s: 304 without a call', async (_, init, headers) => {
    await using phone = await open()
    const first = await phone.ask(SCREEN)
    expect(first.calls).toBe(3)
    await phone.clock.advance(MINUTE)
    const tag = first.header('etag') ?? ''
    const again = await phone.ask(SCREEN, { ...init, headers: { ...headers, 'if-none-match': tag } })
    expect([again.status, again.calls]).toEqual([304, 0])
    const other = await phone.ask(SCREEN, { ...init, headers: { ...headers, 'if-none-match': '"other"' } })
    expect([other.status, other.calls, other.body?.data]).toEqual([200, 0, first.body?.data])
  })

  it('what is stale is fetched before the answer, once', async () => {
    await using phone = await open()
    const first = await phone.ask(SCREEN)
    await phone.clock.advance(6 * MINUTE)
    const headers = { 'if-none-match': first.header('etag') ?? '' }
    const again = await phone.ask(SCREEN, { headers })
    // The projects alone: tenant and users are fresh for longer.
    expect([again.status, again.calls, again.header('age')]).toEqual([304, 1, '0'])
  })

  it('max-age=N demands new data all the same', async () => {
    await using phone = await open()
    const first = await phone.ask(SCREEN)
    await phone.clock.advance(2000)
    const headers = { 'if-none-match': first.header('etag') ?? '', 'cache-control': 'max-age=1' }
    expect(await phone.ask(SCREEN, { headers })).toMatchObject({ status: 304, calls: 3 })
  })
})

describe('a refresh', () => {
  const KINDS: readonly [string, RequestInit][] = [
    ['cache: no-cache', { cache: 'no-cache' }],
    ['cache: no-store', { cache: 'no-store' }],
    ['cache: reload', { cache: 'reload' }],
    ['no-cache', { headers: { 'cache-control': 'no-cache' } }],
    ['no-store', { headers: { 'cache-control': 'no-store' } }],
    ['max-age=0', { headers: { 'cache-control': 'max-age=0' } }],
  ]

  it.each(KINDS)('%s costs one call for each part, whichever fields use it', async (_, init) => {
    await using phone = await open()
    await phone.ask(SCREEN)
    await phone.clock.advance(1)
    const again = SCREEN.replace('}', '} again: tenant { name } more: projects(first: 1) { nodes { id } } ')
    expect((await phone.ask(again, init)).calls).toBe(3)
  })

  it('costs one call for each part where several requests refresh at the same time', async () => {
    await using phone = await open()
    await phone.ask(SCREEN)
    await phone.clock.advance(1)
    const init: RequestInit = { cache: 'no-store' }
    const answers = await Promise.all([1, 2, 3].map(() => phone.ask(SCREEN, init)))
    expect(answers.reduce((sum, { calls }) => sum + calls, 0)).toBe(3)
    expect(answers.map(({ body }) => body?.errors)).toEqual([undefined, undefined, undefined])
  })

  it.each(KINDS)('%s gets the kept answer, marked, where Aurora is down', async (_, init) => {
    await using phone = await open()
    const first = await phone.ask(SCREEN)
    await phone.clock.advance(MINUTE)
    failAll(phone.gateway)
    const again = await phone.ask(SCREEN, init, '&extensions={"freshness":true}')
    expect([again.body?.data, again.body?.errors]).toEqual([first.body?.data, undefined])
    expect(again.body?.extensions.upstream.saved['stale']).toBeGreaterThanOrEqual(3)
    expect(new Set(again.body?.extensions.freshness?.map(({ reason }) => reason))).toEqual(
      new Set(['UPSTREAM_FAILED']),
    )
  })

  it.each(KINDS)('%s gets the kept answer, marked, where no call is left', async (_, init) => {
    await using phone = await open({ config: { rateLimit: 3, maxWaitMs: 0 } })
    const first = await phone.ask(SCREEN)
    await phone.clock.advance(1000)
    const again = await phone.ask(SCREEN, init)
    expect([again.body?.data, again.body?.errors, again.calls]).toEqual([first.body?.data, undefined, 0])
    expect(again.body?.extensions.upstream.saved['stale']).toBeGreaterThanOrEqual(3)
  })

  it('that fails leaves the phone its copy: the answer may be stored, with its real age', async () => {
    await using phone = await open()
    await phone.ask(SCREEN)
    await phone.clock.advance(MINUTE)
    failAll(phone.gateway)
    const again = await phone.ask(SCREEN, { cache: 'no-store' })
    expect(again.header('cache-control')).toMatch(/^private, max-age=300,/)
    expect([again.header('age'), again.header('etag')]).toEqual(['60', expect.stringMatching(/^"/)])
  })

  it('of an object that only a list has shown gets what the list showed', async () => {
    await using phone = await open({ config: { rateLimit: 1, maxWaitMs: 0 } })
    const { id, name } = nth(phone.gateway.simulator.data.projects, 0)
    await phone.ask('{ projects(first: 2) { nodes { name } } }')
    await phone.clock.advance(1000)
    const again = await phone.ask(`{ project(id: "${id}") { name } }`, { cache: 'no-store' })
    expect([again.body?.data, again.body?.errors, again.calls]).toEqual([{ project: { name } }, undefined, 0])
    expect(again.body?.extensions.upstream.saved['stale']).toBe(1)
  })

  it('never gets what was dropped by a write, nor what is too old to be kept', async () => {
    await using phone = await open()
    const { id } = nth(phone.gateway.simulator.data.projects, 0)
    const query = `{ project(id: "${id}") { name } }`
    await phone.ask(query)
    await phone.clock.advance(25 * 60 * MINUTE)
    failAll(phone.gateway)
    expect((await phone.ask(query, { cache: 'no-store' })).body?.errors).toHaveLength(1)
  })
})
