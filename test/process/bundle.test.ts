// The bundle as it is deployed: in a folder without any package. It evaluates what the settings ask for, and nothing else.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Metafile } from 'esbuild'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../build/bundle.ts'
import { createToSource } from '../../src/telemetry/source-frames.ts'
import { openCollector } from '../support/collector.ts'
import { listenLocally } from '../support/local-server.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import type { Env } from '../support/program.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
const main = join(folder, 'dist/main.js')
const copyExamples = (): void => cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true })
const script = join(folder, 'dist/program/programs.js')
const compiled = join(folder, 'dist/program/programs.compiled')
let files: Metafile = { inputs: {}, outputs: {} }

beforeAll(async () => {
  const { metafile } = await bundle(join(folder, 'dist'))
  files = metafile
  copyExamples()
  cpSync(join(root, 'dist/graphiql'), join(folder, 'dist/graphiql'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})
afterEach(endPrograms)
afterAll(() => rmSync(folder, { recursive: true }))

/** What only some settings need, and a part of the path of its files. */
const NEEDED_BY_FEW = [
  ['Redis', 'node_modules/ioredis/', 'src/redis/shared.ts'],
  ['tokens of an identity provider', 'node_modules/jose/', 'src/callers/with-tokens.ts'],
  ['traces', 'node_modules/@opentelemetry/', 'src/telemetry/traces.ts'],
  ['metrics', 'node_modules/prom-client/', 'src/telemetry/metrics.ts'],
  ['GraphiQL', 'src/graphql/graphiql.ts', 'src/graphql/page-files.ts'],
  ['the simulated Aurora', 'src/simulator/', 'src/simulator/simulator.ts'],
  ['the cache file', 'src/cache/cache-file.ts', 'src/cache/write-cache-file.ts'],
] as const

/** A start with all of them, but for the simulated Aurora, which a credential replaces. */
const AURORA: Env = {
  AURORA_BASE_URL: 'http://127.0.0.1:9',
  AURORA_TENANT_ID: 'sunny',
  AURORA_API_TOKEN: 'sk_prod_of_no_use',
}

/** The files whose code is in the bundle. */
const inputs = (): string[] =>
  Object.values(files.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : [])),
  )

/** Those that are evaluated before the first line of the program runs. */
function inputsAtStart(): string[] {
  const found = ['src/main.ts']
  for (const path of found)
    for (const { path: next, kind } of files.inputs[path]?.imports ?? [])
      if (kind !== 'dynamic-import' && !found.includes(next)) found.push(next)
  return inputs().filter((path) => found.includes(path))
}

describe('the bundle', () => {
  it.each(NEEDED_BY_FEW)('evaluates nothing for %s at the start', (_name, part, file) => {
    expect(inputsAtStart().filter((path) => path.startsWith(part))).toEqual([])
    expect(inputsAtStart()).toContain('src/gateway/gateway.ts')
    expect(inputs()).toContain(file)
  })

  it('contains graphql once, because types of one copy are unknown to another', () => {
    const graphql = inputs().filter((path) => path.includes('node_modules/graphql/'))
    expect(graphql).not.toEqual([])
    expect(graphql.filter((path) => !/^node_modules\/graphql\/.*\.mjs$/.test(path))).toEqual([])
  })

  it('has of undici what makes connections, and neither its fetch nor its requests', () => {
    const ofUndici = inputs().filter((path) => path.includes('node_modules/undici/'))
    expect(ofUndici).toContain('node_modules/undici/lib/dispatcher/client-h1.js')
    expect(
      ofUndici.filter((path) => /undici\/lib\/(?:api\/|web\/fetch\/(?:index|response))/.test(path)),
    ).toEqual([])
  })

  it('has the licence of every package in it', () => {
    const packages = inputs().flatMap(
      (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
    )
    const notices = readFileSync(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')
    const missing = new Set(packages.filter((name) => !new RegExp(`^${name} \\d`, 'm').test(notices)))
    expect([...missing]).toEqual([])
  })

  it('imports no file that is not in it', () => {
    const outside = Object.values(files.outputs).flatMap(({ imports }) =>
      imports.filter(({ path, external }) => external && !path.startsWith('node:')).map(({ path }) => path),
    )
    expect([...new Set(outside)].filter((name) => !process.getBuiltinModule(name))).toEqual([])
  })

  it('is told apart into lines of the source where an error is logged', () => {
    const lines = readFileSync(script, 'utf8').split('\n')
    const line = lines.findIndex((text) => text.startsWith('function createLog('))
    const source = readFileSync(join(root, 'src/telemetry/log.ts'), 'utf8').split('\n')
    const place = createToSource()(`createLog (${pathToFileURL(script).href}:${line + 1}:10)`)
    const [, found] = /src\/telemetry\/log\.ts:(\d+):\d+\)$/.exec(place) ?? []
    expect(source[Number(found) - 1]).toContain('function createLog(')
    expect(createToSource()('start (file:///nowhere.js:1:1)')).toBe('start (file:///nowhere.js:1:1)')
  })
})

/** The files of the bundle that a program evaluated until it ended: each is a function that is named for it. */
function evaluatedIn(coverage: string): string[] {
  const reports = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'))
  return reports
    .flatMap((report) => (JSON.parse(report) as Coverage).result)
    .filter(({ url }) => url === pathToFileURL(script).href)
    .flatMap(({ functions }) => functions)
    .filter(({ functionName, ranges: [whole] }) => functionName.includes('/') && (whole?.count ?? 0) > 0)
    .map(({ functionName }) => functionName)
}

interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {
      readonly functionName: string
      readonly ranges: readonly { readonly count: number }[]
    }[]
  }[]
}

function flipOne(bytes: Buffer): Buffer {
  const last = bytes.length - 1
  bytes.writeUInt8((bytes[last] ?? 0) ^ 1, last)
  return bytes
}

/** The value of an expression about the script as a start loads it. */
function evaluate(expression: string, place = folder): string {
  const program = `const script = (await import(process.argv[1])).load()
    process.stdout.write(String(${expression}))`
  const start = pathToFileURL(join(place, 'dist/program/start.js')).href
  const words = ['--input-type=module', '--eval', program, start]
  const { stdout, stderr } = spawnSync(process.execPath, words, { env: {}, encoding: 'utf8' })
  return stdout + stderr
}

/** `false` or `true`: whether V8 refused the compiled code; `undefined`: it was given none. */
const REFUSED = 'script.cachedDataRejected'

describe('the program in it', () => {
  it('evaluates the files of the start and no other, where no setting asks for more', async () => {
    const coverage = join(folder, 'coverage')
    const program = startProgram({ ...AURORA, NODE_V8_COVERAGE: coverage }, undefined, [main])
    expect(await ask(`${await program.listening}/graphql`)).toEqual([200, 'Query'])
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
    const evaluated = evaluatedIn(coverage)
    // In development the query editor is on: its examples are read at the start, and the editor itself is not.
    expect(evaluated).toContain('src/graphql/examples.ts')
    const expected = new Set([...inputsAtStart(), 'src/graphql/examples.ts'])
    expect(evaluated.filter((path) => !expected.has(path))).toEqual([])
  })

  it('starts with the code that the build has compiled', () => {
    expect(evaluate(REFUSED)).toBe('false')
  })

  it('is strict, as its source is', () => {
    // Only a function that is not strict has this member.
    expect(evaluate("Object.hasOwn(script.runInThisContext(), 'arguments')")).toBe('false')
  })

  it('needs one byte for each character in memory', () => {
    expect(readFileSync(script, 'utf8')).toMatch(/^[\0-\x7f]*$/)
  })

  it.each([
    ['was changed by a disk', () => writeFileSync(compiled, flipOne(readFileSync(compiled)))],
    ['was written in part', () => truncateSync(compiled, 1000)],
    ['is missing', () => rmSync(compiled)],
  ])('gives V8 no compiled code that %s', (_name, spoil) => {
    const whole = readFileSync(compiled)
    spoil()
    expect(evaluate(REFUSED)).toBe('undefined')
    writeFileSync(compiled, whole)
  })

  it('gives V8 no compiled code of another place, which stacks would name', () => {
    const other = mkdtempSync(join(folder, 'copy-'))
    cpSync(join(folder, 'dist'), join(other, 'dist'), { recursive: true })
    expect(evaluate(REFUSED, other)).toBe('undefined')
  })

  it('runs what it was edited to, where the edit keeps the length', async () => {
    const built = readFileSync(script, 'latin1')
    writeFileSync(script, built.replaceAll('Aurora GraphQL gateway:', 'AURORA GraphQL gateway:'))
    const program = startProgram({ ...AURORA, GRAPHIQL: 'off' }, undefined, [main])
    await program.listening
    expect(program.stdout()).toContain('AURORA GraphQL gateway:')
    writeFileSync(script, built)
  })

  it.skipIf(redisProgram === null)('works with everything that can be set', async () => {
    await using redis = await startRedis()
    await using collector = await openCollector()
    await using provider = await publishKeys()
    const program = startProgram(
      {
        ...AURORA,
        REDIS_URL: redis.url,
        METRICS_PORT: '0',
        GRAPHIQL: 'on',
        CACHE_FILE: join(folder, 'cache'),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.origin,
        OTEL_METRICS_EXPORTER: 'otlp',
        ...provider.settings,
      },
      undefined,
      [main],
    )
    const url = await program.listening
    expect(await ask(`${url}/graphql`, { authorization: `Bearer ${provider.token}` })).toEqual([200, 'Query'])
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
    const html = await page.text()
    expect(html).toContain('projects(first: 20)')
    const [, script] = /src="(graphql\/files\/[^"]+)"/.exec(html) ?? []
    expect((await fetch(`${url}/${script}`)).status).toBe(200)
    const metricsUrl = /http:\S+\/metrics/.exec(program.stdout())?.[0] ?? ''
    expect(await (await fetch(metricsUrl)).text()).toContain(
      'aurora_gateway_redis_up{connection="gateway"} 1',
    )
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
    expect(collector.spans().map(({ name }) => name)).toContain('query')
    expect(collector.bodies.join()).toContain('"name":"aurora_gateway_build_info"')
    expect(readFileSync(join(folder, 'cache'), 'utf8')).not.toBe('')
    expect(program.stderr()).toBe('')
  })

  it('does not start with an editor whose examples are missing, and names them', async () => {
    rmSync(join(folder, 'examples'), { recursive: true })
    const program = startProgram({ ...AURORA, GRAPHIQL: 'on' }, undefined, [main])
    expect(await program.exited).toBe(1)
    expect(program.stdout() + program.stderr()).toContain('the folder examples/ beside the program')
    copyExamples()
  })

  it('starts without any setting, over the simulated Aurora', async () => {
    const program = startProgram({}, undefined, [main])
    const query = '{ projects(first: 1) { nodes { __typename } } }'
    expect(await ask(`${await program.listening}/graphql`, {}, query)).toEqual([200, 'Project'])
  })
})

it('npm start runs the source, as newcomers do', async () => {
  const program = startProgram({}, undefined, ['--import', 'tsx', 'src/main.ts'])
  expect(await ask(`${await program.listening}/graphql`)).toEqual([200, 'Query'])
})

async function ask(
  url: string,
  headers: Record<string, string> = {},
  query = '{ __typename }',
): Promise<[status: number, typename: string | undefined]> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  return [answer.status, /"__typename":"(\w+)"/.exec(await answer.text())?.[1]]
}

/** An identity provider, the settings that name it, and a token of it. */
async function publishKeys() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = JSON.stringify({ keys: [await exportJWK(publicKey)] })
  const server = createServer((_request, response) => void response.end(keys))
  const local = await listenLocally(server)
  const { url } = local
  const token = await new SignJWT({ tenant: 'sunny' })
    .setProtectedHeader({ alg: 'ES256' })
    .setSubject('someone')
    .setIssuer(url)
    .setAudience('gateway')
    .setExpirationTime('1h')
    .sign(privateKey)
  const settings = { CALLER_AUTH: 'jwt', JWT_JWKS_URL: url, JWT_ISSUER: url, JWT_AUDIENCE: 'gateway' }
  return { ...local, token, settings }
}
