// Slips of operators: what is refused at the start, and what is only reported.
import { expect, it } from 'vitest'
import { ConfigError, readConfig, readWarnings } from '../../../src/config/read-config.ts'

const TENANT = { AURORA_TENANT_ID: 't-1', AURORA_API_TOKEN: 'sk_prod_0123456789', STATE_DIR: 'off' }

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

const QUOTED = 'is in quotation marks, which count as a part of it: remove them'

it.each([
  [{ AURORA_API_TOKEN: '"sk_prod_0123456789"' }, 'AURORA_API_TOKEN'],
  [{ AURORA_API_TOKEN: "'sk_prod_0123456789'" }, 'AURORA_API_TOKEN'],
  [{ WEBHOOK_KEYS: '"0123456789abcdef0123"' }, 'WEBHOOK_KEYS'],
])('quotation marks, which docker keeps in its file of variables, are refused: %j', (env, name) => {
  expect(problemsOf({ ...TENANT, ...env })).toEqual([`${name} ${QUOTED}`])
})

it.each([
  { AURORA_API_TOKEN: 'sk_"prod"_0123456789' },
  { AURORA_API_TOKEN: '"sk_prod_0123456789' },
  { AURORA_API_TOKEN: `"sk_prod_0123456789'` },
])('other quotation marks may be a part of a key: %j', (env) => {
  expect(problemsOf({ ...TENANT, ...env })).toEqual([])
})

const TENANT_ID = '6c1f3b52-0d8a-4c3e-9a44-52a1c0a6f7d1'

it.each([
  `https://api.aurorasolar.com/tenants/${TENANT_ID}`,
  `https://api.aurorasolar.com/tenants/${TENANT_ID}/projects`,
  'https://api.aurorasolar.com/v2/tenants',
])('an address with the tenant is refused: %s', (url) => {
  expect(problemsOf({ ...TENANT, AURORA_BASE_URL: url })).toEqual([
    'AURORA_BASE_URL must end before /tenants: AURORA_TENANT_ID names the tenant',
  ])
  for (const other of ['https://tenants.example/v2', 'https://proxy.example/tenants/acme/aurora'])
    expect(problemsOf({ ...TENANT, AURORA_BASE_URL: other })).toEqual([])
})

const WRONG_KEY = (start: string): string =>
  `AURORA_API_TOKEN begins with ${start}, and AURORA_BASE_URL is the address for other keys: Aurora will probably not accept it`

it.each<readonly [Record<string, string>, readonly string[]]>([
  [{ AURORA_API_TOKEN: 'sk_sand_0123456789' }, [WRONG_KEY('sk_sand_')]],
  [{ AURORA_BASE_URL: 'https://api-sandbox.aurorasolar.com' }, [WRONG_KEY('sk_prod_')]],
  [{ AURORA_API_TOKEN: 'sk_sand_0123456789', AURORA_BASE_URL: 'https://api-sandbox.aurorasolar.com' }, []],
  [{}, []],
  [
    { AURORA_BASE_URL: 'http://aurora.example' },
    ['AURORA_BASE_URL is http: the credential is sent in the clear'],
  ],
  [{ AURORA_BASE_URL: 'http://127.0.0.1:4100' }, []],
])('an address that does not fit the key is reported at the start: %j', (env, warnings) => {
  expect(readWarnings({ ...TENANT, ...env })).toEqual(warnings)
  expect(problemsOf({ ...TENANT, ...env })).toEqual([])
})
