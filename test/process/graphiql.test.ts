// GraphiQL in a real browser with the rest of the network closed: it loads, its pane shows what each example will cost, and the
// example costs that.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { readExamples } from '../../src/graphql/examples.ts'
import { findBrowser, launchBrowser, newPage } from '../support/browser.ts'
import { nth } from '../support/builders.ts'
import { listenLocally } from '../support/local-server.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const browserPath = findBrowser()

/** `SCREENSHOTS=docs npm test -- graphiql` makes the pictures of the README again. */
const screenshots = process.env['SCREENSHOTS']

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
  const local = await listenLocally(proxy)
  return { ...local, url: local.url + prefix }
}

/** One server before one gateway after the other, so that a page stays loaded while caches and budgets begin anew. */
async function serveInTurn(first: TestGateway) {
  let current = first
  const server = await serveOnLoopback({
    log: first.log,
    gateway: {
      ...first.gateway,
      authenticate: (...given) => current.gateway.authenticate(...given),
      handle: (...given) => current.gateway.handle(...given),
      handlePlain: (...given) => current.gateway.handlePlain(...given),
    },
  })
  return { ...server, use: (next: TestGateway) => void (current = next) }
}

const nameOf = (document: string): string => /^(?:query|mutation) (\w+)/m.exec(document)?.[1] ?? ''

const countCalls = (gateway: TestGateway): number =>
  gateway.takeCalls().reduce((sum, line) => sum + Number.parseInt(line, 10), 0)

interface Counted {
  readonly calls: { readonly min: number; readonly expected: number; readonly max: number }
  readonly isComplete: boolean
}

const COUNTED = '.cost-estimate[aria-busy="false"] strong'
const SPENT = '.cost-spent strong'

const readCalls = async (page: Page, of: string): Promise<number | null> => {
  const found = page.locator(of)
  return (await found.count()) === 1 ? Number(await found.getAttribute('data-calls')) : null
}

/** Does something, and waits until the gateway has counted an operation because of it. */
async function whenCounted(page: Page, name: string, work: () => Promise<unknown>): Promise<Counted> {
  const [response] = await Promise.all([
    page.waitForResponse((answer) => {
      const sent = answer.request().postData() ?? ''
      return sent.includes('CostOfQuery') && sent.includes(name)
    }),
    work(),
  ])
  const { data } = (await response.json()) as { data: { explain: Counted } }
  const { explain } = data
  await expect.poll(() => readCalls(page, COUNTED)).toBe(explain.calls.expected)
  return explain
}

/** Runs what is in the editor; resolves when the pane shows what the answer has spent. */
async function run(page: Page): Promise<number | null> {
  const report = page.locator('.cost-spent')
  const before = await report.getAttribute('data-answered')
  await page.getByRole('button', { name: /execute query/i }).click()
  await expect.poll(() => report.getAttribute('data-answered')).not.toBe(before)
  return readCalls(page, SPENT)
}

async function type(page: Page, query: string): Promise<void> {
  await page.locator('.graphiql-query-editor .view-lines').click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(query)
}

/** Whether the page is lighter than its text. */
const isLight = (page: Page): Promise<boolean> =>
  page.evaluate(`(() => {
    const brightness = (color) => color.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)
    const of = (selector) => getComputedStyle(document.querySelector(selector))
    return ['.cost-pane h2', '.view-line .mtk1'].every((selector) => {
      return brightness(of('.graphiql-container').backgroundColor) > brightness(of(selector).color)
    })
  })()`)

/** With the price of the third example and the last answer, in both colours. */
async function takePictures(page: Page, folder: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    const name = colorScheme === 'light' ? 'graphiql' : `graphiql-${colorScheme}`
    writeFileSync(`${folder}/${name}.png`, await page.screenshot())
  }
}

/** Examples over lists that nobody has read yet. */
const OF_WHOLE_LISTS = ['FindProjects', 'SyncProjects', 'FindPeopleAndParts']

describe.skipIf(browserPath === null)('GraphiQL', () => {
  let browser: Browser
  beforeAll(async () => void (browser = await launchBrowser(browserPath)))
  afterAll(() => browser?.close())

  /** A page that has never been open before, and whatever goes wrong in it. */
  async function openPage() {
    const page = await newPage(browser, { viewport: { width: 1400, height: 860 }, colorScheme: 'light' })
    const faults: string[] = []
    const addresses: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) faults.push(message.text())
    })
    const inspector = await page.context().newCDPSession(page)
    inspector.on('Network.requestWillBeSent', ({ request: { url } }) => addresses.push(url))
    await inspector.send('Network.enable')
    return { page, faults, addresses }
  }

  it(
    'loads with the network closed, and shows for each example what it then spends',
    { timeout: 240_000 },
    async () => {
      const examples = readExamples()
      await using first = await createTestGateway({ config: { rateLimit: 90 } })
      await using server = await serveInTurn(first)
      const { page, faults, addresses } = await openPage()
      // Also where it is shown for a moment alone.
      await page.addInitScript(`
        window.warnings = []
        new MutationObserver(() => {
          const shown = document.querySelector('.cost-estimate .cost-warning')
          if (shown) window.warnings.push(shown.innerText)
        }).observe(document, { childList: true, subtree: true })`)
      const found: object[] = []
      const wanted: object[] = []
      for (const [place, example] of examples.entries()) {
        await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
        server.use(gateway)
        const name = nameOf(example)
        const tab = page.locator('.graphiql-tab').nth(place)
        const counted = await whenCounted(page, name, () =>
          place === 0 ? page.goto(`${server.url}/graphql`) : tab.locator('.graphiql-tab-button').click(),
        )
        const whileCounting = countCalls(gateway)
        if (place === 2 && screenshots !== undefined) await takePictures(page, screenshots)
        const shown = await run(page)
        const spent = countCalls(gateway)
        const isWrite = name.startsWith('Write')
        await expect.poll(() => readCalls(page, COUNTED)).toBe(isWrite ? 1 : 0)
        const { min, expected, max } = counted.calls
        found.push({ name, whileCounting, isBetween: min <= spent && spent <= max, expected, shown })
        // How long a whole list is can't be known before it is read: then the pane says "about", and names a range.
        const likely = OF_WHOLE_LISTS.includes(name) ? expected : spent
        wanted.push({ name, whileCounting: 0, isBetween: true, expected: likely, shown: spent })
      }
      expect(found).toEqual(wanted)
      // Each costs less than the 90 calls that are left.
      expect(await page.evaluate('window.warnings')).toEqual([])
      expect(await page.locator('.graphiql-tab').count()).toBe(examples.length)
      expect(addresses.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual([])
      expect(faults).toEqual([])
    },
  )

  it(
    'shows hints while a query is typed, when to come back after it was limited, and what is stale in it',
    { timeout: 120_000 },
    async () => {
      const clock = createManualClock()
      await using gateway = await createTestGateway({ config: { rateLimit: 3, maxWaitMs: 0 }, clock })
      await using server = await serveOnLoopback(gateway)
      const { page, faults } = await openPage()
      const pane = page.locator('.cost-pane')
      const query = 'query Limited { projects(first: 5) { nodes { name designs { name } } } }'
      await whenCounted(page, 'ProjectsWithOwners', () => page.goto(`${server.url}/graphql`))

      await type(page, 'query Limited')
      await expect.poll(() => pane.innerText()).toContain('Not a whole query yet')
      await type(page, 'query Limited { tenant { height } }')
      await expect.poll(() => pane.innerText()).toContain('Cannot query field "height"')

      expect(await whenCounted(page, 'Limited', () => type(page, query))).toMatchObject({
        calls: { expected: 6 },
      })
      // Screen readers announce what changes in the estimate and in the report of the last answer.
      expect(await pane.locator('[role="status"][aria-live="polite"]').count()).toBe(2)
      expect(await pane.locator('.cost-estimate[role="status"]').innerText()).toContain(
        'More than is left now',
      )
      const answered = page.waitForResponse((answer) =>
        (answer.request().postData() ?? '').includes('"operationName":"Limited"'),
      )
      expect(await run(page)).toBe(3)
      const { errors } = (await (await answered).json()) as { errors: { extensions: { retryAt: string } }[] }
      const limited = pane.locator('.cost-spent .cost-warning')
      expect(await limited.innerText()).toContain('3 fields had no call left')
      expect(await limited.locator('time').getAttribute('datetime')).toBe(errors[0]?.extensions.retryAt)

      await clock.advance(6 * 60_000)
      await run(page)
      await expect
        .poll(() => pane.locator('.cost-stale').innerText())
        .toContain('projects: 6 min old (REVALIDATING)')
      expect(faults).toEqual([])
    },
  )

  it(
    'opens and closes the pane by keyboard, and is as dark as the system',
    { timeout: 120_000 },
    async () => {
      await using gateway = await createTestGateway()
      await using server = await serveOnLoopback(gateway)
      const { page } = await openPage()
      const pane = page.locator('.cost-pane')
      await whenCounted(page, 'ProjectsWithOwners', () => page.goto(`${server.url}/graphql`))
      expect(await isLight(page)).toBe(true)
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await isLight(page)).toBe(false)

      await page.keyboard.press('Control+Alt+KeyC')
      await expect.poll(() => pane.count()).toBe(0)
      await page.keyboard.press('Control+Alt+KeyC')
      await expect.poll(() => page.locator('.cost-pane:focus').count()).toBe(1)
      await page.getByRole('button', { name: 'Hide Cost' }).press('Enter')
      await expect.poll(() => pane.count()).toBe(0)
      await page.getByRole('button', { name: 'Show Cost' }).press('Enter')
      await page.getByRole('region', { name: 'Cost in calls to Aurora' }).waitFor()
    },
  )

  it(
    'has its pane in the order of the tab key, and shows cost and spending above a long table, 1,000 pixels wide',
    { timeout: 120_000 },
    async () => {
      await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
      await using server = await serveOnLoopback(gateway)
      const { page } = await openPage()
      await page.setViewportSize({ width: 1000, height: 700 })
      await whenCounted(page, 'ProjectsWithOwners', () => page.goto(`${server.url}/graphql`))
      await whenCounted(page, 'WhatADesign', () => page.locator('.graphiql-tab-button').nth(2).click())
      const unsure = page.locator('.cost-steps td:nth-of-type(1) small')
      await expect.poll(() => unsure.allInnerTexts()).toContainEqual(expect.stringMatching(/^\d+ to \d+$/))
      await run(page)
      for (const place of [COUNTED, SPENT]) {
        const box = await page.locator(place).boundingBox()
        expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(700)
      }
      const pieces = await page.evaluate<string[]>(`
        [...document.querySelectorAll('.cost-steps th[scope=row], .cost-steps th small')]
          .flatMap(({ childNodes }) => [...childNodes].map(({ nodeValue }) => nodeValue ?? ''))`)
      expect(pieces).toContain('Profile')
      expect(pieces.filter((piece) => /\w[A-Z]|\.\w/.test(piece))).toEqual([])

      await page.getByRole('button', { name: 'Hide Cost' }).focus()
      const inOrder = ['']
      while (!inOrder.includes('cost-pane') && inOrder.length < 30) {
        await page.keyboard.press('Tab')
        inOrder.push(await page.evaluate<string>('document.activeElement?.className ?? ""'))
      }
      expect(inOrder.at(-1)).toBe('cost-pane')
    },
  )

  it(
    'in a window as narrow as a phone has the cost, the editor and the answer below each other, and breaks no word',
    { timeout: 120_000 },
    async () => {
      await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
      await using server = await serveOnLoopback(gateway)
      const page = await newPage(browser, { viewport: { width: 420, height: 740 } })
      await whenCounted(page, 'ProjectsWithOwners', () => page.goto(`${server.url}/graphql`))
      await run(page)
      const parts = [
        '.cost-pane h2',
        COUNTED,
        '.graphiql-execute-button',
        '.graphiql-editors',
        '.result-window',
      ]
      let below = 0
      for (const part of parts) {
        const { x = -1, y = -1, width = 0, height = 0 } = (await page.locator(part).boundingBox()) ?? {}
        expect({ part, x, right: x + width, bottom: y + height }).toEqual({
          part,
          x: expect.toSatisfy((left: number) => left >= 0),
          right: expect.toSatisfy((right: number) => right <= 420),
          bottom: expect.toSatisfy((bottom: number) => bottom <= 740),
        })
        if (part.includes('button')) continue
        expect({ part, y }).toEqual({ part, y: expect.toSatisfy((top: number) => top >= below) })
        below = y + (part === '.result-window' ? 0 : Math.min(height, 20))
      }
      for (const part of ['.graphiql-editors', '.result-window'])
        expect((await page.locator(part).boundingBox())?.width).toBeGreaterThan(250)

      // Side by side, and the pane at its least width: the words of a name are whole.
      await page.setViewportSize({ width: 800, height: 740 })
      const lines = await page.evaluate<number>(`(() => {
        const range = document.createRange()
        range.selectNodeContents(document.querySelector('.cost-steps th[scope=row]').firstChild)
        return range.getClientRects().length
      })()`)
      expect(lines).toBe(1)
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
      const page = await newPage(browser, { viewport: { width: 1400, height: 860 } })
      const statuses: string[] = []
      page.on('response', (response) => {
        if (response.request().method() === 'POST')
          statuses.push(`${response.status()} ${new URL(response.url()).pathname}`)
      })
      await page.goto(`${proxy.url}/`)
      expect(page.url()).toBe(`${proxy.url}/graphql`)
      await page.getByRole('button', { name: /show documentation/i }).click()
      await expect.poll(() => statuses).toContain('401 /api/aurora/graphql')
      await page.locator('.graphiql-editor-tool .view-lines').last().click()
      await page.keyboard.press('Control+A')
      // The editor closes the bracket by itself.
      await page.keyboard.insertText(`{ "Authorization": "Bearer ${key}" `)
      const docs = page.locator('.graphiql-doc-explorer')
      await expect.poll(() => docs.innerText()).toContain('Root Types')
      expect(statuses.at(-1)).toBe('200 /api/aurora/graphql')
    },
  )

  it(
    'runs a live query: it shows each new answer, and closes the stream when it is stopped',
    { timeout: 120_000 },
    async () => {
      await using gateway = await createTestGateway({ config: { rateLimit: 90 }, clock: createSystemClock() })
      const ends: string[] = []
      await using server = await serveOnLoopback(gateway, {
        metrics: { emit: (name, fact) => void (name === 'streamEnded' && ends.push(JSON.stringify(fact))) },
      })
      const { id } = nth(gateway.simulator.data.projects, 0)
      const page = await newPage(browser)
      const query = `query Board @live { project(id: "${id}") { name } }`
      await page.goto(`${server.url}/graphql?query=${encodeURIComponent(query)}`)
      // Before the editors are there, the button does nothing.
      await page.locator(COUNTED).waitFor()
      await page.getByRole('button', { name: /execute query/i }).click()
      const answer = page.locator('.result-window')
      await expect.poll(() => answer.innerText()).toContain('"name"')
      const rename = `mutation { updateProject(id: "${id}", input: { name: "Renamed" }) { project { name } } }`
      await gateway.ask(rename)
      await expect.poll(() => answer.innerText()).toContain('Renamed')
      await page.getByRole('button', { name: /stop query/i }).click()
      await expect.poll(() => ends).toEqual(['{"end":"left"}'])
    },
  )
})
