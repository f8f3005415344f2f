// docs/simulator.md, "How to provoke every error": each row, as it stands there, brings its code.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { ERROR_CODES } from '../../src/errors/codes.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const page = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\| (?:`(.*?)`)? *\| (?:`(.*?)`)? *\| `(.*?)` *\|$/gm)].map(
  ([, code = '', settings = '', control = '', request = '']) => ({ code, settings, control, request }),
)
const folder = mkdtempSync(join(tmpdir(), 'provoked-'))
afterAll(() => rmSync(folder, { recursive: true }))
const documents = join(folder, 'documents.json')
writeFileSync(documents, JSON.stringify({ one: '{ teams { name } }' }))

it('has a row for every code but one', () => {
  expect([...rows.map(({ code }) => code), 'INTERNAL_SERVER_ERROR'].toSorted()).toEqual(
    Object.keys(ERROR_CODES).toSorted(),
  )
})

it('begins with the tenant and the token of the simulator', () => {
  expect(page).toContain(`AURORA_TENANT_ID=${DEFAULT_TENANT_ID} AURORA_API_TOKEN=${DEFAULT_TOKEN} npm start`)
})

it.each(rows)('$code', async ({ code, settings, control, request }) => {
  await using simulator = createSimulator({ projectCount: 3 })
  const { url } = await simulator.listen()
  const given = settings.replace('documents.json', documents).split(' ').filter(Boolean)
  const config = readConfig({
    AURORA_BASE_URL: url,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    STATE_DIR: 'off',
    ...Object.fromEntries(given.map((pair) => pair.split(/=(.*)/s))),
  })
  await using gateway = await createTestGateway({ config })
  await using server = await serveOnLoopback(gateway)
  const [, path, body] = /^aurora (\w+) '(.*)'$/.exec(control) ?? []
  if (control !== '') {
    const set = await fetch(`${url}/_simulator/${path}`, { method: 'PUT', body: body ?? '' })
    expect(set.status).toBe(200)
  }
  const [, asked = '', header] = /^ask '(.*?)'(?: -H '(.*)')?$/.exec(request) ?? []
  const [name, value = ''] = header?.split(': ') ?? []
  const answered = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(name !== undefined && { [name]: value }) },
    body: asked,
  })
  const { errors = [] } = (await answered.json()) as { errors?: { extensions: { code: string } }[] }
  expect(errors.map(({ extensions }) => extensions.code)).toEqual([code])
})
