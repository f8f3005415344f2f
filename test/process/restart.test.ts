// A gateway that is killed and started again within the window: its Aurora never counts more calls than the limit.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openCountingAurora } from '../support/counting-aurora.ts'
import type { CountingAurora } from '../support/counting-aurora.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import type { Env, Program } from '../support/program.ts'

const LIMIT = 20
/** One slot is kept for writes. */
const READS = LIMIT - 1
/** So long that the whole test is within one window, however slow the machine is. */
const LONG_MS = 600_000
const SHORT_MS = 2000
const TOKEN = 'sk_prod_canary_of_the_state'

const folder = mkdtempSync(join(tmpdir(), 'restart-'))
writeFileSync(join(folder, 'file'), '')
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(endPrograms)

let asked = 0
let folders = 0

const newFolder = (): string => join(folder, String((folders += 1)))

const envOf = (aurora: CountingAurora, env: Env): Env => ({
  AURORA_BASE_URL: aurora.url,
  AURORA_TENANT_ID: 'tenant-1',
  AURORA_API_TOKEN: TOKEN,
  AURORA_RATE_LIMIT: String(LIMIT),
  AURORA_RATE_WINDOW_MS: String(LONG_MS),
  MAX_WAIT_MS: '0',
  ...env,
})

interface Answer {
  readonly data?: { readonly project: unknown }
  readonly extensions: { readonly upstream: { readonly remaining: number; readonly limit: number } }
}

async function ask(url: string, headers: Env = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: `{ project(id: "p-${(asked += 1)}") { name } }` }),
  })
  return (await response.json()) as Answer
}

const askMany = (url: string, count: number): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, () => ask(url)))

async function kill({ child, exited }: Program): Promise<void> {
  child.kill('SIGKILL')
  await exited
}

const readAll = (path: string): string =>
  readdirSync(path)
    .map((name) => readFileSync(join(path, name), 'utf8'))
    .join('')

describe('a restart within the window', { timeout: 120_000 }, () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('counts on after %s', async (signal) => {
    await using aurora = await openCountingAurora()
    const env = envOf(aurora, { STATE_DIR: newFolder() })
    const first = startProgram(env)
    await askMany(await first.listening, 12)
    first.child.kill(signal)
    await first.exited

    const second = startProgram(env)
    const answers = await askMany(await second.listening, 30)

    expect(aurora.calls).toHaveLength(READS)
    expect(answers.filter(({ data }) => data?.project)).toHaveLength(READS - 12)
  })

  it('counts calls that were under way when it was killed, and a third process counts those of the first', async () => {
    await using aurora = await openCountingAurora({ latencyMs: 600_000 })
    const env = envOf(aurora, { STATE_DIR: newFolder() })
    for (const calls of [5, 10]) {
      const program = startProgram(env)
      const url = await program.listening
      askMany(url, 5).catch(() => {})
      await expect.poll(() => aurora.calls.length, { timeout: 30_000 }).toBe(calls)
      await kill(program)
    }

    const { extensions } = await ask(await startProgram({ ...env, AURORA_TIMEOUT_MS: '100' }).listening)

    expect(extensions.upstream).toMatchObject({ limit: LIMIT, remaining: LIMIT - aurora.calls.length })
    expect(aurora.calls.length).toBeGreaterThan(10)
  })

  it('never lets Aurora count more than the limit in any window, through many kills, and goes on when slots free', async () => {
    await using aurora = await openCountingAurora({ latencyMs: 20 })
    const env = envOf(aurora, {
      STATE_DIR: newFolder(),
      AURORA_RATE_WINDOW_MS: String(SHORT_MS),
      AURORA_TIMEOUT_MS: '100',
    })
    for (let round = 0; round < 4; round += 1) {
      const program = startProgram(env)
      const url = await program.listening
      await askMany(url, 15)
      askMany(url, 15).catch(() => {})
      await kill(program)
    }
    const url = await startProgram(env).listening
    const before = aurora.calls.length
    await expect
      .poll(async () => (await ask(url)).data?.project, { timeout: 60_000, interval: 100 })
      .toBeTruthy()

    expect(aurora.worst(SHORT_MS)).toBeLessThanOrEqual(LIMIT)
    expect(aurora.calls.length).toBeGreaterThan(before)
  })

  it('is paused as long as Aurora said, with the lower limit that it has learned', async () => {
    await using aurora = await openCountingAurora({ isRefused: () => true })
    const env = envOf(aurora, { STATE_DIR: newFolder() })
    const first = startProgram(env)
    await ask(await first.listening)
    await kill(first)

    const { extensions } = await ask(await startProgram(env).listening)

    // Without a named time the pause is a second, which may be over: then one call has tried the key.
    expect(aurora.calls.length).toBeLessThanOrEqual(2)
    expect(extensions.upstream).toMatchObject({ limit: aurora.calls.length === 1 ? 15 : 11, remaining: 0 })
  })
})

describe('a limit that SIGHUP lowers', { timeout: 120_000 }, () => {
  it('counts at once, also for what a process before has spent', async () => {
    await using aurora = await openCountingAurora()
    const file = join(folder, 'tenants.json')
    const key = 'agk_of_the_test'
    const write = (rateLimit: number): void =>
      writeFileSync(
        file,
        JSON.stringify({
          tenants: [
            {
              name: 'sun',
              tenantId: 'tenant-1',
              token: { env: 'TOKEN' },
              rateLimit,
              keys: [{ name: 'app', sha256: createHash('sha256').update(key).digest('hex') }],
            },
          ],
        }),
      )
    const askAs = (url: string): Promise<Answer> => ask(url, { authorization: `Bearer ${key}` })
    const {
      AURORA_TENANT_ID: _,
      AURORA_API_TOKEN: __,
      ...env
    } = envOf(aurora, {
      STATE_DIR: newFolder(),
      CALLER_AUTH: 'keys',
      TENANTS_FILE: file,
      TOKEN,
    })
    write(15)
    const first = startProgram(env)
    const firstUrl = await first.listening
    for (let call = 0; call < 6; call += 1) await askAs(firstUrl)
    await kill(first)
    const second = startProgram(env)
    const url = await second.listening
    expect((await askAs(url)).extensions.upstream).toMatchObject({ limit: 15, remaining: 8 })

    write(10)
    second.child.kill('SIGHUP')
    await expect.poll(async () => (await askAs(url)).extensions.upstream.limit, { timeout: 30_000 }).toBe(10)
    for (let call = 0; call < 12; call += 1) await askAs(url)

    // Those before SIGHUP was carried out had the limit before; the polls are few.
    expect(aurora.calls.length).toBeGreaterThanOrEqual(10)
    expect(aurora.calls.length).toBeLessThanOrEqual(15)
    expect((await askAs(url)).data?.project ?? null).toBeNull()
  })
})

describe('the state folder', { timeout: 120_000 }, () => {
  it.each([
    ['STATE_DIRECTORY', '', ''],
    ['XDG_STATE_HOME', '', 'aurora-graphql-gateway'],
    ['HOME', '', '.local/state/aurora-graphql-gateway'],
  ])('is that of %s unless STATE_DIR names one', async (name, setting, below) => {
    await using aurora = await openCountingAurora()
    const home = newFolder()
    await ask(await startProgram(envOf(aurora, { STATE_DIR: setting, [name]: home })).listening)
    expect(readdirSync(join(home, below))).toEqual([expect.stringMatching(/^spent-[0-9a-f-]{36}\.log$/)])
  })

  it('is readable by its owner alone, and contains neither a credential nor the name of a tenant', async () => {
    await using aurora = await openCountingAurora()
    const state = newFolder()
    await ask(await startProgram(envOf(aurora, { STATE_DIR: state })).listening)
    const [name = ''] = readdirSync(state)
    expect(statSync(state).mode & 0o777).toBe(0o700)
    expect(statSync(join(state, name)).mode & 0o777).toBe(0o600)
    const text = readAll(state)
    expect(text).toMatch(/^aurora-gateway-spent 1 /)
    expect(text).not.toMatch(/canary|tenant-1|127\.0\.0\.1/)
  })

  it.each([
    ['is off', { STATE_DIR: 'off' }],
    ['is for the simulator', { AURORA_BASE_URL: '', AURORA_TENANT_ID: '', AURORA_API_TOKEN: '' }],
  ])('is not made where it %s', async (_, env) => {
    await using aurora = await openCountingAurora()
    const home = newFolder()
    mkdirSync(home)
    const program = startProgram(envOf(aurora, { STATE_DIR: '', HOME: home, ...env }))
    await ask(await program.listening)
    expect(readdirSync(home)).toEqual([])
    expect(program.stdout()).not.toContain('STATE_DIR')
  })

  it.each([
    ['cannot be made', { STATE_DIR: '/proc/none' }, 'ENOENT'],
    ['is a file', { STATE_DIR: join(folder, 'file') }, /ENOTDIR|EACCES/],
    ['is named by nothing', { STATE_DIR: '' }, 'neither is a home'],
  ])('that %s stops nothing, and the log says so once', async (_, env, words) => {
    await using aurora = await openCountingAurora()
    const program = startProgram(envOf(aurora, { ...env, NODE_ENV: 'test' }))
    const url = await program.listening
    const answers = await askMany(url, 3)
    expect(answers.filter(({ data }) => data?.project)).toHaveLength(3)
    const said = program.stdout().split('\n')
    expect(said.filter((line) => line.includes('is not kept') || line.includes('cannot be kept'))).toEqual([
      expect.stringMatching(words),
    ])
  })

  it('is shared by two processes at once: neither damages what the other has written', async () => {
    await using aurora = await openCountingAurora()
    const env = envOf(aurora, { STATE_DIR: newFolder() })
    const both = [startProgram(env), startProgram(env)]
    const urls = await Promise.all(both.map(({ listening }) => listening))
    await Promise.all(urls.map((url) => askMany(url, 6)))
    await Promise.all(both.map(kill))

    await askMany(await startProgram(env).listening, 30)

    expect(aurora.calls).toHaveLength(READS)
  })
})
