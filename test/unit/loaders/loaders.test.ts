import { setMaxListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { withCache } from '../../../src/cache/with-cache.ts'
import { withStore } from '../../../src/cache/with-store.ts'
import { withSingleFlight } from '../../../src/cache/with-single-flight.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { createLoaders } from '../../../src/loaders/loaders.ts'
import type { Loaders } from '../../../src/loaders/loaders.ts'
import { createOnce } from '../../../src/loaders/once.ts'
import { createPageShares } from '../../../src/loaders/page-shares.ts'
import { createTally } from '../../../src/telemetry/tally.ts'
import type { Members } from '../../../src/aurora/body.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import type { Scope } from '../../../src/rest/scope.ts'
import {
  buildRefusal,
  buildReply,
  buildScope,
  buildTerms,
  carry,
  createEventLog,
} from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

/** So small that rows may always be hidden: every list ends with an empty page. */
const PAGE_SIZE = 3
type Answers = Readonly<Record<string, Members | readonly Members[] | number>>

/** Answers by operation and ids; every call is written down as `operation ids?parameters`. */
function open(answers: Answers, cacheBytes = 1024 * 1024) {
  const clock = createManualClock()
  const calls: string[] = []
  const cache = createCache({ maxBytes: cacheBytes, clock })
  const current: Record<string, Answers[string]> = { ...answers }
  const asUsual = { clock, emit: createEventLog().emit }
  const send = async (call: Call): Promise<Reply> => {
    const { endpoint, path, query } = call
    const name = [endpoint.operation, ...Object.values(path)].join(' ')
    const { page } = query
    calls.push(page === undefined ? name : `${name} page ${page}`)
    const answeredAtMs = clock.monotonicMs()
    const answer = current[name] ?? 404
    if (typeof answer === 'number') return carry(call, buildRefusal(answer, { answeredAtMs }))
    const start = page === undefined ? 0 : (Number(page) - 1) * PAGE_SIZE
    const value = isList(answer) && page !== undefined ? answer.slice(start, start + PAGE_SIZE) : answer
    return buildReply(value, { answeredAtMs })
  }
  const shared = withSingleFlight({ ...asUsual, cache, flightTimeoutMs: 1000 })(withStore(cache)(send))
  const upstream = withCache({ ...asUsual, cache, refreshTimeoutMs: 1000 })(shared)
  const pageShares = createPageShares()
  const listEnds = createListEnds({ clock })
  const request = (scope: Scope = buildScope()) => {
    const tally = createTally()
    const { signal } = new AbortController()
    // As the gateway does: every call of a request listens to it.
    setMaxListeners(0, signal)
    const terms = buildTerms({ scope, signal, tally })
    return { ...createLoaders({ terms, upstream, cache, pageSize: PAGE_SIZE, pageShares, listEnds }), tally }
  }
  return { request, calls, clock, answers: current }
}

const isList = (answer: Answers[string]): answer is readonly Members[] => Array.isArray(answer)
const failed = (code: ErrorCode) => expect.objectContaining({ name: 'GatewayError', code }) as Error
const project = (number: number, parts: Members = {}): Members => ({
  id: `p-${number}`,
  created_at: `2026-03-04 17:25:${String(number).padStart(2, '0')} UTC`,
  ...parts,
})

describe('a list of projects', () => {
  const projects = [5, 4, 3, 2, 1].map((number) => project(number, { name: `n${number}` }))

  it('of any size is cut from aligned pages, and the next slice from pages that were read', async () => {
    const { request, calls } = open({ listProjects: projects })

    const first = await request().read('listProjects')({ first: 1, after: null })
    const both = await request().read('listProjects')({ first: 2, after: null })
    const next = await request().read('listProjects')({ first: 1, after: both.edges[0]?.cursor ?? null })

    expect([first, both, next].map(({ edges }) => edges.map(({ node }) => node.key))).toEqual([
      ['p-5'],
      ['p-5', 'p-4'],
      ['p-4'],
    ])
    expect([first.hasPrevious, next.hasPrevious]).toEqual([false, true])
    expect(calls).toEqual(['listProjects page 1'])
  })

  it('serves the look-ups of its projects, in the same request and later', async () => {
    const { request, calls } = open({ listProjects: projects })
    const loaders = request()
    await loaders.read('listProjects')({ first: 3, after: null })

    expect((await loaders.object('project').load('p-4', ['name'])).get('name')).toBe('n4')
    const later = request()
    expect((await later.object('project').load('p-5', ['name'])).get('name')).toBe('n5')
    expect(later.tally.saved.cache).toBe(1)
    expect(calls).toEqual(['listProjects page 1'])
  })

  it('gives cursors that are valid for this tenant and credential only', async () => {
    const { request, calls } = open({ listProjects: projects })
    const { edges } = await request().read('listProjects')({ first: 1, after: null })
    const after = edges[0]?.cursor ?? null

    await expect(request(buildScope('other')).read('listProjects')({ first: 1, after })).rejects.toThrow(
      failed('BAD_USER_INPUT'),
    )
    await expect(request().read('listProjects')({ first: 1, after: 'garbage' })).rejects.toThrow(
      failed('BAD_USER_INPUT'),
    )
    expect(calls).toHaveLength(1)
  })

  it('loses nothing where a page was read again after the list grew, and the next one is still cached', async () => {
    const { request, clock, answers } = open({ listProjects: projects })
    await request().read('listProjects')({ first: 3, after: null })
    await clock.advance(4 * 60_000)
    await request().read('listProjects')({ first: 5, after: null })
    // Then the first page is read again; the second is four minutes younger and is served once more.
    answers['listProjects'] = [project(6), ...projects]
    await clock.advance(12 * 60_000)

    const { edges } = await request().read('listProjects')({ first: 6, after: null })

    expect(edges.map(({ node }) => node.key)).toEqual(['p-6', 'p-5', 'p-4', 'p-3', 'p-2', 'p-1'])
  })
})

describe('one request', () => {
  it('reads the same object once, however many fields need it', async () => {
    const { request, calls } = open({ 'retrieveProject p-1': project(1, { name: 'n' }) })
    const projects = request().object('project')

    await Promise.all(Array.from({ length: 20 }, async () => projects.load('p-1', ['name'])))
    await projects.load('p-1', ['name'])

    expect(calls).toEqual(['retrieveProject p-1'])
  })

  it('reads the same object once even if nothing can be cached', async () => {
    const { request, calls } = open(
      {
        'retrieveProject p-1': project(1),
        'listDesigns p-1': [{ id: 'd-1' }],
        'retrieveDesignSummary d-1': { design_id: 'd-1' },
        retrieveTenant: { id: 't' },
        listTeams: [{ id: 't-1' }],
      },
      0,
    )
    const loaders = request()
    for (let index = 0; index < 2; index += 1) {
      await loaders.object('project').load('p-1', [])
      await loaders.read('listDesigns')('p-1')
      await loaders.read('retrieveDesignSummary')('d-1')
      await loaders.read('retrieveTenant')()
      await loaders.read('listTeams')()
    }

    expect(calls.toSorted()).toEqual([
      'listDesigns p-1 page 1',
      'listDesigns p-1 page 2',
      'listTeams page 1',
      'listTeams page 2',
      'retrieveDesignSummary d-1',
      'retrieveProject p-1',
      'retrieveTenant',
    ])
  })

  it('reads a list that fails once, and reports its failure wherever it is needed', async () => {
    const { request, calls } = open({ 'listDesigns p-1': 500 })
    const designsOf = request().read('listDesigns')

    await expect(designsOf('p-1')).rejects.toThrow(failed('UPSTREAM_ERROR'))
    await expect(designsOf('p-1')).rejects.toThrow(failed('UPSTREAM_ERROR'))

    expect(calls).toHaveLength(1)
  })

  it('with one failing id out of fifty fails for that id only', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `p-${index}`)
    const answers = Object.fromEntries(
      ids.map((id, index) => [`retrieveProject ${id}`, { id, name: `n${index}` }]),
    )
    const { request } = open({ ...answers, 'retrieveProject p-7': 500 })
    const projects = request().object('project')

    const outcomes = await Promise.allSettled(ids.map(async (id) => projects.load(id, ['name'])))

    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(outcomes[7]).toMatchObject({ status: 'rejected', reason: { code: 'UPSTREAM_ERROR' } })
  })
})

describe('many projects by id', () => {
  const projects = [6, 5, 4, 3, 2, 1].map((number) => project(number, { name: `n${number}` }))
  const loadAll = (loaders: Pick<Loaders, 'object'>, ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await loaders.object('project').load(id, ['name'])).get('name')))

  it('are found on a page, which shows them to later fields too, and the few others are read one by one', async () => {
    const { request, calls } = open({
      listProjects: projects,
      'retrieveProject p-2': project(2, { name: 'n2' }),
    })
    expect(await loadAll(request(), ['p-6', 'p-5', 'p-2', 'p-4'])).toEqual(['n6', 'n5', 'n2', 'n4'])
    expect(calls).toEqual(['listProjects page 1', 'retrieveProject p-2'])
    const later = request()
    expect(await loadAll(later, ['p-6', 'p-4'])).toEqual(['n6', 'n4'])
    expect(later.tally.saved.cache).toBe(2)
    expect(calls).toHaveLength(2)
  })

  it('are found on a stale page that is still served, which is then revalidated once for all', async () => {
    const { request, calls, clock } = open({ listProjects: projects })
    await request().read('listProjects')({ first: 3, after: null })
    await clock.advance(6 * 60_000)
    const loaders = request()
    expect(await loadAll(loaders, ['p-6', 'p-5'])).toEqual(['n6', 'n5'])
    expect(loaders.tally.saved).toMatchObject({ stale: 1 })
    await clock.advance(0)
    expect(calls).toEqual(['listProjects page 1', 'listProjects page 1'])
  })

  it('that are cached one by one are not looked for on a page', async () => {
    const ids = ['p-9', 'p-8', 'p-7', 'p-6']
    const { request, calls } = open(
      Object.fromEntries(ids.map((id) => [`retrieveProject ${id}`, { id, name: 'n' }])),
    )
    for (const id of ids) await loadAll(request(), [id])
    await loadAll(request(), ids)
    expect(calls).toEqual(ids.map((id) => `retrieveProject ${id}`))
  })
})

describe('users', () => {
  const users = [1, 2, 3, 4].map((number) => ({ id: `u-${number}`, email: `${number}@x`, first_name: null }))

  it('by id are found in the whole list, which has several pages', async () => {
    const { request, calls } = open({ listUsers: users })
    const user = request().object('user')

    const loaded = await Promise.all(users.map(async ({ id }) => user.load(id, ['email', 'first_name'])))

    expect(loaded.map((object) => object.get('email'))).toEqual(['1@x', '2@x', '3@x', '4@x'])
    expect(calls).toEqual(['listUsers page 1', 'listUsers page 2', 'listUsers page 3'])
  })

  it('with members that no list carries are read one by one', async () => {
    const { request, calls } = open({ listUsers: users, 'retrieveUser u-1': { id: 'u-1', phone: 'P' } })

    expect((await request().object('user').load('u-1', ['phone'])).get('phone')).toBe('P')
    expect(calls).toEqual(['retrieveUser u-1'])
  })

  it('are read one by one where the key may not list', async () => {
    const { request, calls } = open({ listUsers: 403, 'retrieveUser u-1': { id: 'u-1', email: 'E' } })

    expect((await request().object('user').load('u-1', ['email'])).get('email')).toBe('E')
    expect(calls).toEqual(['listUsers page 1', 'retrieveUser u-1'])
  })
})

describe('teams and partners', () => {
  it('by id are found in one list each', async () => {
    const { request, calls } = open({
      listTeams: [{ id: 't-1', name: 'T' }],
      listPartners: [{ id: 'r-1', name: 'R' }],
    })
    const { object } = request()
    const [team, partner] = [object('team'), object('partner')]

    expect((await team.load('t-1', ['name'])).get('name')).toBe('T')
    expect((await partner.load('r-1', ['name'])).get('name')).toBe('R')
    await expect(team.load('t-2', ['name'])).rejects.toThrow(failed('NOT_FOUND'))
    // Where the first page has what is looked for, it does not matter whether another one follows.
    expect(calls).toEqual(['listTeams page 1', 'listPartners page 1', 'listTeams page 2'])
  })

  it('are found by an id in other capitals, and by exactly theirs first', async () => {
    const { request } = open({
      listTeams: [
        { id: 'T-1', name: 'upper' },
        { id: 't-2', name: 'lower' },
        { id: 'T-2', name: 'other' },
      ],
    })
    const team = request().object('team')
    const nameOf = async (id: string) => (await team.load(id, ['name'])).get('name')

    expect(await Promise.all(['t-1', 'T-1', 't-2', 'T-2'].map(nameOf))).toEqual([
      'upper',
      'upper',
      'lower',
      'other',
    ])
  })

  it('that could not be read are found by no id', async () => {
    const { request } = open({ listTeams: [{}, { id: 't-1', name: 'T' }] })
    const team = request().object('team')

    await expect(team.load('undefined', ['name'])).rejects.toThrow(failed('UPSTREAM_INVALID'))
    expect((await team.load('t-1', ['name'])).get('name')).toBe('T')
  })

  it('of a plan without them are forbidden, not missing', async () => {
    const { request } = open({ listTeams: 403 })

    await expect(request().object('team').load('t-1', ['name'])).rejects.toThrow(failed('FORBIDDEN'))
  })
})

describe('designs', () => {
  it('of a project have their project, and their sizes where the list carries them', async () => {
    const { request, calls } = open({
      'listDesigns p-1': [{ id: 'd-1', system_size_stc: 5000, milestone: null }],
    })

    const [design] = await request().read('listDesigns')('p-1')

    expect(['project_id', 'system_size_stc', 'milestone'].map((member) => design?.get(member))).toEqual([
      'p-1',
      5000,
      null,
    ])
    expect(calls).toEqual(['listDesigns p-1 page 1', 'listDesigns p-1 page 2'])
  })

  it('have sizes that no list has shown taken from their summary alone', async () => {
    const { request, calls } = open({
      'retrieveDesign d-1': { id: 'd-1' },
      'retrieveDesignSummary d-1': { design_id: 'd-1', system_size_stc: 5000 },
    })

    expect(await request().object('design').refer('d-1').get('system_size_stc')).toBe(5000)
    expect(calls).toEqual(['retrieveDesignSummary d-1'])
  })
})

describe('the only object of each parent', () => {
  it('is null where the parent has none, and a failure otherwise', async () => {
    const { request } = open({ 'retrieveDesignPricing d-2': 403 })
    const { read } = request()
    const pricingOf = read('retrieveDesignPricing')

    expect(await read('retrieveConsumptionProfile')('p-1')).toBeNull()
    expect(await pricingOf('d-1')).toBeNull()
    await expect(pricingOf('d-2')).rejects.toThrow(failed('FORBIDDEN'))
    await expect(read('retrieveDesignSummary')('d-1')).rejects.toThrow(failed('NOT_FOUND'))
  })

  it('has the parent’s id as its key, and makes no further call for a member that is absent', async () => {
    const { request, calls } = open({ 'retrieveConsumptionProfile p-1': { monthly_energy: [] } })

    const profile = await request().read('retrieveConsumptionProfile')('p-1')

    expect(profile).toMatchObject({ kind: 'consumptionProfile', key: 'p-1' })
    expect(profile?.get('hourly')).toBeUndefined()
    expect(calls).toHaveLength(1)
  })
})

describe('financings', () => {
  it('are listed under their design and read by both ids', async () => {
    const { request, calls } = open({
      'listFinancings d-1': [{ id: 'f-1', selected_in_sales_mode: true }],
      'retrieveFinancing d-1 f-1': { id: 'f-1', name: 'Loan' },
    })
    const [financing] = await request().read('listFinancings')('d-1')

    expect([financing?.key, financing?.get('design_id'), financing?.get('selected_in_sales_mode')]).toEqual([
      'd-1/f-1',
      'd-1',
      true,
    ])
    expect(await financing?.get('name')).toBe('Loan')
    expect(calls).toEqual(['listFinancings d-1', 'retrieveFinancing d-1 f-1'])
  })

  it.each(['f-1', 'd-1/', '/f-1', '../f-1', 'd-1/f-1/x', ''])(
    'are not looked for by %j, which is no key of theirs',
    async (key) => {
      const { request, calls } = open({ 'retrieveFinancing d-1 f-1': { id: 'f-1' } })

      await expect(request().object('financing').find(key, [])).rejects.toThrow(failed('BAD_USER_INPUT'))
      // Not given by a client, so it must have come from Aurora.
      await expect(request().object('financing').load(key, [])).rejects.toThrow(failed('UPSTREAM_INVALID'))
      expect(calls).toEqual([])
    },
  )
})

it('the tenant is the one of the credential, whatever Aurora answers, and is read once', async () => {
  const { request, calls } = open({ retrieveTenant: { name: 'Sunny' } })
  const tenant = request().read('retrieveTenant')

  const [one] = await Promise.all([tenant(), tenant()])

  expect([one.key, one.get('name')]).toEqual([buildScope().tenantId, 'Sunny'])
  expect(calls).toEqual(['retrieveTenant'])
})

it('two tenants share nothing, in whatever order their requests come', async () => {
  const { request, calls } = open({ 'retrieveProject p-1': project(1), listProjects: [project(1)] })
  const scopes = [buildScope('a', 'tenant-1'), buildScope('a', 'tenant-2'), buildScope('b', 'tenant-1')]

  for (const scope of scopes) await request(scope).read('listProjects')({ first: 1, after: null })
  for (const scope of scopes) await request(scope).object('project').load('p-1', ['name'])

  expect(calls).toEqual([
    ...scopes.map(() => 'listProjects page 1'),
    ...scopes.map(() => 'retrieveProject p-1'),
  ])
})

it('a read is made once, also if it fails, and separately for each name', async () => {
  const once = createOnce()
  let reads = 0
  const read = async (): Promise<number> => {
    reads += 1
    if (reads === 1) throw new Error('first')
    return reads
  }

  await expect(once('a', read)).rejects.toThrow('first')
  await expect(once('a', read)).rejects.toThrow('first')
  expect(await once('b', read)).toBe(2)
  expect(await once('b', read)).toBe(2)
})
