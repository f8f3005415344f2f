// A gateway that is killed and started again within the window: its Aurora never counts more calls than the limit.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openCountingAurora } from '../support/counting-aurora.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import {
  LIMIT,
  READS,
  TOKEN,
  ask,
  askMany,
  envOf,
  folder,
  kill,
  newFolder,
  removeFolder,
} from '../support/restarts.ts'
import type { Answer } from '../support/restarts.ts'

const SHORT_MS = 2000

afterAll(removeFolder)
afterEach(endPrograms)

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
      await expect.poll(() => aurora.calls.length).toBe(calls)
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
    await expect.poll(async () => (await ask(url)).data?.project, { interval: 100 }).toBeTruthy()

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
    await expect.poll(async () => (await askAs(url)).extensions.upstream.limit).toBe(10)
    for (let call = 0; call < 12; call += 1) await askAs(url)

    // Those before SIGHUP was carried out had the limit before; the polls are few.
    expect(aurora.calls.length).toBeGreaterThanOrEqual(10)
    expect(aurora.calls.length).toBeLessThanOrEqual(15)
    expect((await askAs(url)).data?.project ?? null).toBeNull()
  })
})
