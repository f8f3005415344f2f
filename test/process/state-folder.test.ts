// The folder in which a gateway keeps what it has spent: where it is, who may read it, and what happens where there is none.
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openCountingAurora } from '../support/counting-aurora.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import { READS, ask, askMany, envOf, folder, kill, newFolder, removeFolder } from '../support/restarts.ts'

writeFileSync(join(folder, 'file'), '')
afterAll(removeFolder)
afterEach(endPrograms)

const readAll = (path: string): string =>
  readdirSync(path)
    .map((name) => readFileSync(join(path, name), 'utf8'))
    .join('')

describe('the state folder', { timeout: 120_000 }, () => {
  it('is below the home folder unless STATE_DIR names one', async () => {
    await using aurora = await openCountingAurora()
    const home = newFolder()
    await ask(await startProgram(envOf(aurora, { STATE_DIR: '', HOME: home })).listening)
    expect(readdirSync(join(home, '.local/state/aurora-graphql-gateway'))).toEqual([
      expect.stringMatching(/^spent-[0-9a-f-]{36}\.log$/),
    ])
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
