// Scenario G: what one step costs while the cache holds 1 to 100,000 objects, and while 1 to 1,000 tenants are served:
// `npm run bench:growth [objects|tenants|cache]`. Counts the CPU time of this process, which other processes disturb little.
// Each size is measured in several rounds, up and down; the last column divides the largest size by the smallest.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { READS } from '../src/aurora/reads.ts'
import { createCache } from '../src/cache/cache.ts'
import { createSystemClock } from '../src/clock.ts'
import { readConfig } from '../src/config/read-config.ts'
import type { Config, TenantConfig } from '../src/config/config.ts'
import { createGateway } from '../src/gateway/gateway.ts'
import { buildCall, buildRefusal, buildReply, buildScope } from '../test/support/builders.ts'
import { countHeldBytes } from '../test/support/memory.ts'
import { createRandom } from '../test/support/seeded-random.ts'
import { serveOnLoopback } from '../test/support/test-server.ts'
import { median } from './figures.ts'
import { printGrowth, saveGrowth, SERIES_NAMES } from './growth-results.ts'

const OBJECTS = [1, 100, 10_000, 100_000]
const TENANTS = [1, 10, 100, 1000]
const ROUNDS = 2
const MEASURED_MS = 250
const BATCHES = 3
const PAGE = 250
/** Nothing is evicted where eviction is not what is measured. */
const ROOMY_BYTES = 2 ** 31
/** So many different questions are remembered; fewer where there are fewer objects. */
const REMEMBERED = 500
/** The first answer to a question may be one that is not remembered. */
const PASSES = 2

type Figures = Readonly<Record<string, number>>
const random = createRandom(7)
const pick = (count: number): number => Math.floor(random() * count)

/** Microseconds of CPU that one step takes, the median of some batches. */
async function measureUs(step: () => unknown): Promise<number> {
  const batches: number[] = []
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const endAtMs = performance.now() + MEASURED_MS
    const before = process.cpuUsage()
    let steps = 0
    do {
      // Some at once, so that reading the clock is no part of what is measured.
      for (let of = 0; of < 16; of += 1) await step()
      steps += 16
    } while (performance.now() < endAtMs)
    const { user, system } = process.cpuUsage(before)
    batches.push((user + system) / steps)
  }
  return median(batches)
}

const projectOf = (id: number) => ({
  id: `p${id}`,
  name: `Project ${id} at ${id} Solar Street`,
  status: 'active',
  owner_id: `u${id % 10}`,
  property_address: `${id} Solar Street, San Francisco`,
  location: { latitude: 37.7, longitude: -122.4 },
  created_at: '2026-01-02T03:04:05Z',
})

/** The cache alone, without a request around it. */
async function measureCache(objects: number): Promise<Figures> {
  const clock = createSystemClock()
  const scope = buildScope()
  const callOf = (id: number) =>
    buildCall({ endpoint: READS.retrieveProject, path: { project_id: `p${id}` }, scope })
  const replyOf = (id: number) => buildReply(projectOf(id), { bytes: 300, answeredAtMs: clock.monotonicMs() })
  const fill = (maxBytes: number) => {
    const cache = createCache({ maxBytes, clock })
    for (let id = 0; id < objects; id += 1) cache.store(callOf(id), replyOf(id))
    return cache
  }
  const bytesBefore = countHeldBytes()
  const cache = fill(ROOMY_BYTES)
  const bytes = (countHeldBytes() - bytesBefore) / objects
  const calls = Array.from({ length: Math.min(objects, 2000) }, () => callOf(pick(objects)))
  const next = (): (typeof calls)[number] => calls[pick(calls.length)] ?? callOf(0)
  const touch = (id: number) => [
    { operation: 'retrieveProject', path: { project_id: `p${id}` } } as const,
    { operation: 'listProjects', path: {} } as const,
  ]
  const absent = buildCall({ endpoint: READS.retrieveProject, path: { project_id: 'gone' }, scope })
  const readByUs = await measureUs(() => cache.readBy(next().key))
  const storeUs = await measureUs(() => {
    const call = next()
    cache.store(call, buildReply({ id: call.path['project_id'] }, { answeredAtMs: clock.monotonicMs() }))
  })
  const notFoundUs = await measureUs(() => cache.store(absent, buildRefusal(404)))
  const dropUs = await measureUs(() => {
    const id = pick(objects)
    cache.drop(scope.key, touch(id))
    cache.store(callOf(id), replyOf(id))
  })
  const full = fill(Math.max(20_000, cache.size().bytes))
  let fresh = objects
  const evictUs = await measureUs(() => full.store(callOf((fresh += 1)), replyOf(fresh)))
  return {
    'bytes an object': objects < 100 ? Number.NaN : bytes,
    'µs a look-up by key': readByUs,
    'µs a store': storeUs,
    'µs a 404 that is stored': notFoundUs,
    'µs a drop and a store': dropUs,
    'µs a store that evicts': evictUs,
  }
}

/** Answers any list of projects, any project, and any change of one, from its id alone. */
async function openAurora(objects: number) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const [, id] = /\/projects\/p(\d+)$/.exec(pathname) ?? []
    const first = (Number(searchParams.get('page') ?? 1) - 1) * PAGE
    const count = Math.max(0, Math.min(PAGE, objects - first))
    const body = id
      ? { project: projectOf(Number(id)) }
      : { projects: Array.from({ length: count }, (_, index) => projectOf(first + index)) }
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

async function openGateway(config: Partial<Config>) {
  const log = { info() {}, warn: console.warn, error: console.error }
  const settings = readConfig({
    AURORA_BASE_URL: String(config.auroraBaseUrl),
    AURORA_TENANT_ID: 't1',
    AURORA_API_TOKEN: 'sk_growth',
    AURORA_RATE_LIMIT: '1000000',
    STATE_DIR: 'off',
  })
  const gateway = await createGateway({ ...settings, ...config }, { log, clock: createSystemClock() })
  const server = await serveOnLoopback({ gateway, log }, { accessLog: false })
  const pool = new Pool(new URL(server.url).origin, { connections: 1 })
  return {
    gateway,
    async ask(key: string | null, query: string, variables: object = {}) {
      const { body } = await pool.request({
        path: '/graphql',
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key !== null && { 'x-api-key': key }) },
        body: JSON.stringify({ query, variables }),
      })
      return body.text()
    },
    async close() {
      await pool.close()
      await server[Symbol.asyncDispose]()
      await gateway.close()
    },
  }
}

const ONE = 'query One($id: ID!) { project(id: $id) { id name status } }'
const RENAME =
  'mutation Rename($id: ID!, $input: UpdateProjectInput!) { updateProject(id: $id, input: $input) { errors { message } } }'
const LIST = `query List($after: String) { projects(first: ${PAGE}, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }`

/** A whole gateway whose cache holds so many objects of lists. */
async function measureObjects(objects: number): Promise<Figures> {
  const aurora = await openAurora(objects)
  const common = { cacheMaxBytes: ROOMY_BYTES, auroraBaseUrl: aurora.url, callerRateLimit: 0 }
  const bytesBefore = countHeldBytes()
  const { ask, close } = await openGateway(common)
  for (let after: string | null = null; ;) {
    const text = await ask(null, LIST, { after })
    const { data, errors } = JSON.parse(text)
    if (errors) throw new Error(text.slice(0, 300))
    if (!data.projects.pageInfo.hasNextPage) break
    after = data.projects.pageInfo.endCursor
  }
  const bytes = (countHeldBytes() - bytesBefore) / objects
  const one = (id: number) => ask(null, ONE, { id: `p${id}` })
  const known = Math.min(objects, REMEMBERED)
  for (let pass = 0; pass < PASSES; pass += 1) for (let id = 0; id < known; id += 1) await one(id)
  const rememberedUs = await measureUs(() => one(pick(known)))
  // Another text of the variables each time, so that no answer is remembered and the document is.
  let turn = 0
  const executedUs = await measureUs(() => ask(null, ONE, { id: `p${pick(objects)}`, turn: (turn += 1) }))
  const writtenUs = await measureUs(() =>
    ask(null, RENAME, { id: `p${pick(objects)}`, input: { name: `Project ${(turn += 1)}` } }),
  )
  await close()
  await aurora.close()
  return {
    // With fewer, the gateway's own memory outweighs theirs.
    'bytes an object': objects < 50_000 ? Number.NaN : bytes,
    'µs a remembered read': rememberedUs,
    'µs an executed read': executedUs,
    'µs a write': writtenUs,
  }
}

const keyOf = (tenant: number): string => `key-of-${tenant}`

/** Of the two keys of a tenant. */
const SUFFIXES = ['', '-phone']

/** A whole gateway that serves so many tenants, each with two keys and one cached screen. */
async function measureTenants(count: number): Promise<Figures> {
  const aurora = await openAurora(PAGE)
  const tenants = Array.from({ length: count }, (_, tenant): TenantConfig => ({
    name: `tenant-${tenant}`,
    rateLimit: null,
    aurora: {
      baseUrl: aurora.url,
      tenantId: `t${tenant}`,
      credential: { kind: 'bearer', token: `sk_growth_${tenant}` },
    },
    keys: SUFFIXES.map((suffix) => ({
      name: `caller${suffix}`,
      sha256: createHash('sha256')
        .update(`${keyOf(tenant)}${suffix}`)
        .digest('hex'),
      isReadOnly: false,
    })),
  }))
  const bytesBefore = countHeldBytes()
  const { gateway, ask, close } = await openGateway({
    tenants,
    callerAuth: 'keys',
    cacheMaxBytes: ROOMY_BYTES,
    answersMaxBytes: ROOMY_BYTES,
    auroraBaseUrl: aurora.url,
    callerRateLimit: 0,
  })
  // Each key in turn, so that with one tenant as with a thousand no connection sends the same head twice in a row.
  let turn = 0
  const nextKey = (): string => {
    turn += 1
    return `${keyOf(pick(count))}${SUFFIXES[turn % SUFFIXES.length]}`
  }
  const identify = () => gateway.authenticate(new Headers({ host: 'localhost', 'x-api-key': nextKey() }))
  const one = (key: string, variables: object = {}) => ask(key, ONE, { id: 'p7', ...variables })
  for (let pass = 0; pass < PASSES; pass += 1)
    for (let tenant = 0; tenant < count; tenant += 1)
      for (const suffix of SUFFIXES) await one(`${keyOf(tenant)}${suffix}`)
  const bytes = (countHeldBytes() - bytesBefore) / count
  const figures = {
    // With fewer, the gateway's own memory outweighs theirs.
    'bytes a tenant': count < 1000 ? Number.NaN : bytes,
    'µs to find a caller by its key': await measureUs(identify),
    'µs a remembered read': await measureUs(() => one(nextKey())),
    'µs an executed read': await measureUs(() => one(nextKey(), { turn: (turn += 1) })),
    'µs a write': await measureUs(() =>
      ask(nextKey(), RENAME, { id: 'p7', input: { name: `Project ${(turn += 1)}` } }),
    ),
  }
  await close()
  await aurora.close()
  return figures
}

const SERIES = {
  cache: { title: 'The cache alone, by objects in it', sizes: OBJECTS, measure: measureCache },
  objects: { title: 'A gateway, by objects in its cache', sizes: OBJECTS, measure: measureObjects },
  tenants: { title: 'A gateway, by tenants', sizes: TENANTS, measure: measureTenants },
} as const satisfies Record<(typeof SERIES_NAMES)[number], object>

async function measureSeries(name: keyof typeof SERIES): Promise<void> {
  const { title, sizes, measure } = SERIES[name]
  // The first size pays for compiling the code that all use.
  await measure(sizes[0] ?? 1)
  const bySize = new Map<number, Figures[]>(sizes.map((size) => [size, []]))
  for (let round = 0; round < ROUNDS; round += 1)
    for (const size of round % 2 === 0 ? sizes : sizes.toReversed())
      bySize.get(size)?.push(await measure(size))
  const names = Object.keys(bySize.get(sizes[0] ?? 1)?.[0] ?? {})
  const costs = Object.fromEntries(
    names.map((cost) => [
      cost,
      sizes.map((size) => median((bySize.get(size) ?? []).map((each) => each[cost] ?? Number.NaN))),
    ]),
  )
  const result = { title, measuredOn: new Date().toISOString().slice(0, 10), sizes, costs }
  saveGrowth(name, result)
  console.log(`\n${printGrowth(result)}`)
}

const wanted = process.argv.slice(2)
for (const name of SERIES_NAMES) if (wanted.length === 0 || wanted.includes(name)) await measureSeries(name)
