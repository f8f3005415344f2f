// A browser's own EventSource in Chromium, behind a real nginx that adds the key: docs/streams.md.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBrowser, launchBrowser, newPage } from '../support/browser.ts'
import { nginxPath, openNginx } from '../support/nginx.ts'
import { expectGoesOn, KEY, openStreamGateway, WRONG_KEY } from './open-streams.ts'
import type { StreamGateway } from './open-streams.ts'
import { readEventSource } from './recipes/event-source.ts'

const browserPath = findBrowser()

const withKey = ({ 'x-api-key': key }: Record<string, string>): string =>
  `proxy_set_header X-Api-Key ${key}; proxy_set_header GraphQL-Require-Preflight true;`

describe.skipIf(browserPath === null || nginxPath === null)('EventSource behind nginx', () => {
  let browser: Browser
  beforeAll(async () => void (browser = await launchBrowser(browserPath)))
  afterAll(() => browser?.close())

  async function openPage(url: string, query: string): Promise<{ page: Page; results: string[] }> {
    const page = await newPage(browser)
    const results: string[] = []
    await page.exposeFunction('onResult', (result: unknown) => void results.push(JSON.stringify(result)))
    await page.goto(url)
    await page.evaluate(
      `const read = ${readEventSource.toString()};
       window.source = new EventSource('/graphql?query=' + encodeURIComponent(${JSON.stringify(query)}));
       read(window.source, window.onResult)`,
    )
    return { page, results }
  }
  const stateOf = (page: Page): Promise<unknown> => page.evaluate('window.source.readyState')
  const targetOf = ({ url }: StreamGateway): string => new URL(url).origin

  it('gets each answer at once, and connects again after an end that is none of the operation', async () => {
    await using gateway = await openStreamGateway()
    await using nginx = await openNginx(targetOf(gateway), withKey(KEY))
    const { page, results } = await openPage(nginx.url, gateway.subscription)
    await expectGoesOn(gateway, results)
    await page.close()
    await gateway.until(() => gateway.ends.length === 2)
    expect([gateway.ends, gateway.takeCalls()]).toEqual([['caller', 'left'], []])
  })

  it('is stopped after the operation has ended', async () => {
    await using gateway = await openStreamGateway()
    await using nginx = await openNginx(targetOf(gateway), withKey(KEY))
    const { page, results } = await openPage(nginx.url, '{ __typename }')
    await gateway.until(() => results.length === 1)
    await gateway.until(async () => (await stateOf(page)) === 2)
    expect(results).toHaveLength(1)
  })

  it('shows a refusal with its code, and is stopped', async () => {
    await using gateway = await openStreamGateway()
    await using nginx = await openNginx(targetOf(gateway), withKey(WRONG_KEY))
    const { page, results } = await openPage(nginx.url, gateway.subscription)
    await gateway.until(() => results.length === 1)
    expect(results[0]).toContain('UNAUTHENTICATED')
    await gateway.until(async () => (await stateOf(page)) === 2)
    expect([gateway.countOpened(), results.length]).toEqual([0, 1])
  })

  it('sees an end in a shutdown, and tries again', async () => {
    await using gateway = await openStreamGateway()
    await using nginx = await openNginx(targetOf(gateway), withKey(KEY))
    const { page, results } = await openPage(nginx.url, gateway.subscription)
    await gateway.until(() => results.length === 1)
    await gateway.close()
    expect(gateway.ends).toEqual(['shutdown'])
    await gateway.until(async () => (await stateOf(page)) === 0)
    expect(results).toHaveLength(1)
  })
})
