// The simulator as a client meets it: who is let in, pages, the limit, the record, and its own controls.

import { createHmac } from 'node:crypto'
import { get as httpGet } from 'node:http'
import { describe, expect, it } from 'vitest'
import { SECRET_CANARY } from '../../../src/simulator/connection-data.ts'
import { UPSTREAM_CANARY } from '../../../src/simulator/faults.ts'
import { DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../../src/simulator/simulator.ts'
import { createManualClock } from './manual-clock.ts'
import { openSimulator } from './open-simulator.ts'

describe('who is let in', () => {
  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer sk_sand_other' }],
    ['a token without its scheme', { authorization: DEFAULT_TOKEN }],
  ])('%s is answered 401, and counts for nobody', async (_, headers) => {
    await using opened = await openSimulator()
    const response = await opened.get('/projects', { headers: { ...headers } })
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ errors: [{ message: expect.stringContaining(UPSTREAM_CANARY) }] })
    expect(opened.simulator.calls).toMatchObject([{ status: 401, counted: false, credential: null }])
    expect(opened.simulator.worstWindow()).toBe(0)
  })

  it('a bearer may use paths with the older prefix', async () => {
    await using opened = await openSimulator()
    const response = await opened.get(`/v2/tenants/${DEFAULT_TENANT_ID}/teams`)
    expect(response.status).toBe(200)
    expect(opened.simulator.calls).toMatchObject([{ operationId: 'listTeams' }])
  })

  it.each(['', '/v2'])(
    'a signed query on a path with prefix "%s" is let in, and never recorded',
    async (prefix) => {
      const hmac = { key: 'demo-key-01', secret: 'demo-secret-01' }
      await using opened = await openSimulator({ hmac })
      const path = `${prefix}/tenants/${DEFAULT_TENANT_ID}/projects`
      const timestamp = '2026-03-04%2017:25:09%20UTC'
      const text = `GET\n${path}\nAuroraKey=${hmac.key}\nTimestamp=${timestamp}\nper_page=2\n`
      const signature = createHmac('sha256', hmac.secret).update(text).digest('base64')
      const ask = (perPage: number): Promise<Response> =>
        fetch(
          `${opened.url}${path}?per_page=${perPage}&AuroraKey=${hmac.key}&Timestamp=${timestamp}&Signature=${signature}`,
        )
      expect((await ask(2)).status).toBe(200)
      expect((await ask(3)).status).toBe(401)
      expect(opened.simulator.calls.map(({ query }) => query)).toEqual([{ per_page: '2' }, { per_page: '3' }])
    },
  )
})

describe('what is not there', () => {
  it.each([
    ['GET', '/projects/00000000-0000-4000-8000-000000000000', 404],
    ['GET', '/projects/00000000-0000-4000-8000-000000000000/designs', 404],
    ['GET', '/projects/00000000-0000-4000-8000-000000000000/consumption_profile', 404],
    ['GET', '/designs/x', 404],
    ['GET', '/designs/x/summary', 404],
    ['GET', '/designs/x/pricing', 404],
    ['GET', '/designs/x/financings', 404],
    ['GET', '/designs/x/financings/y', 404],
    ['GET', '/users/x', 404],
    ['GET', '/agreements/x/download_link', 404],
    ['GET', '/plan_set_requests/x/plan_set', 404],
    ['GET', '/designs/x/roof_summary', 404],
    ['GET', '/projects/x/assets', 404],
    ['GET', '/components/modules?page=0', 400],
    ['DELETE', '/teams', 405],
    ['POST', '/designs/x/summary', 405],
    ['GET', '/nothing', 405],
    ['GET', '/projects?page=zero', 400],
    ['GET', '/projects?page=0', 400],
    ['GET', '/users?per_page=1.5', 400],
  ])('%s %s is answered %d', async (method, path, status) => {
    await using opened = await openSimulator()
    const response = await opened.get(path, { method, headers: { authorization: `Bearer ${DEFAULT_TOKEN}` } })
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ errors: [{ message: expect.stringContaining(UPSTREAM_CANARY) }] })
  })

  it('another tenant is answered 404', async () => {
    await using opened = await openSimulator({ tenantId: '00000000-0000-4000-8000-000000000001' })
    const response = await fetch(`${opened.url}/tenants/${DEFAULT_TENANT_ID}/projects`, {
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}` },
    })
    expect(response.status).toBe(404)
  })

  it('a profile that is not filled out is answered with the text that clients look for', async () => {
    await using opened = await openSimulator({ projectCount: 60 })
    const { data } = opened.simulator
    const empty = data.projects.find(({ id }) => !data.profile(id))
    const response = await opened.get(`/projects/${empty?.id}/consumption_profile`)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ errors: [{ message: 'Consumption profile is not filled out' }] })
  })
})

describe('pages', () => {
  it('are 100 long by default, at most 250, and short at the end', async () => {
    await using opened = await openSimulator({ projectCount: 320 })
    const ids = opened.simulator.data.projects.map(({ id }) => id)
    const read = async (query: string): Promise<string[]> =>
      (await opened.getJson(`/projects${query}`)).projects.map(({ id }: { id: string }) => id)
    expect(await read('')).toEqual(ids.slice(0, 100))
    expect(await read('?page=4')).toEqual(ids.slice(300))
    expect(await read('?page=5')).toEqual([])
    expect(await read('?page=2&per_page=250')).toEqual(ids.slice(250))
    expect(await read('?per_page=1000')).toEqual(ids.slice(0, 250))
  })

  it('cut the designs of a project', async () => {
    await using opened = await openSimulator()
    const { data } = opened.simulator
    const project = data.projects.find(({ id }) => data.designsOf(id).length > 1)
    const { designs } = await opened.getJson(`/projects/${project?.id}/designs?page=2&per_page=1`)
    expect(designs).toEqual([data.designsOf(project?.id ?? '')[1]?.design])
  })

  it.each([
    ['/components/modules', 'modules', 262],
    ['/components/inverters', 'inverters', 130],
    ['/components/dc_optimizers', 'dc_optimizers', 12],
    ['/shared_projects', 'shared_projects', 130],
  ])('cut %s, which several are needed for', async (path, wrapper, total) => {
    await using opened = await openSimulator({ projectCount: 1 })
    const pages = await Promise.all(
      [1, 2, 3, 4].map(async (page) => (await opened.getJson(`${path}?page=${page}`))[wrapper]),
    )
    expect(pages.map(({ length }) => length)).toEqual(
      [0, 1, 2, 3].map((before) => Math.min(100, Math.max(0, total - before * 100))),
    )
    expect(new Set(pages.flat().map(({ id }: { id: string }) => id)).size).toBe(total)
  })

  it('show only the users of the partner in the query', async () => {
    await using opened = await openSimulator()
    const { partners, users } = opened.simulator.data
    for (const { id } of partners) {
      const expected = users.filter(({ partner_ids }) => partner_ids.includes(id)).map((user) => user.id)
      const answer = await opened.getJson(`/users?partner_id=${id}`)
      expect(answer.users.map((user: { id: string }) => user.id)).toEqual(expected)
    }
  })
})

describe('the limit', () => {
  it('refuses the call over it with 429 and the time to come back', async () => {
    const clock = createManualClock()
    await using opened = await openSimulator({ limit: 3, clock })
    const statuses = []
    for (const waitMs of [0, 10_000, 5_500, 1_000]) {
      clock.advance(waitMs)
      statuses.push(await opened.get('/teams'))
    }
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    // The first place is free 60 s after the first call, and 16.5 of them are gone.
    expect(statuses[3]?.headers.get('retry-after')).toBe('44')
    clock.advance(43_500)
    expect((await opened.get('/teams')).status).toBe(200)
    expect(opened.simulator.worstWindow()).toBe(3)
    expect(opened.simulator.refusals).toBe(1)
  })

  it('is one for each token', async () => {
    await using opened = await openSimulator({ limit: 1, token: ['one', 'two'] })
    const ask = (token: string): Promise<Response> =>
      opened.get('/teams', { headers: { authorization: `Bearer ${token}` } })
    const answers = [await ask('one'), await ask('two'), await ask('one')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(opened.simulator.calls.map(({ credential }) => credential)).toEqual([1, 2, 1])
  })

  it('counts every call, whatever becomes of it', async () => {
    await using opened = await openSimulator({ limit: 3 })
    opened.simulator.faults.set('/teams', { status: 500 })
    const answers = [await opened.get('/teams'), await opened.get('/designs/x'), await opened.get('/nothing')]
    expect(answers.map(({ status }) => status)).toEqual([500, 404, 405])
    expect((await opened.get('/teams')).status).toBe(429)
  })
})

describe('the wire', () => {
  it('is gzip for a client that accepts it, when the body is long', async () => {
    await using opened = await openSimulator()
    const encodingOf = (path: string, accept: string): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        const url = `${opened.url}/tenants/${DEFAULT_TENANT_ID}${path}`
        const headers = { authorization: `Bearer ${DEFAULT_TOKEN}`, 'accept-encoding': accept }
        httpGet(url, { headers }, (response) => {
          response.resume().once('end', () => resolve(response.headers['content-encoding']))
        }).once('error', reject)
      })
    expect(await encodingOf('/projects', 'br, gzip')).toBe('gzip')
    expect(await encodingOf('/projects', 'identity')).toBeUndefined()
    expect(await encodingOf('/roles', 'gzip')).toBeUndefined()
  })

  it('carries a hundred calls at once', async () => {
    const clock = createManualClock()
    await using opened = await openSimulator({ limit: 1000, latencyMs: 50, clock })
    const answers = Array.from({ length: 100 }, () => opened.get('/projects'))
    await expect.poll(() => opened.simulator.calls.length, { interval: 2 }).toBe(100)
    await opened.get('/_simulator/calls')
    expect(new Set(opened.simulator.calls.map(({ status }) => status))).toEqual(new Set([null]))
    clock.advance(50)
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe('secrets', () => {
  it('contain a mark that must never leave a gateway', async () => {
    await using opened = await openSimulator({ projectCount: 1 })
    const { sso_provider } = await opened.getJson('/sso_provider')
    expect(sso_provider.openid_secret).toBe(SECRET_CANARY)
    const { webhooks } = await opened.getJson('/webhooks')
    for (const { header_auth_key, header_auth_value } of webhooks) {
      expect(header_auth_value).toBe(header_auth_key === null ? null : SECRET_CANARY)
    }
  })
})

describe('what only a call can find out', () => {
  it('an unsigned document has no link, and a signed one has', async () => {
    await using opened = await openSimulator({ projectCount: 60 })
    const { data } = opened.simulator
    const agreements = data.projectIds.flatMap((id) => data.agreementsOf(id))
    for (const isSigned of [true, false]) {
      const agreement = agreements.find(({ status }) => (status === 'signed') === isSigned)
      const response = await opened.get(`/agreements/${agreement?.id}/download_link`)
      expect(response.status).toBe(isSigned ? 200 : 422)
    }
  })

  it('a design that was never proposed has no proposal, and a link on the web that is null', async () => {
    await using opened = await openSimulator({ projectCount: 60 })
    const { data } = opened.simulator
    const designId = data.designIds.find((id) => !data.proposal(id))
    expect((await opened.get(`/designs/${designId}/proposals/default`)).status).toBe(404)
    const { web_proposal } = await opened.getJson(`/designs/${designId}/web_proposal`)
    expect(web_proposal).toEqual({ url: null, url_expired: false })
  })
})

describe('a key that may not do everything', () => {
  const ask = async (opened: Awaited<ReturnType<typeof openSimulator>>, path: string) => {
    const response = await opened.get(path)
    return [response.status, await response.text()] as const
  }

  it('is answered 403 for what was forbidden at the start, whether or not the object exists', async () => {
    await using opened = await openSimulator({ forbidden: ['retrieveAgreement', 'listTeams'] })
    for (const path of ['/teams', '/agreements/x']) {
      const [status, text] = await ask(opened, path)
      expect(status).toBe(403)
      expect(JSON.parse(text)).toEqual({ errors: [{ message: expect.stringContaining('not provisioned') }] })
      expect(text).toContain(UPSTREAM_CANARY)
    }
    expect((await opened.get('/roles')).status).toBe(200)
    expect(opened.simulator.calls.map(({ counted }) => counted)).toEqual([true, true, true])
  })

  it('may be given other rights at any time', async () => {
    await using opened = await openSimulator({ forbidden: ['listTeams'] })
    opened.simulator.setForbidden(['listRoles'])
    expect([(await ask(opened, '/teams'))[0], (await ask(opened, '/roles'))[0]]).toEqual([200, 403])
    opened.simulator.setForbidden([])
    expect((await ask(opened, '/roles'))[0]).toBe(200)
  })

  it('may not be forbidden what there is not', async () => {
    await using opened = await openSimulator()
    expect(() => opened.simulator.setForbidden(['listTeems'])).toThrow('no such operation: listTeems')
  })
})

describe('the record', () => {
  it('contains every call and its result', async () => {
    const clock = createManualClock()
    await using opened = await openSimulator({ clock })
    clock.advance(250)
    await opened.get('/projects?per_page=2')
    expect(opened.simulator.calls).toEqual([
      {
        method: 'GET',
        path: `/tenants/${DEFAULT_TENANT_ID}/projects`,
        query: { per_page: '2' },
        operationId: 'listProjects',
        credential: 1,
        at: 251,
        counted: true,
        status: 200,
        aborted: false,
      },
    ])
    opened.simulator.clearCalls()
    expect(opened.simulator.calls).toEqual([])
  })
})

describe('the controls over HTTP', () => {
  const send = (url: string, method: string, body?: unknown): Promise<Response> =>
    fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

  it('set and clear faults without a key, and are not counted', async () => {
    await using opened = await openSimulator()
    const faults = `${opened.url}/_simulator/faults`
    const set = await send(faults, 'PUT', [{ path: '/teams', fault: { status: 503 }, times: 1 }])
    expect(set.status).toBe(200)
    expect([(await opened.get('/teams')).status, (await opened.get('/teams')).status]).toEqual([503, 200])
    await send(faults, 'PUT', [{ path: '/teams', fault: 'empty' }])
    await send(faults, 'DELETE')
    expect(await opened.getJson('/teams')).toHaveProperty('teams')
    expect(opened.simulator.calls).toHaveLength(3)
  })

  it('return the calls and the worst windows, and clear them', async () => {
    // With a clock that stands still, no fixed window ends between the calls.
    await using opened = await openSimulator({ limit: 2, clock: createManualClock() })
    for (let count = 0; count < 3; count++) await opened.get('/teams')
    const told = await opened.getJson('/_simulator/calls')
    expect(told).toMatchObject({ worst_window: 2, worst_fixed_window: 2, refusals: 1 })
    expect(told.calls).toEqual(opened.simulator.calls)
    await send(`${opened.url}/_simulator/calls`, 'DELETE')
    expect(opened.simulator.calls).toEqual([])
  })

  it('forbid operations, and allow them again', async () => {
    await using opened = await openSimulator()
    const forbidden = `${opened.url}/_simulator/forbidden`
    expect((await send(forbidden, 'PUT', ['listTeams'])).status).toBe(200)
    expect((await opened.get('/teams')).status).toBe(403)
    await send(forbidden, 'PUT', [])
    expect((await opened.get('/teams')).status).toBe(200)
  })

  it('change the shape', async () => {
    await using opened = await openSimulator()
    await send(`${opened.url}/_simulator/shape`, 'PUT', { listedProjects: 'thin' })
    expect((await opened.getJson('/projects?per_page=1')).projects[0]).not.toHaveProperty('status')
  })

  it.each([
    ['faults', { path: '/teams' }],
    ['faults', [{ path: '/teams', fault: 'explode' }]],
    ['faults', [{ path: 1, fault: 'reset' }]],
    ['faults', [{ path: '/teams', fault: { status: '503' } }]],
    ['faults', [{ path: '/teams', fault: { latency: 1, next: 'explode' } }]],
    ['shape', { shuffle: 1 }],
    ['forbidden', ['listTeems']],
    ['forbidden', { listTeams: true }],
  ])('refuse what they do not understand: %s %j', async (name, body) => {
    await using opened = await openSimulator()
    expect((await send(`${opened.url}/_simulator/${name}`, 'PUT', body)).status).toBe(400)
    expect((await opened.get('/teams')).status).toBe(200)
  })

  it('are 404 where there is none', async () => {
    await using opened = await openSimulator()
    expect((await send(`${opened.url}/_simulator/nothing`, 'GET')).status).toBe(404)
  })
})
