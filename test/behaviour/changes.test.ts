// changes(since): what was created, changed or deleted in the list of projects since a cursor.
import { expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { explain } from '../support/explain.ts'
import { buildList, buildListed, openProjectList } from '../support/project-list.ts'
import type { ListedProject } from '../support/project-list.ts'
import { createTestGateway } from '../support/test-gateway.ts'

interface Changes {
  readonly cursor: string
  readonly isReset: boolean
  readonly created: readonly { readonly auroraId: string; readonly name: string }[]
  readonly changed: readonly { readonly auroraId: string; readonly name: string }[]
  readonly deleted: readonly string[]
  readonly hasMore: boolean
  readonly isComplete: boolean
  readonly asOf: string
  readonly retryAt: string | null
}

const SECRET = 'the-secret-of-the-list'

const FIELDS = `cursor isReset created { auroraId name } changed { auroraId name } deleted hasMore isComplete asOf retryAt`

const PAST_FRESH_MS = 6 * 60_000
/** Beyond the time in which a stale page is served. */
const PAST_STALE_MS = 16 * 60_000
/** Beyond the time in which a page is served where Aurora fails. */
const PAST_KEPT_MS = 8 * 24 * 60 * 60_000

async function open(projects: readonly ListedProject[], config: Partial<Config> = {}) {
  const aurora = await openProjectList(projects)
  const clock = createManualClock()
  const gateway = await createTestGateway({
    baseUrl: aurora.url,
    clock,
    config: { pageSize: 50, ...config },
  })
  const ask = async (since: string | null, first = 100) => {
    const answer = await gateway.ask<{ changes: Changes | null }>(
      `query ($since: String, $first: Int) { changes(since: $since, first: $first) { ${FIELDS} } }`,
      { since, first },
    )
    return { ...answer, changes: answer.data?.changes ?? null }
  }
  return {
    aurora,
    gateway,
    clock,
    ask,
    async cursor(): Promise<string> {
      return (await ask(null)).changes?.cursor ?? ''
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await aurora[Symbol.asyncDispose]()
    },
  }
}

const change = (project: ListedProject | undefined, members: object): ListedProject => ({
  ...(project ?? { id: 'none' }),
  ...members,
})

it('begins with a cursor, and tells then what others have created, changed and deleted', async () => {
  await using world = await open(buildList(120))
  const first = await world.ask(null)
  expect(first.changes).toMatchObject({
    isReset: true,
    created: [],
    changed: [],
    deleted: [],
    isComplete: true,
  })
  expect(world.aurora.takeCalls()).toEqual(['GET 1', 'GET 2', 'GET 3'])
  const nothing = await world.ask(first.changes?.cursor ?? '')
  expect(nothing.changes).toMatchObject({
    isReset: false,
    created: [],
    changed: [],
    deleted: [],
    hasMore: false,
  })
  expect(world.aurora.takeCalls()).toEqual([])

  world.aurora.projects = [
    buildListed(120),
    ...world.aurora.projects
      .filter(({ id }) => id !== 'p90')
      .map((each) => (each.id === 'p7' ? change(each, { name: 'Renamed' }) : each)),
  ]
  await world.clock.advance(PAST_STALE_MS)
  const second = await world.ask(nothing.changes?.cursor ?? '')
  expect(second.errors).toBeUndefined()
  expect(second.changes).toMatchObject({
    isReset: false,
    created: [{ auroraId: 'p120' }],
    changed: [{ auroraId: 'p7', name: 'Renamed' }],
    deleted: ['Project:p90'],
    isComplete: true,
    retryAt: null,
  })
  expect(world.aurora.takeCalls()).toEqual(['GET 1', 'GET 2', 'GET 3'])
  const again = await world.ask(second.changes?.cursor ?? '')
  expect(again.changes).toMatchObject({ isReset: false, created: [], changed: [], deleted: [] })
  // A cursor can be used again, and shows the same.
  const repeated = await world.ask(first.changes?.cursor ?? '')
  expect(repeated.changes).toMatchObject({ changed: [{ auroraId: 'p7' }], deleted: ['Project:p90'] })
  expect(world.aurora.takeCalls()).toEqual([])
})

it('a write through the gateway is a change at once, whatever the list shows', async () => {
  await using world = await open(buildList(60))
  const cursor = await world.cursor()
  await world.gateway.ask('mutation { updateProject(id: "p3", input: { name: "Ours" }) { __typename } }')
  await world.gateway.ask(
    'mutation { updateProject(id: "P4", input: { name: "Customer 4" }) { __typename } }',
  )
  await world.gateway.ask('mutation { deleteProject(id: "p5") { __typename } }')
  const { changes } = await world.ask(cursor)
  expect(changes).toMatchObject({
    // Aurora has no `P4`: what it is about may have changed all the same.
    changed: [{ auroraId: 'p3', name: 'Ours' }, { auroraId: 'p4' }],
    deleted: ['Project:p5'],
  })
})

it('many changes come in slices, each object once', async () => {
  await using world = await open(buildList(60))
  let since = await world.cursor()
  world.aurora.projects = world.aurora.projects.map((each) => change(each, { status: 'New' }))
  await world.clock.advance(PAST_STALE_MS)
  const sizes: number[] = []
  const seen = new Set<string>()
  for (let hasMore = true; hasMore;) {
    const { changes } = await world.ask(since, 25)
    hasMore = changes?.hasMore ?? false
    since = changes?.cursor ?? ''
    sizes.push(changes?.changed.length ?? 0)
    for (const { auroraId } of changes?.changed ?? []) seen.add(auroraId)
  }
  expect([sizes, seen.size]).toEqual([[25, 25, 10], 60])
})

it('where pages are missing, nothing is said to be deleted, and what was touched is a change', async () => {
  await using world = await open(buildList(120), { rateLimit: 5, rateWindowMs: 60_000, maxWaitMs: 0 })
  const cursor = await world.cursor()
  await world.clock.advance(PAST_STALE_MS)
  await world.gateway.ask('mutation { updateProject(id: "p30", input: { name: "Ours" }) { __typename } }')
  await world.gateway.ask('{ a: project(id: "p40") { name } b: project(id: "p41") { name } }')
  world.aurora.projects = world.aurora.projects.filter(({ id }) => id !== 'p118' && id !== 'p10')
  const part = await world.ask(cursor)
  const retryAt = part.changes?.retryAt ?? ''
  expect(part.errors).toBeUndefined()
  expect(part.changes).toMatchObject({
    isReset: false,
    changed: [{ auroraId: 'p30', name: 'Ours' }],
    deleted: [],
    isComplete: false,
  })
  await world.clock.advance(Date.parse(retryAt) - world.clock.wallMs())
  const rest = await world.ask(part.changes?.cursor ?? '')
  expect(rest.changes).toMatchObject({
    changed: [],
    deleted: ['Project:p118', 'Project:p10'],
    isComplete: true,
    retryAt: null,
  })
})

it('what was shown from elsewhere while its page was missing is a change when the page shows what was noted before', async () => {
  await using world = await open(buildList(60))
  const cursor = await world.cursor()
  const rename = async (name: string): Promise<void> => {
    world.aurora.projects = world.aurora.projects.map((each) =>
      each.id === 'p3' ? change(each, { name }) : each,
    )
    await world.clock.advance(PAST_KEPT_MS)
  }
  await rename('One')
  const first = await world.ask(cursor)
  expect(first.changes).toMatchObject({ changed: [{ auroraId: 'p3', name: 'One' }], isComplete: true })
  await rename('Two')
  world.aurora.failing = 'GET 2'
  // Another client, that has not been shown it yet.
  const part = await world.ask(cursor)
  expect(part.changes).toMatchObject({ changed: [{ auroraId: 'p3', name: 'Two' }], isComplete: false })
  world.aurora.failing = null
  await rename('One')
  const rest = await world.ask(part.changes?.cursor ?? '')
  expect(rest.changes).toMatchObject({ changed: [{ auroraId: 'p3', name: 'One' }], isComplete: true })
})

it('a text that is no cursor is BAD_USER_INPUT with its path, before any call', async () => {
  await using world = await open(buildList(10))
  const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  for (const since of [
    'x',
    '1',
    forged(),
    forged('c1', 'a'),
    forged('c2', 'a', 1),
    forged('c1', 'a', -1),
    forged('c1', 'a', 1.5),
    forged('c1', 'a', null),
    forged('c1', ['a'], 1),
    forged('c1', 'a', 1, 1),
    'a'.repeat(5000),
  ]) {
    const { errors } = await world.ask(since)
    expect(errors).toMatchObject([{ path: ['changes'], extensions: { code: 'BAD_USER_INPUT' } }])
  }
  for (const first of [0, -1, 251])
    expect((await world.ask(null, first)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(world.aurora.takeCalls()).toEqual([])
  expect((await world.ask('')).changes).toMatchObject({ isReset: true })
})

it('a cursor of another process begins anew', async () => {
  await using world = await open(buildList(10))
  await using other = await open(buildList(10))
  const { changes } = await world.ask(await other.cursor())
  expect(changes).toMatchObject({ isReset: true, created: [], changed: [], deleted: [] })
  // Also one that is ahead of this history.
  const [version, name] = JSON.parse(Buffer.from(changes?.cursor ?? '', 'base64url').toString()) as unknown[]
  const ahead = Buffer.from(JSON.stringify([version, name, 9e9])).toString('base64url')
  expect((await world.ask(ahead)).changes).toMatchObject({ isReset: true })
})

it('the plan has the pages, and what is selected of the changes that are known', async () => {
  await using world = await open(buildList(120))
  const query = 'query ($since: String) { changes(since: $since) { changed { designs { id } } } }'
  const since = await world.cursor()
  world.aurora.projects = world.aurora.projects.map((each) =>
    each.id === 'p3' ? change(each, { status: 'New' }) : each,
  )
  await world.clock.advance(PAST_STALE_MS)
  await world.ask(since)
  world.aurora.takeCalls()
  expect((await explain(world.gateway, query, { since })).calls).toMatchObject({ min: 1, expected: 1 })
  expect((await explain(world.gateway, query)).calls).toMatchObject({ min: 0, max: 0 })
  expect(world.aurora.takeCalls()).toEqual([])
})

it('what is stale is served, marked, and its changes come when it was read again', async () => {
  await using world = await open(buildList(60))
  const cursor = await world.cursor()
  world.aurora.projects = world.aurora.projects.slice(1)
  await world.clock.advance(PAST_FRESH_MS)
  world.aurora.takeCalls()
  const stale = await world.ask(cursor)
  expect(stale.changes).toMatchObject({ deleted: [], asOf: '2026-03-04T17:25:09.000Z' })
  await expect.poll(async () => (await world.ask(cursor)).changes?.deleted).toEqual(['Project:p59'])
})

it('a list of which a part is missing is no beginning: the cursor stays as it was given', async () => {
  await using world = await open(buildList(120), { rateLimit: 2, rateWindowMs: 60_000, maxWaitMs: 0 })
  const part = await world.ask(null)
  expect(part.errors).toBeUndefined()
  expect(part.changes).toMatchObject({ isReset: true, isComplete: false, cursor: '', created: [] })
  await world.clock.advance(Date.parse(part.changes?.retryAt ?? '') - world.clock.wallMs())
  expect((await world.ask('')).changes).toMatchObject({
    isReset: true,
    isComplete: true,
    cursor: expect.stringMatching(/^[\w-]{20,}$/) as string,
  })
  expect(world.aurora.takeCalls()).toEqual(['GET 1', 'GET 2', 'GET 3'])
})

it('keys with different views have histories of their own, also where a webhook names what one of them cannot see', async () => {
  await using aurora = await openProjectList(buildList(6))
  const clock = createManualClock()
  aurora.isSeen = (token, { tags }) => token === 'all' || (tags as string[]).includes('south')
  await using gateway = await createTestGateway({
    baseUrl: aurora.url,
    clock,
    config: {
      pageSize: 50,
      callerAuth: 'passthrough',
      webhooks: {
        keys: [],
        ofTenants: [{ tenantId: 't1', keys: [SECRET] }],
        keyHeader: 'x-webhook-key',
        settleMs: 5000,
      },
    },
    credentials: { authorization: 'Bearer all', 'x-aurora-tenant-id': 't1' },
  })
  const restricted = await gateway.gateway.authenticate(
    new Headers({ host: 'localhost', authorization: 'Bearer south', 'x-aurora-tenant-id': 't1' }),
  )
  if (!restricted) throw new Error('the gateway refuses this caller')
  const ask = async (since: string | null, isRestricted: boolean): Promise<Changes> => {
    const request = new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `query ($since: String) { changes(since: $since) { ${FIELDS} } }`,
        variables: { since },
      }),
    })
    const response = await gateway.handle(request, isRestricted ? restricted : {})
    return ((await response.json()) as { data: { changes: Changes } }).data.changes
  }
  const all = await ask(null, false)
  const part = await ask(null, true)
  // The cursor of another key is that of another history.
  expect(await ask(all.cursor, true)).toMatchObject({ isReset: true, created: [], changed: [], deleted: [] })
  expect(await ask(part.cursor, false)).toMatchObject({
    isReset: true,
    created: [],
    changed: [],
    deleted: [],
  })

  for (const id of ['p2', 'P3'])
    expect(
      await gateway.gateway.receiveWebhook({
        tenant: 't1',
        event: 'project_changed',
        query: new URLSearchParams({ PROJECT_ID: id }),
        fields: new Headers({ 'x-webhook-key': SECRET }),
        method: 'GET',
      }),
    ).toBe('recorded')
  aurora.projects = aurora.projects.map((each) =>
    each.id === 'p5' ? change(each, { tags: ['north'] }) : each,
  )
  const ofAll = await ask(all.cursor, false)
  expect(ofAll.changed.map(({ auroraId }) => auroraId).toSorted()).toEqual(['p2', 'p3', 'p5'])
  const ofPart = await ask(part.cursor, true)
  expect(ofPart).toMatchObject({ created: [], changed: [{ auroraId: 'p3' }], deleted: ['Project:p5'] })
  // Aurora may have answered with what was before the event: what it named comes once more.
  await clock.advance(6000)
  expect(await ask(ofPart.cursor, true)).toMatchObject({ changed: [{ auroraId: 'p3' }], deleted: [] })
})

it('what a webhook says is deleted at the border of two pages is deleted, once and for all', async () => {
  await using world = await open(buildList(120), {
    webhooks: { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 },
  })
  const cursor = await world.cursor()
  world.aurora.projects = world.aurora.projects.filter(({ id }) => id !== 'p70')
  expect(
    await world.gateway.gateway.receiveWebhook({
      tenant: null,
      event: 'project_deleted',
      query: new URLSearchParams({ PROJECT_ID: 'p70' }),
      fields: new Headers({ 'x-webhook-key': SECRET }),
      method: 'GET',
    }),
  ).toBe('recorded')
  expect((await world.ask(cursor)).changes).toMatchObject({ deleted: ['Project:p70'], isComplete: true })
})
