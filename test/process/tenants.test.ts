// Keys and tenants as an operator changes them: by a command, and while the gateway runs.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'tenants-'))
const file = join(folder, 'tenants.json')
const running: ChildProcess[] = []

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true }))

const { PATH = '' } = process.env

function keys(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/callers/keys-main.js', ...words], {
    cwd: root,
    env: { PATH },
    encoding: 'utf8',
  })
  return { status, stdout, stderr, key: /^agk_\S+$/m.exec(stdout)?.[0] ?? '' }
}

async function start() {
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: root,
    env: {
      PATH,
      PORT: '0',
      CALLER_AUTH: 'keys',
      TENANTS_FILE: file,
      // Nothing listens there: the queries need no call.
      AURORA_BASE_URL: 'http://127.0.0.1:9',
      SUN_TOKEN: 'sk_prod_canary',
      NEXT_SUN_TOKEN: 'sk_prod_next_canary',
      LOG_LEVEL: 'info',
      ACCESS_LOG: 'on',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let printed = ''
  child.stderr.on('data', (chunk) => (printed += String(chunk)))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      printed += String(chunk)
      const found = /http:\/\/[\w.:]+:\d+\/graphql/.exec(printed)?.[0]
      if (found !== undefined) resolve(found)
    })
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${printed}`)))
  })
  const statusOf = async (key: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    return (await fetch(url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' })).status
  }
  /** What a live query with this key has been given so far, until its stream ends. */
  const listen = async (key: string): Promise<() => string> => {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${key}`,
    }
    const body = '{"query":"query @live { __typename }"}'
    const response = await fetch(url, { method: 'POST', headers, body })
    let text = ''
    void response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeTo(new WritableStream({ write: (part) => void (text += part) }))
      // The process is killed at the end of a test.
      .catch(() => {})
    return () => text
  }
  return { child, statusOf, listen, printed: () => printed }
}

describe('keys of a file', () => {
  it('are issued, taken up at SIGHUP, and revoked, without an interruption; a broken file changes nothing', async () => {
    const tenant = { name: 'sun', tenantId: 't-sun', token: { env: 'SUN_TOKEN' } }
    // Some editors write a byte order mark.
    writeFileSync(file, `\ufeff${JSON.stringify({ tenants: [tenant] })}`)
    const inFile = ['--tenants-file', file, '--tenant', 'sun']
    const { key: first } = keys('issue', 'first', ...inFile)
    const gateway = await start()
    expect(await gateway.statusOf(first)).toBe(200)

    const { key: second } = keys('issue', 'second', ...inFile)
    expect(await gateway.statusOf(second)).toBe(401)
    gateway.child.kill('SIGHUP')
    await expect.poll(() => gateway.statusOf(second)).toBe(200)
    expect(await gateway.statusOf(first)).toBe(200)

    expect(keys('revoke', 'first', ...inFile).status).toBe(0)
    gateway.child.kill('SIGHUP')
    await expect.poll(() => gateway.statusOf(first)).toBe(401)
    expect(await gateway.statusOf(second)).toBe(200)

    writeFileSync(file, JSON.stringify({ tenants: [{ ...tenant, token: 'sk_prod_canary' }] }))
    gateway.child.kill('SIGHUP')
    await expect.poll(gateway.printed).toContain('the tenants stay as they were')
    expect(await gateway.statusOf(second)).toBe(200)
    expect(gateway.printed()).toContain('tenants[0].token must name where the secret is')
    expect(gateway.printed()).not.toMatch(/canary|agk_/)
  })

  it('end the streams of a key that is revoked, at SIGHUP, and no others; a signal ends those', async () => {
    const tenant = { name: 'sun', tenantId: 't-sun', token: { env: 'SUN_TOKEN' } }
    writeFileSync(file, JSON.stringify({ tenants: [tenant] }))
    const inFile = ['--tenants-file', file, '--tenant', 'sun']
    const { key: first } = keys('issue', 'first', ...inFile)
    const { key: second } = keys('issue', 'second', ...inFile)
    const gateway = await start()
    const revoked = await gateway.listen(first)
    const kept = await gateway.listen(second)
    for (const text of [revoked, kept]) await expect.poll(text).toContain('"Query"')

    expect(keys('revoke', 'first', ...inFile).status).toBe(0)
    gateway.child.kill('SIGHUP')
    await expect.poll(revoked).toMatch(/"code":"UNAUTHENTICATED"[^]*\nevent: complete\n/)
    expect(kept()).not.toContain('complete')

    const exited = new Promise((resolve) => gateway.child.on('close', resolve))
    gateway.child.kill('SIGTERM')
    await expect.poll(kept).toMatch(/"Query"[^]*\n\nretry: \d+\nevent: complete\ndata:\n\n$/)
    expect(kept()).not.toContain('errors')
    expect(await exited).toBe(0)
    // Each has its line when it ends, with the operation and what it cost.
    for (const [caller, end] of [
      ['sun/first', 'caller'],
      ['sun/second', 'shutdown'],
    ])
      expect(gateway.printed()).toMatch(
        new RegExp(`"caller":"${caller}".*"operationType":"query".*"calls":0.*"events":1,"end":"${end}"`),
      )
    expect(gateway.printed()).not.toMatch(/canary|agk_/)
  })

  it('stay good where the credential of their tenant is replaced: their streams end without an error, to be opened again', async () => {
    const tenant = { name: 'sun', tenantId: 't-sun', token: { env: 'SUN_TOKEN' } }
    writeFileSync(file, JSON.stringify({ tenants: [tenant] }))
    const { key } = keys('issue', 'first', '--tenants-file', file, '--tenant', 'sun')
    const gateway = await start()
    const before = await gateway.listen(key)
    await expect.poll(before).toContain('"Query"')

    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('"SUN_TOKEN"', '"NEXT_SUN_TOKEN"'))
    gateway.child.kill('SIGHUP')
    await expect.poll(before).toMatch(/"Query"[^]*\n\nretry: \d+\nevent: complete\ndata:\n\n$/)
    expect(before()).not.toContain('errors')
    const after = await gateway.listen(key)
    await expect.poll(after).toContain('"Query"')
    expect(gateway.printed()).toMatch(/"events":1,"end":"caller"/)
  })

  it('a wrong argument is reported on stderr, with status 1, and the file does not change', () => {
    writeFileSync(file, '{"tenants":[]}')
    const { status, stdout, stderr } = keys('issue', 'a', '--tenants-file', file, '--tenant', 'mars')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^--tenant must be one of/)
    expect(readFileSync(file, 'utf8')).toBe('{"tenants":[]}')
  })
})
