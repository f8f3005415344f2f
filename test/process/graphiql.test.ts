// GraphiQL in a real browser with the rest of the network closed: it loads, and an example runs.
import { writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { findProgram } from '../support/needs.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const browserPath = findProgram('Chromium', [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
])

/** `SCREENSHOT=docs/graphiql.png npm test -- graphiql` makes the picture of the README again. */
const screenshotPath = process.env['SCREENSHOT']

describe.skipIf(browserPath === null)('GraphiQL', () => {
  it(
    'loads with the network closed, opens with the examples, and runs one',
    { timeout: 60_000 },
    async () => {
      await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
      await using server = await serveOnLoopback(gateway)
      const browser = await chromium.launch({
        executablePath: browserPath ?? '',
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      })
      try {
        const page = await browser.newPage({ viewport: { width: 1400, height: 860 } })
        const outside: string[] = []
        const faults: string[] = []
        page.on('pageerror', (error) => faults.push(error.message))
        page.on('console', (message) => {
          if (/content security policy/i.test(message.text())) faults.push(message.text())
        })
        await page.route('**/*', (route) => {
          const asked = route.request().url()
          if (asked.startsWith(server.url) || asked.startsWith('data:') || asked.startsWith('blob:'))
            return route.continue()
          outside.push(asked)
          return route.abort()
        })

        await page.goto(`${server.url}/graphql`)
        const tabs = page.locator('.graphiql-tab')
        await tabs.first().waitFor()
        expect(await tabs.count()).toBe(6)
        await expect
          .poll(() => page.locator('.graphiql-editor-tool').innerText())
          .toMatch(/No\sheader\sis\sneeded/)
        const run = page.getByRole('button', { name: /execute query/i })
        await run.click()
        const answer = page.locator('.result-window')
        await expect.poll(() => answer.innerText(), { timeout: 20_000 }).toContain('"data"')
        await expect.poll(() => answer.innerText(), { timeout: 20_000 }).toMatch(/Gonzalez\sresidence/)
        if (screenshotPath !== undefined) writeFileSync(screenshotPath, await page.screenshot())

        expect(outside).toEqual([])
        expect(faults).toEqual([])
        expect(gateway.takeCalls()).toEqual([
          '1 GET /tenants/{}/projects?page=1&per_page=250',
          '1 GET /tenants/{}/users?page=1&per_page=250',
        ])
      } finally {
        await browser.close()
      }
    },
  )
})
