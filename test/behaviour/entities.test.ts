// `_entities` and `_service`: what routers and composers ask of the gateway as a subgraph, with the calls that it costs.
import { createHash } from 'node:crypto'
import { getNamedType, isLeafType, isObjectType } from 'graphql'
import type { GraphQLObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KIND_OF_TYPE, kindRow } from '../../src/aurora/kinds.ts'
import type { Kind } from '../../src/aurora/kinds.ts'
import { mayBeNothing, ownReadOf, tenantListOf } from '../../src/aurora/reads.ts'
import { schema } from '../../src/graphql/schema.ts'
import { entityOf } from '../../src/subgraph/keys.ts'
import { DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { askByYoga, askPlainly } from '../support/plain-request.ts'
import { openScriptedAurora } from '../support/scripted-aurora.ts'
import type { ScriptedAurora } from '../support/scripted-aurora.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer, TestGateway } from '../support/test-gateway.ts'

const SUBGRAPH = { subgraph: { version: '2.12', hidesAdmin: false } } as const
const PAGE = '1 GET /tenants/{}/projects?page=1&per_page=250'

interface Found {
  readonly _entities: readonly (Readonly<Record<string, unknown>> | null)[]
}

const QUERY = (fields: string): string =>
  `query ($of: [_Any!]!) { _entities(representations: $of) { __typename ${fields} } }`

const project = (auroraId: string) => ({ __typename: 'Project', auroraId })

const outcomesOf = ({ errors }: Answer<unknown>): unknown[] =>
  (errors ?? []).map(({ path, extensions }) => [path, extensions.code])

describe('each type with a key', () => {
  const types = Object.values(schema.getTypeMap()).flatMap((type) => {
    const entity = isObjectType(type) ? entityOf(type.name, type.getFields()) : null
    return isObjectType(type) && entity ? [{ name: type.name, type, ...entity }] : []
  })
  const auroras: ScriptedAurora[] = []
  const gateways: TestGateway[] = []

  /** `sun` has everything, `moon` has nothing, and in the third everything is forbidden. */
  beforeAll(async () => {
    auroras.push(await openScriptedAurora(() => 'something'))
    auroras.push(await openScriptedAurora(({ answers }) => (answers === 'list' ? 'nothing' : 404)))
    auroras.push(await openScriptedAurora(() => 403))
    const tenants = ['sun', 'moon', 'night'].map((name, index) => ({
      name,
      aurora: {
        baseUrl: new URL(auroras[index]?.url ?? ''),
        tenantId: `tenant-${name}`,
        credential: { kind: 'bearer' as const, token: DEFAULT_TOKEN },
      },
      keys: [{ name: 'router', sha256: sha256(name), isReadOnly: false }],
      webhookKeys: [],
      rateLimit: null,
    }))
    gateways.push(
      await createTestGateway({
        config: { ...SUBGRAPH, callerAuth: 'keys', tenants },
        credentials: { 'x-api-key': 'sun' },
      }),
    )
  })
  afterAll(async () => {
    for (const each of [...gateways, ...auroras]) await each[Symbol.asyncDispose]()
  })

  async function askAs(name: string, query: string, of: readonly object[]): Promise<Answer<Found>> {
    const [gateway] = gateways
    const caller = await gateway?.gateway.authenticate(new Headers({ 'x-api-key': name }))
    if (!gateway || !caller) throw new Error('not let in')
    for (const { takeCalls } of auroras) takeCalls()
    return JSON.parse(
      await askByYoga(gateway.gateway, caller, JSON.stringify({ query, variables: { of } })),
    ) as Answer<Found>
  }
  const callsOf = (): string[][] => auroras.map(({ takeCalls }) => takeCalls())

  it('is found by its schema', () => {
    expect(types.length).toBeGreaterThan(35)
    expect(types.map(({ name }) => name)).toEqual([...KIND_OF_TYPE.keys()].toSorted())
  })

  it.each(types)(
    '$name: is found for one call, and neither missing, forbidden nor foreign ones are',
    async ({ name, type, kind, keys }) => {
      const key = keyOf(kind)
      const representations = keys.map((field) => ({
        __typename: name,
        [field]: field === 'id' ? `${name}:${key}` : key,
      }))
      const query = QUERY(`... on ${name} { id ${memberOf(type)} }`)
      const list = tenantListOf(kind)?.operation
      const own = ownReadOf(kind)
      // The listed user of the scripted Aurora has no name.
      const reads = kind === 'user' ? [list, own?.operation] : [own?.operation ?? list]
      const there = { __typename: name, id: `${name}:${key}` }

      const good = await askAs('sun', query, representations)
      expect(good.errors).toBeUndefined()
      expect(good.data?._entities).toEqual(keys.map(() => expect.objectContaining(there) as unknown))
      expect(callsOf()).toEqual([reads, [], []])

      // What the cache has for one tenant is not there for another, whose own Aurora is asked.
      const missing = await askAs('moon', query, representations)
      const isOrdinary = own?.form === 'sole' && mayBeNothing(own)
      expect(missing.data?._entities).toEqual(keys.map(() => null))
      expect(outcomesOf(missing)).toEqual(
        isOrdinary ? [] : keys.map((_, index) => [['_entities', index], 'NOT_FOUND']),
      )
      const [ofSun, ofMoon, ofNight] = callsOf()
      expect([ofSun, ofNight]).toEqual([[], []])
      expect(ofMoon?.length).toBeGreaterThan(0)

      const forbidden = await askAs('night', query, representations)
      expect(forbidden.data?._entities).toEqual(keys.map(() => null))
      expect(outcomesOf(forbidden)).toEqual(keys.map((_, index) => [['_entities', index], 'FORBIDDEN']))
    },
  )

  /** Objects without a read of their own are found in their list, in which the scripted Aurora has one. */
  function keyOf(kind: Kind): string {
    const { keyedBy } = kindRow(kind)
    if (keyedBy === 'tenant') return 'tenant-sun'
    if (keyedBy === 'parent/id') return `parent/${kind.endsWith('Job') ? 'j-1' : 'o-1'}`
    return ownReadOf(kind) === undefined || kind === 'user' ? 'x-1' : 'o-1'
  }
})

/** A field that shows a member of the object itself; of users one that their list has. */
function memberOf(type: GraphQLObjectType): string {
  if (type.name === 'User') return 'lastName'
  // The sizes of a design come from its summary.
  if (type.name === 'Design') return 'name'
  const field = Object.values(type.getFields()).find(
    ({ args, extensions, type: shown, name }) =>
      isLeafType(getNamedType(shown)) &&
      args.length === 0 &&
      Array.isArray(extensions['needs']) &&
      extensions['needs'].length > 0 &&
      name !== 'auroraId',
  )
  return field?.name ?? ''
}

const open = (options: Parameters<typeof createTestGateway>[0] = {}): Promise<TestGateway> =>
  createTestGateway({ ...options, config: { ...SUBGRAPH, ...options.config } })

describe('many at once', () => {
  it('are found on pages, as nodes are: 20 projects with their designs cost the same', async () => {
    await using asEntities = await open()
    await using asNodes = await open()
    const ids = asEntities.simulator.data.projects
      .slice(0, 40)
      .flatMap(({ id }, index) => (index % 2 ? [] : [id]))
    const fields = '... on Project { id name designs { name } }'
    const found = await asEntities.ask<Found>(QUERY(fields), { of: ids.map(project) })
    const wanted = await asNodes.ask<{ nodes: Found['_entities'] }>(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ${fields} } }`,
      { ids: ids.map((id) => `Project:${id}`) },
    )
    expect(found.errors).toBeUndefined()
    expect(found.data?._entities).toEqual(wanted.data?.nodes)
    const calls = asEntities.takeCalls()
    expect(calls).toEqual(asNodes.takeCalls())
    expect(calls).toEqual([PAGE, '20 GET /tenants/{}/projects/{}/designs?page=1&per_page=250'])
  })

  it('keep their order, of several types, the same one twice, and the wrong ones fail alone', async () => {
    await using gateway = await open()
    const { projects, designIds } = gateway.simulator.data
    const [first, second] = projects.map(({ id }) => id)
    const of = [
      { __typename: 'Design', id: `Design:${designIds[0]}` },
      project(second ?? ''),
      project('00000000-0000-4000-8000-000000000000'),
      'a text',
      { auroraId: first },
      { __typename: 'Query', id: 'x' },
      { __typename: 'Project' },
      { __typename: 'Project', id: `Design:${first}` },
      { __typename: 'Project', auroraId: { of: first } },
      { __typename: 'Project', auroraId: '../users' },
      { __typename: 'Project', auroraId: first, id: `Project:${second}` },
      { __typename: '__proto__', id: 'x' },
      [project(first ?? '')],
      { __typename: 'Project', auroraId: first, id: null, name: 'of another subgraph', __proto__: 1 },
      { __typename: 'Project', id: `Project:${second}`, auroraId: second },
    ]
    const answer = await gateway.ask<Found>(QUERY('... on Node { id }'), { of })
    expect(answer.data?._entities).toEqual([
      { __typename: 'Design', id: `Design:${designIds[0]}` },
      { __typename: 'Project', id: `Project:${second}` },
      ...Array.from({ length: 11 }, () => null),
      { __typename: 'Project', id: `Project:${first}` },
      { __typename: 'Project', id: `Project:${second}` },
    ])
    expect(new Set(outcomesOf(answer).map(String))).toEqual(
      new Set(
        [
          [['_entities', 2], 'NOT_FOUND'],
          ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((index) => [['_entities', index], 'BAD_USER_INPUT']),
        ].map(String),
      ),
    )
  })

  it('in the text of a document are read as variables are', async () => {
    await using gateway = await open()
    const [first] = gateway.simulator.data.projects
    const query = `{ _entities(representations: [{ __typename: "Project", auroraId: "${first?.id}" }, { id: 1 }]) { ... on Project { name } } }`
    const answer = await gateway.ask<Found>(query)
    expect(answer.data?._entities).toEqual([{ name: first?.name }, null])
    expect(outcomesOf(answer)).toEqual([[['_entities', 1], 'BAD_USER_INPUT']])
  })

  it('are 100 at the most for whoever has no key of a router; more are refused before any call', async () => {
    await using gateway = await open()
    const ids = gateway.simulator.data.projects.slice(0, 100).map(({ id }) => id)
    const all = await gateway.ask<Found>(QUERY('... on Project { name }'), { of: ids.map(project) })
    expect(all.errors).toBeUndefined()
    expect(gateway.takeCalls()).toEqual([PAGE])
    const more = Array.from({ length: 101 }, (_, index) => project(`p${index}`))
    const refused = await gateway.ask<Found>(QUERY('... on Project { name }'), { of: more })
    expect([refused.httpStatus, refused.errors?.map(({ extensions }) => extensions.code)]).toEqual([
      400,
      ['QUERY_REJECTED'],
    ])
    expect(gateway.takeCalls()).toEqual([])
  })

  it('that the budget cannot serve fail with the time when they can, each with its path', async () => {
    await using gateway = await open({ config: { rateLimit: 3, rateWindowMs: 60_000, maxWaitMs: 0 } })
    const ids = gateway.simulator.data.designIds.slice(0, 5)
    const of = ids.map((id) => ({ __typename: 'Design', auroraId: id }))
    const { data, errors } = await gateway.ask<Found>(QUERY('... on Design { name }'), { of })
    const limited = (errors ?? []).filter(({ extensions }) => extensions.code === 'RATE_LIMITED')
    expect(gateway.takeCalls()).toEqual(['3 GET /tenants/{}/designs/{}'])
    expect(limited).toHaveLength(2)
    for (const { path, extensions } of limited) {
      expect(data?._entities[Number(path?.[1])]).toBeNull()
      expect(extensions['retryAt']).toEqual(expect.any(String))
    }
  })
})

describe('a request of a router', () => {
  it('is answered the same with and without Yoga, and again without a call', async () => {
    await using gateway = await open()
    const of = gateway.simulator.data.projects.slice(0, 3).map(({ id }) => project(id))
    const body = JSON.stringify({
      query: QUERY('... on Project { name owner { lastName } }'),
      variables: { of },
    })
    const caller = await gateway.gateway.authenticate(new Headers({ host: 'localhost' }))
    if (!caller) throw new Error('not let in')
    const first = JSON.parse(await askPlainly(gateway.gateway, caller, body)) as Answer<Found>
    expect(gateway.takeCalls()).toEqual([
      '1 GET /tenants/{}/users?page=1&per_page=250',
      '3 GET /tenants/{}/projects/{}',
    ])
    const again = JSON.parse(await askPlainly(gateway.gateway, caller, body)) as Answer<Found>
    const byYoga = JSON.parse(await askByYoga(gateway.gateway, caller, body)) as Answer<Found>
    expect(gateway.takeCalls()).toEqual([])
    expect(first.data?._entities).toHaveLength(3)
    expect([again.data, byYoga.data]).toEqual([first.data, first.data])
  })

  it('has the plan that the same objects have as nodes', async () => {
    await using gateway = await open()
    const ids = gateway.simulator.data.projects.slice(0, 20).map(({ id }) => id)
    const fields = '... on Project { name designs { name } }'
    const planOf = async (query: string, variables: object): Promise<unknown> => {
      const explain =
        'query ($query: String!, $given: JSON) { explain(query: $query, variables: $given) { calls { min expected max } isComplete } }'
      return (await gateway.ask<{ explain: unknown }>(explain, { query, given: variables })).data?.explain
    }
    const plan = await planOf(QUERY(fields), { of: [...ids.map(project), { id: 'malformed' }] })
    expect(plan).toMatchObject({ isComplete: true })
    expect(plan).toEqual(
      await planOf(`query ($ids: [ID!]!) { nodes(ids: $ids) { ${fields} } }`, {
        ids: ids.map((id) => `Project:${id}`),
      }),
    )
    expect(gateway.takeCalls()).toEqual([])
  })
})

describe('the SDL', () => {
  const ASK = 'query SubgraphIntrospectQuery { _service { sdl } }'
  const DOCUMENTS = { path: null, mode: 'only-trusted' } as const

  it('is shown where introspection is off and only trusted documents are executed, and nothing beside it', async () => {
    await using gateway = await open({ config: { introspection: false, documents: DOCUMENTS } })
    const { data } = await gateway.ask<{ _service: { sdl: string } }>(ASK)
    expect(data?._service.sdl).toContain(
      'type Project implements Node @key(fields: "auroraId") @key(fields: "id")',
    )
    const codes = async (query: string): Promise<unknown> =>
      (await gateway.ask(query)).errors?.map(({ extensions }) => extensions.code)
    for (const query of [
      '{ _service { sdl } tenant { id } }',
      '{ _service { sdl } ...More } fragment More on Query { tenant { id } }',
      '{ ... on Query { _service { sdl } tenant { id } } }',
      '{ _service { sdl } } query Other { tenant { id } }',
      'mutation { _service { sdl } }',
      QUERY('... on Project { name }'),
      `{ _service { sdl } } #${'x'.repeat(1000)}`,
      '{ _service { sdl }',
    ])
      expect(await codes(query)).toEqual(['DOCUMENT_NOT_TRUSTED'])
    expect(await codes('{ __typename service: _service { sdl __typename } }')).toBeUndefined()
    expect(gateway.takeCalls()).toEqual([])
  })

  it('is that of the version that is set', async () => {
    await using gateway = await open({ config: { subgraph: { version: '2.9', hidesAdmin: true } } })
    const { data } = await gateway.ask<{ _service: { sdl: string } }>(ASK)
    expect(data?._service.sdl).toContain('https://specs.apollo.dev/federation/v2.9')
    expect(data?._service.sdl).not.toContain('@cacheTag')
    expect(data?._service.sdl).toMatch(/webhooks: \[Webhook!\] @inaccessible/)
  })

  it('and entities are unknown fields of a gateway that is no subgraph', async () => {
    await using gateway = await createTestGateway()
    for (const query of [ASK, '{ _entities(representations: []) { __typename } }']) {
      const { errors } = await gateway.ask(query)
      expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
    }
    const { data } = await gateway.ask<{ __schema: { types: { name: string }[] } }>(
      '{ __schema { types { name } } }',
    )
    expect(data?.__schema.types.filter(({ name }) => /^_[^_]/.test(name))).toEqual([])
  })
})

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')
