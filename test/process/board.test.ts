// The app of examples/board: its types are current, and in a real browser it does what its README says.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateTypes } from '../../examples/board/generate.ts'
import { findBrowser, launchBrowser, newPage } from '../support/browser.ts'
import { nth } from '../support/builders.ts'
import { freePort } from '../support/free-port.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const root = new URL('../../', import.meta.url).pathname
const board = join(root, 'examples/board')
const browserPath = findBrowser()

/** `SCREENSHOTS=docs npm test -- board` makes the picture of its README again. */
const screenshots = process.env['SCREENSHOTS']

it('has types of its documents as the schema is now', async () => {
  const written = readdirSync(join(board, 'src/generated')).map((name): [string, string] => {
    const path = `src/generated/${name}`
    return [path, readFileSync(join(board, path), 'utf8')]
  })
  const types = Object.fromEntries(await generateTypes())
  expect(Object.keys(types).length).toBeGreaterThan(2)
  expect(Object.fromEntries(written), 'run npm run board:types').toEqual(types)
})

/** What one command starts, in a group of its own as a terminal does it. */
async function startBoard(takenPort?: number) {
  const [port, free, simulatorPort] = await Promise.all([freePort(), freePort(), freePort()])
  const gatewayPort = takenPort ?? free
  const words = ['--port', port, '--gateway-port', gatewayPort, '--simulator-port', simulatorPort]
  const child = spawn('npm', ['run', '--silent', 'board', '--', ...words.map(String)], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', STATE_DIR: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let printed = ''
  let ended: number | null | undefined
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes) => void (printed += String(bytes)))
  child.once('close', (code) => void (ended = code))
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) process.kill(-child.pid, name)
  }
  await waitUntil(() => {
    if (ended !== undefined) throw new Error(`ended with ${ended}: ${printed}`)
    return printed.includes('Ctrl-C ends all')
  })
  const control = async (method: string, path: string, body: object): Promise<void> => {
    const address = `http://127.0.0.1:${simulatorPort}/_simulator/${path}`
    const answer = await fetch(address, { method, body: JSON.stringify(body) })
    expect(await answer.text()).not.toContain('"errors"')
  }
  return {
    url: `http://127.0.0.1:${port}/`,
    ports: [port, gatewayPort, simulatorPort],
    hasEnded: () => ended !== undefined,
    control,
    signal,
    [Symbol.dispose]() {
      try {
        signal('SIGKILL')
      } catch {
        // All of the group have ended.
      }
    },
  }
}

const isServed = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  )

it('ends with a fault where a port is in use, and leaves nothing running', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await expect(startBoard(port)).rejects.toThrow(/^ended with 1: [^]*Cannot listen on port/)
  await new Promise((resolve) => void server.close(resolve))
})

it('leaves nothing running where its terminal is closed', async () => {
  using started = await startBoard()
  started.signal('SIGHUP')
  await waitUntil(started.hasEnded)
  expect((await Promise.all(started.ports.map(isServed))).includes(true)).toBe(false)
})

/** The name in the address of a card is the global id. */
const idOf = (href: string | null): string => nth((href ?? '').split(':'), 1)

describe.skipIf(browserPath === null)('the board', { timeout: 240_000 }, () => {
  let browser: Browser
  beforeAll(async () => void (browser = await launchBrowser(browserPath)))
  afterAll(() => browser?.close())

  async function openPage(): Promise<{ page: Page; faults: string[] }> {
    const page = await newPage(browser, { viewport: { width: 1120, height: 640 }, colorScheme: 'light' })
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
        faults.push(message.text())
    })
    return { page, faults }
  }

  it('by one command: it finds projects, shows a change in the app and an edit, watches a job, and ends', async () => {
    using started = await startBoard()
    const { page, faults } = await openPage()
    const column = (status: string) => page.getByRole('region', { name: status, exact: true })

    await page.goto(started.url)
    await page.getByText('60 of 620 projects').waitFor()
    await page.getByRole('searchbox').fill('church')
    await page.getByText(/^(\d+) of \1 projects/).waitFor()
    expect(await page.locator('.card').count()).toBe(
      await page.locator('.card', { hasText: 'Church' }).count(),
    )
    await page.getByRole('searchbox').fill('')
    await page.getByText('60 of 620 projects').waitFor()

    const card = page.locator('.card a').first()
    const name = await card.innerText()
    const href = await card.getAttribute('href')
    await started.control('POST', 'app', {
      event: 'project_status_changed',
      ids: { project_id: idOf(href) },
      members: { status: 'Called back' },
    })
    await column('Called back').getByRole('link', { name }).waitFor()
    if (screenshots !== undefined) await page.screenshot({ path: `${screenshots}/board.png` })

    await column('Called back').getByRole('link', { name }).click()
    await page.getByRole('button', { name: 'Edit' }).click()
    await edit(page, 'Refused residence', () => started.control('PUT', 'forbidden', ['updateProject']))
    await page.getByRole('alert').waitFor()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await started.control('PUT', 'forbidden', [])
    await edit(page, 'Renamed residence', () => Promise.resolve())
    await page.getByRole('button', { name: 'Edit' }).waitFor()
    await page.getByRole('link', { name: 'Board' }).click()
    await column('Called back').getByRole('link', { name: 'Renamed residence' }).waitFor()

    await column('Called back').getByRole('link').click()
    await page.locator('.rows a').first().click()
    await page.getByRole('button', { name: 'Simulate' }).click()
    await page.locator('output', { hasText: 'Simulated.' }).waitFor()
    expect(faults).toEqual([])

    started.signal('SIGINT')
    await waitUntil(started.hasEnded)
    await waitUntil(async () => !(await Promise.all(started.ports.map(isServed))).includes(true))
  })

  it('says when the rest comes, keeps old values until then, and shows it at that time without a click', async () => {
    const clock = createManualClock()
    await using plenty = await createTestGateway({ clock })
    await using none = await createTestGateway({ clock, config: { rateLimit: 6, maxWaitMs: 0 } })
    await using server = await serveInTurn(plenty)
    await using served = await serveBuilt(server.url)
    const { project, seen, unseen } = await findDesigns(plenty)
    const { page, faults } = await openPage()
    const link = (id: string) => page.locator(`a[href="#${id}"]`)
    const notice = page.getByText('Some of this will be here at')
    const figures = page.getByText('in the first year')
    // Time goes on as usual until the test puts it forward.
    await page.clock.install()

    await page.goto(served.url)
    await link(project).click()
    await link(seen).click()
    await figures.waitFor()
    await page.getByRole('link', { name: 'Board' }).click()
    await link(project).waitFor()
    expect(await notice.count()).toBe(0)

    server.use(none)
    await none.ask(SIX_CALLS)
    await link(project).click()
    await link(seen).click()
    await page.getByRole('navigation', { name: 'Project' }).waitFor()
    await notice.waitFor()
    expect(await figures.count()).toBe(1)

    await page.getByRole('link', { name: 'Board' }).click()
    await page.getByRole('heading', { name: 'Projects' }).waitFor()
    await notice.waitFor()
    expect(await link(project).count()).toBe(1)

    await link(project).click()
    await link(unseen).click()
    await link(unseen).waitFor({ state: 'detached' })
    await notice.waitFor()
    expect(await figures.count()).toBe(0)

    await clock.advance(61_000)
    await waitUntil(async () => {
      await page.clock.fastForward(10_000)
      return figures.isVisible()
    })
    await waitUntil(async () => (await notice.count()) === 0)
    expect(faults).toEqual([])
  })
})

/** Nothing of it is on a page of the app. */
const SIX_CALLS =
  '{ tenant { name } teams { id } partners { id } roles { id } users { id } proposalTemplates { id } }'

/** A project, and two of its designs that have been simulated. */
async function findDesigns({ ask }: TestGateway) {
  const { data } = await ask<{ projects: { nodes: readonly FoundProject[] } }>(
    `{ projects(first: 20) { nodes { id designs { id summary { energyProduction { annual } } } } } }`,
  )
  for (const { id, designs } of data?.projects.nodes ?? []) {
    const [seen, unseen] = designs.filter(({ summary }) => summary?.energyProduction)
    if (seen && unseen) return { project: id, seen: seen.id, unseen: unseen.id }
  }
  throw new Error('the simulated Aurora has no project with two simulated designs')
}

interface FoundProject {
  readonly id: string
  readonly designs: readonly {
    readonly id: string
    readonly summary: { energyProduction: object | null } | null
  }[]
}

/** One server before one gateway after the other. */
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

/** The app as it is built to be deployed. */
async function serveBuilt(gatewayUrl: string) {
  const outDir = mkdtempSync(join(tmpdir(), 'board-'))
  await build({ root: board, logLevel: 'silent', build: { outDir } })
  const proxy = { '/graphql': gatewayUrl }
  const server = await preview({
    root: board,
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1', proxy },
  })
  return {
    url: nth(server.resolvedUrls?.local ?? [], 0),
    async [Symbol.asyncDispose]() {
      await server.close()
      rmSync(outDir, { recursive: true })
    },
  }
}

/** Saves another name in the form that is open; `meanwhile` is done before the gateway gets to see it. */
async function edit(page: Page, name: string, meanwhile: () => Promise<void>): Promise<void> {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('UpdateProject')) await held
    await route.continue()
  })
  await page.getByRole('form').getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await meanwhile()
  release()
  await page.unrouteAll({ behavior: 'wait' })
}
