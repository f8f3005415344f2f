// The pages of docs/how-to are true: their files and commands exist, and their worked examples do what the pages say.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../src/http/listen.ts'
import { copyCheckout, readExample } from './support/worked-example.ts'
import type { Checkout } from './support/worked-example.ts'

const ROOT = new URL('..', import.meta.url).pathname
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

interface Page {
  readonly name: string
  readonly text: string
  /** Rows of its tables: the first path of the first cell, and the second cell. */
  readonly files: readonly { readonly path: string; readonly what: string }[]
}

const PAGES: readonly Page[] = readdirSync(join(ROOT, 'docs/how-to')).map((name) => {
  const text = read(`docs/how-to/${name}`)
  const rows = [...text.matchAll(/^\| `([^`]+)`[^|]*\| ([^|]*) \|$/gm)]
  return { name, text, files: rows.map(([, path = '', what = '']) => ({ path, what: what.trim() })) }
})

const isOfGateway = (path: string): boolean => path.startsWith('src/') && !path.startsWith('src/simulator/')
const isPrinted = (what: string): boolean => what.startsWith('printed by')
const unique = (paths: readonly string[]): readonly string[] => [...new Set(paths)].toSorted()

/** Files of src that a person changes, by the tables of the page; "only if" marks those that are seldom needed. */
const handWritten = ({ files }: Page): readonly string[] =>
  unique(
    files.flatMap(({ path, what }) =>
      isOfGateway(path) && !isPrinted(what) && !what.startsWith('only if') ? [path] : [],
    ),
  )

describe.each(PAGES)('docs/how-to/$name', (page) => {
  const { text, files } = page

  it('names files that exist, or that it makes', () => {
    const made = readExample(text).flatMap(({ path, place }) => (place === 'new' ? [path] : []))
    expect(files.length).toBeGreaterThan(3)
    expect(files.map(({ path }) => path).filter((path) => !existsSync(join(ROOT, path)))).toEqual(made)
  })

  it('names commands and folders of tests that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const commands = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
    expect(commands.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
    const tests = [...text.matchAll(/^npm test -- (.+)$/gm)].flatMap(([, paths = '']) => paths.split(' '))
    expect(tests.length).toBeGreaterThan(0)
    expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('has the files of its worked example in its list, and no others of the gateway', () => {
    const edited = readExample(text).map(({ path }) => path)
    expect(unique(edited.filter(isOfGateway))).toEqual(handWritten(page))
    expect(edited.filter((path) => !files.some((file) => file.path === path))).toEqual([])
  })
})

it('an operation of a new kind takes at most 5 files of the gateway', () => {
  const page = PAGES.find(({ name }) => name === 'add-an-operation.md')
  expect(page && handWritten(page).length).toBeLessThanOrEqual(5)
})

/** Asks a gateway the queries in turn. */
const ASK = `
const { createGateway } = await import('./src/gateway/gateway.ts')
const { createSystemClock } = await import('./src/clock.ts')
const { readConfig } = await import('./src/config/read-config.ts')
const { createRequestRecord } = await import('./src/telemetry/request-record.ts')
const log = { info() {}, warn() {}, error() {} }
const gateway = await createGateway(readConfig(process.env), { log, clock: createSystemClock() })
const caller = await gateway.authenticate(new Headers({ host: 'localhost' }))
const answers = []
for (const query of JSON.parse(process.env.QUERIES)) {
  const headers = { 'content-type': 'application/json' }
  const request = new Request('http://localhost/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) })
  answers.push(await (await gateway.handle(request, caller, createRequestRecord('test'))).json())
}
await gateway.close()
process.stdout.write(JSON.stringify(answers))
`

/** In one process, which loads the code once: all but the members, which the code contains. */
const PRINT = `
await import('./src/commands/print-schema.ts')
await import('./docs/print-tables.ts')
`

/** The answers of an Aurora that has what the examples add. */
const ANSWERS: Readonly<Record<string, object>> = {
  'GET /tenants/t/permits/p': {
    permit: { id: 'p', project_id: 'j', status: 'granted', created_at: '2026-03-14 17:20:01 UTC' },
  },
  'POST /tenants/t/orders/o/reopen': { order: { id: 'o', status: 'released' } },
  'GET /tenants/t/orders/o': {
    order: { id: 'o', status: 'released', created_at: '2026-03-14 17:20:01 UTC' },
  },
}

/** Each step starts compilers or a gateway: minutes at most, on a machine that does much else. */
const PATIENCE_MS = 300_000

describe('the worked examples, all applied to one copy of the code', { timeout: PATIENCE_MS }, () => {
  let checkout: Checkout
  const node = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
    const { PATH = '' } = process.env
    const options = { cwd: checkout.root, env: { PATH, ...env } }
    return (await promisify(execFile)(process.execPath, args, options)).stdout
  }

  beforeAll(async () => {
    checkout = copyCheckout()
    for (const edit of PAGES.flatMap(({ text }) => readExample(text))) checkout.apply(edit)
    await node(['--import', 'tsx', 'schema/print-members.ts'])
    await node(['--import', 'tsx', '--input-type=module', '-e', PRINT])
  }, PATIENCE_MS)

  afterAll(() => checkout[Symbol.dispose]())

  it('change the files that the pages name, and no others', () => {
    const files = readdirSync(checkout.root, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(checkout.root.length + 1))
      .filter((path) => /^(src|schema|docs)\//.test(path))
    const changed = files.filter(
      (path) => !existsSync(join(ROOT, path)) || checkout.read(path) !== read(path),
    )
    const listed = PAGES.flatMap((page) => [
      ...handWritten(page),
      ...page.files.flatMap(({ path, what }) => (isPrinted(what) ? [path] : [])),
    ])
    expect(changed.toSorted()).toEqual(unique([...listed, 'schema/aurora.openapi.yaml']))
  })

  it('pass the type check', async () => {
    const words = node(['node_modules/@typescript/native/bin/tsc', '-p', '.', '--noEmit'])
    await expect(words).resolves.toBe('')
  })

  it('are in the printed schema', () => {
    const printed = checkout.read('schema/schema.graphql')
    expect(printed).toContain('type Permit implements Node {')
    expect(printed).toContain('ORDER_CHANGED')
  })

  it('are answered with the calls that they need', async () => {
    const calls: string[] = []
    const aurora = createServer((request, response) => {
      const call = `${request.method} ${request.url}`
      calls.push(call)
      response.setHeader('content-type', 'application/json')
      response.statusCode = ANSWERS[call] ? 200 : 404
      response.end(JSON.stringify(ANSWERS[call] ?? {}))
    })
    const { url } = await listen(aurora, { port: 0, host: '127.0.0.1' })
    const permit = '{ permit(id: "p") { id status createdAt project { id } } }'
    const reopen = 'mutation { reopenOrder(id: "o") { order { status createdAt } errors { code } } }'
    const words = await node(['--import', 'tsx', '--input-type=module', '-e', ASK], {
      AURORA_BASE_URL: url,
      AURORA_TENANT_ID: 't',
      AURORA_API_TOKEN: 'k',
      GRAPHIQL: 'off',
      QUERIES: JSON.stringify([permit, permit, reopen]),
    })
    aurora.close()
    expect(JSON.parse(words)).toMatchObject([
      { data: { permit: { id: 'Permit:p', status: 'granted', project: { id: 'Project:j' } } } },
      { extensions: { upstream: { calls: 0 } } },
      { data: { reopenOrder: { order: { status: 'released' }, errors: [] } } },
    ])
    expect(calls).toEqual(Object.keys(ANSWERS))
  })
})
