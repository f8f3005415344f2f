// fetch-event-source of Microsoft: events by a POST with headers of its own, as apps without a GraphQL client read them.
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { expectGoesOn, KEY, openStreamGateway, WRONG_KEY } from './open-streams.ts'
import type { StreamGateway } from './open-streams.ts'
import { watchByFetchEventSource } from './recipes/fetch-event-source.ts'
import { listenLocally } from '../support/local-server.ts'

const WAITING = { timeout: 120_000, interval: 5 }

describe('fetch-event-source', () => {
  // It is made for pages of browsers, and looks at their visibility.
  beforeAll(() => {
    vi.stubGlobal('window', globalThis)
    vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }))
  })
  afterAll(() => vi.unstubAllGlobals())

  function open(
    { url }: Pick<StreamGateway, 'url'>,
    query: string,
    headers: Record<string, string> = KEY,
  ): { readonly results: string[]; readonly end: () => void } {
    const results: string[] = []
    const onResult = (result: unknown): void => void results.push(JSON.stringify(result))
    return {
      results,
      end: watchByFetchEventSource({ url, headers, request: { query }, onResult, pauseMs: 10 }),
    }
  }

  /** Another client connects again twice: one that connects again after a pause as long has done so by then. */
  async function passPauses(): Promise<void> {
    await using proxy = await openProxy([
      { status: 502, type: '' },
      { status: 502, type: '' },
      { status: 403, type: '' },
    ])
    const { results } = open(proxy, '{ __typename }')
    await vi.waitUntil(() => results.length > 0, WAITING)
  }

  it('gets each answer at once, and connects again after an end that is none of the operation', async () => {
    await using gateway = await openStreamGateway()
    const { results, end } = open(gateway, gateway.subscription)
    await expectGoesOn(gateway, results)
    gateway.cutAll()
    await gateway.until(() => results.length === 4)
    expect(results[3]).toContain('second')
    end()
    await gateway.until(() => gateway.ends.length === 3)
    expect([gateway.ends, gateway.takeCalls()]).toEqual([['caller', 'left', 'left'], []])
  })

  it('does not connect again after the operation has ended', async () => {
    await using gateway = await openStreamGateway()
    const { results } = open(gateway, '{ __typename }')
    await gateway.until(() => results.length === 1)
    let looks = 0
    await gateway.until(() => (looks += 1) > 20)
    expect(results).toEqual([expect.stringContaining('"__typename":"Query"')])
  })

  it('shows a refusal with its code, and does not connect again', async () => {
    await using gateway = await openStreamGateway()
    const { results } = open(gateway, gateway.subscription, WRONG_KEY)
    await gateway.until(() => results.length === 1)
    let looks = 0
    await gateway.until(() => (looks += 1) > 20)
    expect(results).toEqual([expect.stringContaining('UNAUTHENTICATED')])
    expect(gateway.countOpened()).toBe(0)
  })

  it.each([
    ['403', 403, 'text/html'],
    ['404 without a body', 404, ''],
    ['the page of a proxy in the place of a stream', 200, 'text/html'],
  ])('shows %s, and does not connect again', async (_, status, type) => {
    await using proxy = await openProxy([{ status, type }])
    const { results } = open(proxy, '{ __typename }')
    await vi.waitUntil(() => results.length > 0, WAITING)
    await passPauses()
    expect(results).toEqual([expect.stringContaining(`(${status})`)])
    expect(proxy.count()).toBe(1)
  })

  it.each([429, 502])('connects again after %i without JSON', async (status) => {
    await using proxy = await openProxy([
      { status, type: 'text/html' },
      { status: 403, type: '' },
    ])
    const { results } = open(proxy, '{ __typename }')
    await vi.waitUntil(() => results.length > 0, WAITING)
    expect(results).toEqual([expect.stringContaining('(403)')])
    expect(proxy.count()).toBe(2)
  })
})

/** Something before the gateway that answers by itself; the last answer is that to every further request. */
async function openProxy(answers: readonly { readonly status: number; readonly type: string }[]) {
  let count = 0
  const server = createServer((_, response) => {
    const { status, type } = answers[Math.min(count, answers.length - 1)] ?? { status: 500, type: '' }
    count += 1
    response.writeHead(status, type === '' ? {} : { 'content-type': type }).end()
  })
  return { ...(await listenLocally(server)), count: () => count }
}
