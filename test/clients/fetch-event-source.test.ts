// fetch-event-source of Microsoft: events by a POST with headers of its own, as apps without a GraphQL client read them.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { KEY, openStreamGateway, WRONG_KEY } from './open-streams.ts'
import type { StreamGateway } from './open-streams.ts'
import { watchByFetchEventSource } from './recipes/fetch-event-source.ts'

describe('fetch-event-source', () => {
  // It is made for pages of browsers, and looks at their visibility.
  beforeAll(() => {
    vi.stubGlobal('window', globalThis)
    vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }))
  })
  afterAll(() => vi.unstubAllGlobals())

  function open(
    { url }: StreamGateway,
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

  it('gets each answer at once, and connects again after an end that is none of the operation', async () => {
    await using gateway = await openStreamGateway()
    const { results, end } = open(gateway, gateway.subscription)
    await gateway.until(() => results.length === 1)
    await gateway.rename('second')
    await gateway.until(() => results.length === 2)
    expect(results[1]).toContain('second')
    gateway.takeCalls()
    gateway.endAll()
    await gateway.until(() => results.length === 3)
    expect(results[2]).toContain('second')
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
})
