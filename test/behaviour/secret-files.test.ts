// Secrets in files: a key, and the credential at Aurora, change while the gateway runs.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { createSimulator, DEFAULT_TENANT_ID } from '../../src/simulator/simulator.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'

interface Answer {
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

const entry = (name: string): string => `${name}:${createHash('sha256').update(name).digest('hex')}`

it('the keys of callers and the token at Aurora are read again with the settings', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'secret-files-'))
  const simulator = createSimulator({ token: 'sk_second', limit: 1000 })
  const { url } = await simulator.listen()
  const env = {
    CALLER_AUTH: 'keys',
    GATEWAY_KEYS_FILE: join(folder, 'keys'),
    AURORA_API_TOKEN_FILE: join(folder, 'token'),
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_BASE_URL: url,
    STATE_DIR: 'off',
  }
  writeFileSync(env.GATEWAY_KEYS_FILE, `${entry('old')}\r\n${entry('other')}\n`)
  writeFileSync(env.AURORA_API_TOKEN_FILE, 'sk_first\n')
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const gateway = await createGateway(readConfig(env), { log, clock: createSystemClock() })
  const ask = async (key: string) => {
    const caller = await gateway.authenticate(new Headers({ 'x-api-key': key }))
    if (caller === null) return 'refused'
    const body = JSON.stringify({ query: '{ projects(first: 1) { nodes { id } } }' })
    const headers = { 'content-type': 'application/json' }
    const request = new Request('http://gateway.test/graphql', { method: 'POST', headers, body })
    const response = await gateway.handle(request, caller, createRequestRecord('test'))
    const { errors } = (await response.json()) as Answer
    return errors?.[0]?.extensions.code ?? 'answered'
  }
  expect([await ask('old'), await ask('other'), await ask('new')]).toEqual([
    'UNAUTHORIZED',
    'UNAUTHORIZED',
    'refused',
  ])
  writeFileSync(env.GATEWAY_KEYS_FILE, entry('new'))
  writeFileSync(env.AURORA_API_TOKEN_FILE, 'sk_second')
  gateway.reload(readConfig(env))
  expect([await ask('old'), await ask('other'), await ask('new')]).toEqual(['refused', 'refused', 'answered'])
  await gateway.close()
  await simulator.close()
  rmSync(folder, { recursive: true })
})
