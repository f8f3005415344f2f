// GraphiQL in a real browser with the rest of the network closed: it loads, and an example runs.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
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

const launch = () =>
  chromium.launch({
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

/** A proxy that serves the gateway under a prefix, which it strips. */
async function openProxy(target: string, prefix: string) {
  const proxy = createServer((incoming, outgoing) => {
    if (!incoming.url?.startsWith(`${prefix}/`)) return void outgoing.writeHead(404).end()
    const { method, headers } = incoming
    const forward = request(target + incoming.url.slice(prefix.length), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forward.on('error', () => outgoing.destroy())
    incoming.pipe(forward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

describe.skipIf(browserPath === null)('GraphiQL', () => {
  it(
    'loads with the network closed, opens with the examples, and runs one',
    { timeout: 60_000 },
    async () => {
      await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
      await using server = await serveOnLoopback(gateway)
      const browser = await launch()
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

  it(
    'behind a prefix that a proxy strips, loads the schema as soon as a key is in the headers',
    { timeout: 120_000 },
    async () => {
      const key = 'a-key-of-the-gateway'
      const sha256 = createHash('sha256').update(key).digest('hex')
      await using gateway = await createTestGateway({
        config: { callerAuth: 'keys', gatewayKeys: [{ name: 'app', sha256, isReadOnly: false }] },
        credentials: { authorization: `Bearer ${key}` },
      })
      await using server = await serveOnLoopback(gateway)
      await using proxy = await openProxy(server.url, '/api/aurora')
      const browser = await launch()
      try {
        const page = await browser.newPage({ viewport: { width: 1400, height: 860 } })
        const statuses: string[] = []
        page.on('response', (response) => {
          if (response.request().method() === 'POST')
            statuses.push(`${response.status()} ${new URL(response.url()).pathname}`)
        })
        await page.goto(`${proxy.url}/`)
        expect(page.url()).toBe(`${proxy.url}/graphql`)
        await page.getByRole('button', { name: /show documentation/i }).click()
        await expect.poll(() => statuses, { timeout: 30_000 }).toContain('401 /api/aurora/graphql')
        await page.locator('.graphiql-editor-tool .view-lines').last().click()
        await page.keyboard.press('Control+A')
        // The editor closes the bracket by itself.
        await page.keyboard.insertText(`{ "Authorization": "Bearer ${key}" `)
        const docs = page.locator('.graphiql-doc-explorer')
        await expect.poll(() => docs.innerText(), { timeout: 30_000 }).toContain('Root Types')
        expect(statuses.at(-1)).toBe('200 /api/aurora/graphql')
      } finally {
        await browser.close()
      }
    },
  )
})
