// What a router gets of an answer beside its data: the cost in a header and in a field, tags for its cache, and notices of changes.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { listenLocally } from '../support/local-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { UpstreamReport } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')
const keyOf = (name: string) => ({ name, sha256: sha256(`key of ${name}`), isReadOnly: false })
const ROUTER = { 'x-api-key': 'key of hive' }
const APP = { 'x-api-key': 'key of app' }

/** A router's invalidation endpoint. */
const notices: { kind: string; cache_tag?: string }[][] = []
let onNotice: (() => void) | null = null
let status = 202
const endpoint = createServer((request, response) => {
  let text = ''
  request.on('data', (piece) => (text += String(piece)))
  request.on('end', () => {
    notices.push(JSON.parse(text) as (typeof notices)[number])
    response.writeHead(status).end('{"count":0}')
    onNotice?.()
  })
})
const router = await listenLocally(endpoint)
const url = new URL(`${router.url}/invalidation`)

const gateway = await createTestGateway({
  config: {
    callerAuth: 'keys',
    gatewayKeys: [keyOf('app')],
    routers: {
      keys: [keyOf('hive')],
      userHeader: null,
      maxBatch: 1000,
      invalidation: { urls: [url], key: 'shared', subgraph: 'aurora' },
    },
    webhooks: {
      keys: ['a-secret-of-webhooks'],
      ofTenants: [],
      keyHeader: 'x-webhook-key',
      settleMs: 0,
      proof: null,
    },
  },
  credentials: APP,
})
const server = await serveOnLoopback(gateway)
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await router[Symbol.asyncDispose]()
})
beforeEach(() => {
  notices.length = 0
  status = 202
})

interface Body {
  readonly data?: { readonly upstream?: UpstreamReport; readonly u?: UpstreamReport } & Record<
    string,
    unknown
  >
  readonly extensions: { readonly upstream: UpstreamReport; readonly apolloCacheTags?: readonly string[] }
}

async function ask(query: string, headers: Record<string, string>, variables: object = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return { headers: response.headers, ...((await response.json()) as Body) }
}

const ids = gateway.simulator.data.projects.map(({ id }) => String(id))
const fieldOf = ({ calls, saved, limit, remaining, queuedMs }: UpstreamReport): RegExp =>
  new RegExp(
    `^calls=${calls}, cache=${saved.cache}, joined=${saved.joined}, stale=${saved.stale}, limit=${limit}, remaining=${remaining}, reset=\\d+, queued=${queuedMs}$`,
  )

describe('an answer to a router', () => {
  it('has its cost in a header, and tags of what it shows, each time that it is given', async () => {
    const query = `{ project(id: "${ids[0]}") { name designs { name } } }`
    const tags = ['Project', `Project:${ids[0]}`, 'Design:list', `Design:list:${ids[0]}`]
    for (let times = 0; times < 4; times += 1) {
      const { headers, extensions } = await ask(query, ROUTER)
      expect(headers.get('aurora-upstream')).toMatch(fieldOf(extensions.upstream))
      expect(new Set(extensions.apolloCacheTags)).toEqual(new Set(tags))
      expect(extensions.upstream.calls).toBe(times === 0 ? 2 : 0)
    }
    for (let times = 0; times < 4; times += 1) {
      const { headers, extensions } = await ask(query, APP)
      expect(headers.get('aurora-upstream')).toBeNull()
      expect(Object.keys(extensions)).toEqual(['upstream'])
    }
  })
})

describe('the field `upstream`', () => {
  it('counts the calls of all other fields, wherever it stands, and is no answer for a cache', async () => {
    const query = `{ upstream { calls saved { cache } limit remaining resetAt queuedMs }
      project(id: "${ids[1]}") { name designs { name } } u: upstream { calls } }`
    for (const [caller, calls] of [
      [APP, 2],
      [ROUTER, 0],
    ] as const) {
      const { data, extensions, headers } = await ask(query, caller)
      expect(data?.upstream).toMatchObject({
        calls,
        limit: extensions.upstream.limit,
        remaining: extensions.upstream.remaining,
      })
      expect(data?.upstream?.saved.cache).toBe(extensions.upstream.saved.cache)
      expect(data?.u?.calls).toBe(calls)
      expect(Object.keys(data ?? {})).toEqual(['upstream', 'project', 'u'])
      expect(headers.get('cache-control')).toBe('no-store')
      expect(extensions).not.toHaveProperty('apolloCacheTags')
    }
  })

  it('is known where a field beside it fails', async () => {
    const { data } = await ask('{ upstream { calls } project(id: "nothing-like-it") { name } }', APP)
    expect(data).toMatchObject({ upstream: { calls: 1 }, project: null })
  })
})

describe('a router is notified', () => {
  const nextNotice = (): Promise<void> =>
    new Promise((resolve) => {
      onNotice = () => {
        onNotice = null
        resolve()
      }
    })
  const tagsSent = (): Set<string | undefined> => new Set(notices.flat().map(({ cache_tag: tag }) => tag))

  it('of what a write has changed, and the write does not wait for it', async () => {
    const first = await ask(`{ project(id: "${ids[2]}") { name } }`, ROUTER)
    const noticed = nextNotice()
    status = 500
    const { data } = await ask(
      `mutation { updateProject(id: "${ids[2]}", input: { name: "New" }) { project { name } } }`,
      APP,
    )
    expect(data).toMatchObject({ updateProject: { project: { name: 'New' } } })
    await noticed
    expect([...tagsSent()].some((tag) => first.extensions.apolloCacheTags?.includes(String(tag)))).toBe(true)
    expect(tagsSent()).toContain(`Project:${ids[2]}`)
    expect(tagsSent()).toContain('Project:list')
    // It has not taken them: they come again.
    const again = nextNotice()
    status = 202
    notices.length = 0
    await again
    expect(tagsSent()).toContain(`Project:${ids[2]}`)
  })

  it('of what a webhook has touched', async () => {
    const noticed = nextNotice()
    const response = await fetch(`${server.url}/webhooks/aurora/project_changed?PROJECT_ID=${ids[3]}`, {
      headers: { 'x-webhook-key': 'a-secret-of-webhooks' },
    })
    expect(response.ok).toBe(true)
    await noticed
    expect(tagsSent()).toContain(`Project:${ids[3]}`)
    expect(notices.flat().every(({ kind }) => kind === 'cache_tag')).toBe(true)
  })
})

describe('an answer that has more tags than an answer may have', () => {
  const QUERY = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Project { name owner { lastName } designs { name summary { systemSizeStc } pricing { systemPrice } } } } }`

  it('is kept by no router, whether it is executed or remembered', async () => {
    await using subgraph = await createTestGateway({
      config: {
        subgraph: { version: '2.12', hidesAdmin: false },
        callerAuth: 'keys',
        gatewayKeys: [keyOf('app')],
        routers: { keys: [keyOf('hive')], userHeader: null, maxBatch: 1000 },
      },
      credentials: APP,
    })
    await using served = await serveOnLoopback(subgraph)
    const [{ id } = { id: '' }] = subgraph.simulator.data.projects
    const ask = async (count: number) => {
      const of = Array.from({ length: count }, () => ({ __typename: 'Project', auroraId: id }))
      const response = await fetch(`${served.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...ROUTER },
        body: JSON.stringify({ query: QUERY, variables: { of } }),
      })
      const { data, extensions } = (await response.json()) as {
        data: { _entities: object[] }
        extensions: { apolloEntityCacheTags?: readonly string[][] }
      }
      expect(data._entities).toHaveLength(count)
      return {
        isStorable: response.headers.get('cache-control') !== 'no-store',
        lists: extensions.apolloEntityCacheTags?.length ?? null,
      }
    }
    for (let time = 0; time < 3; time += 1) {
      expect(await ask(10)).toEqual({ isStorable: true, lists: 10 })
      expect(await ask(1_000)).toEqual({ isStorable: false, lists: null })
    }
  })
})
