// What Aurora may answer for a page behind the last one, and where there is nothing at all.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'
import { listenLocally } from '../support/local-server.ts'

type Answer = (response: ServerResponse) => void

const json =
  (status: number, body: object): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const empty =
  (status: number): Answer =>
  (response) =>
    void response.writeHead(status).end()

/** Aurora answers the first pages of every list with `lengths` users, and `beside` them on the last page, a write with a user, the project with its id, and any other call with `other`. */
async function openAurora(
  lengths: readonly number[],
  other: Answer,
  { beside, ...config }: Partial<Config> & { beside?: object } = {},
) {
  const calls: string[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const page = searchParams.get('page')
    calls.push(`${pathname.split('/').at(-1)} ${page}`)
    if (request.method !== 'GET') return json(200, { user: { id: 'u-1-0', first_name: 'Grace' } })(response)
    if (pathname.endsWith('/projects/p1')) return json(200, { project: { id: 'p1' } })(response)
    const length = lengths[Number(page) - 1]
    if (length === undefined) return other(response)
    const users = Array.from({ length }, (_, index) => ({ id: `u-${page}-${index}`, first_name: 'Ada' }))
    json(200, { users, ...(Number(page) === lengths.length && beside) })(response)
  })
  const local = await listenLocally(server)
  const clock = createManualClock()
  const openGateway = () => createTestGateway({ baseUrl: local.url, config, clock })
  let gateway = await openGateway()
  return {
    ask: <Data>(query: string) => gateway.ask<Data>(query),
    calls,
    advance: clock.advance,
    async restart() {
      await gateway[Symbol.asyncDispose]()
      gateway = await openGateway()
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await local[Symbol.asyncDispose]()
    },
  }
}

const REFUSAL = { errors: [{ message: 'page is out of range' }] }

const NOTHING: readonly (readonly [string, Answer])[] = [
  ['404', json(404, REFUSAL)],
  ['416', json(416, REFUSAL)],
  ['204', empty(204)],
  ['200 without a body', empty(200)],
  ['null for the list', json(200, { users: null })],
  ['an empty list under another name', json(200, { items: [], message: null })],
]
const WRONG_NUMBER: readonly (readonly [string, Answer])[] = [
  ['400', json(400, REFUSAL)],
  ['422', json(422, REFUSAL)],
]

describe('a page behind the last one', () => {
  it.each([...NOTHING, ...WRONG_NUMBER])('of a list that may be cut ends it with %s', async (_, answer) => {
    await using aurora = await openAurora([25], answer)

    const { data, errors } = await aurora.ask<{ users: unknown[] }>('{ users { firstName } }')

    expect(errors).toBe(undefined)
    expect(data?.users).toHaveLength(25)
    expect(aurora.calls).toEqual(['users 1', 'users 2'])
  })

  it.each(NOTHING)('of a list of full pages ends it with %s', async (_, answer) => {
    await using aurora = await openAurora([250], answer)

    const { data, errors } = await aurora.ask<{ users: unknown[] }>('{ users { firstName } }')

    expect(errors).toBe(undefined)
    expect(data?.users).toHaveLength(250)
    expect(aurora.calls).toEqual(['users 1', 'users 2'])
  })

  it.each([
    ['403', json(403, REFUSAL)],
    ['null beside errors', json(200, { users: null, ...REFUSAL })],
    ['null beside an error', json(200, { users: null, error: 'temporarily unavailable' })],
    ['an empty list beside errors', json(200, { users: [], ...REFUSAL })],
    ['a text for people', json(200, { message: 'temporarily unavailable', details: [] })],
  ] as const)('may exist, where a full page is followed by %s', async (_, answer) => {
    await using aurora = await openAurora([250], answer)

    const { data, errors } = await aurora.ask('{ users { firstName } }')

    expect(data).toEqual({ users: null })
    expect(errors).toHaveLength(1)
  })

  it.each(WRONG_NUMBER)('of a list that is cut ends it behind a shorter page with %s', async (_, answer) => {
    await using aurora = await openAurora([20, 20, 12], answer)

    const { data, errors } = await aurora.ask<{ users: unknown[] }>('{ users { firstName } }')

    expect(errors).toBe(undefined)
    expect(data?.users).toHaveLength(52)
  })
})

it('422 ends no list where the credential is at fault, though the first page is known from before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'behind-the-end-'))
  const config = { cacheFile: join(folder, 'cache') }
  let other = json(403, REFUSAL)
  try {
    await using aurora = await openAurora([25], (response) => other(response), config)
    await aurora.ask('{ users { firstName } }')
    await aurora.restart()
    other = json(422, { errors: [{ message: 'wrong signature' }] })

    const { data, errors } = await aurora.ask('{ users { firstName } }')

    expect(aurora.calls).toEqual(['users 1', 'users 2', 'users 2'])
    expect(data).toEqual({ users: null })
    expect(errors?.map(({ extensions }) => extensions)).toMatchObject([{ reason: 'AUTHENTICATION' }])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('an end that Aurora shows by a refusal', () => {
  const MINUTE = 60_000
  const USERS = '{ users { id } }'

  it.each([['416', json(416, REFUSAL)], ...WRONG_NUMBER] as const)(
    'is remembered as long as the list, where it is %s',
    async (_, answer) => {
      await using aurora = await openAurora([25], answer)
      await aurora.ask(USERS)
      await aurora.advance(59 * MINUTE)

      const { data, extensions } = await aurora.ask<{ users: unknown[] }>(USERS)

      expect(data?.users).toHaveLength(25)
      expect(extensions.upstream).toMatchObject({ calls: 0, saved: { cache: 2, stale: 0 } })
      expect(aurora.calls).toEqual(['users 1', 'users 2'])
    },
  )

  it('is remembered as long as the list, where it is 404 and the page before it is short', async () => {
    await using aurora = await openAurora([250, 30], json(404, REFUSAL))
    await aurora.ask(USERS)
    await aurora.advance(59 * MINUTE)

    const { data, extensions } = await aurora.ask<{ users: unknown[] }>(USERS)

    expect(data?.users).toHaveLength(280)
    expect(extensions.upstream).toMatchObject({ calls: 0, saved: { cache: 3, stale: 0 } })
  })

  it('is marked like the list where both are old and Aurora fails', async () => {
    let isDown = false
    const refuse: Answer = (response) => json(isDown ? 500 : 416, REFUSAL)(response)
    const lengths = [25]
    await using aurora = await openAurora(lengths, refuse)
    await aurora.ask(USERS)
    await aurora.advance(300 * MINUTE)
    isDown = true
    lengths.length = 0

    const { data, errors, extensions } = await aurora.ask<{ users: unknown[] }>(USERS)

    expect(errors).toBe(undefined)
    expect(data?.users).toHaveLength(25)
    expect(extensions.upstream.saved.stale).toBe(2)
  })

  it('is forgotten where the page before it has changed', async () => {
    const lengths = [25]
    await using aurora = await openAurora(lengths, json(416, REFUSAL))
    await aurora.ask('{ user(id: "u-1-0") { firstName } }')
    await aurora.advance(30 * MINUTE)
    await aurora.ask(USERS)
    await aurora.advance(31 * MINUTE)
    lengths.splice(0, 1, 30, 3)
    // The first page alone is stale: it is served once more, and read again behind the answer.
    await aurora.ask(USERS)
    await waitUntil(() => aurora.calls.length === 3)
    await waitUntil(async () => (await aurora.ask<{ users: unknown[] }>(USERS)).data?.users.length !== 25)

    const { data } = await aurora.ask<{ users: unknown[] }>(USERS)

    expect(data?.users).toHaveLength(33)
    expect(aurora.calls).toEqual(['users 1', 'users 2', 'users 1', 'users 2', 'users 3'])
  })

  it('is forgotten with the list after a write', async () => {
    await using aurora = await openAurora([25], json(416, REFUSAL))
    await aurora.ask(USERS)
    await aurora.ask(
      'mutation { updateUser(id: "u-1-0", input: { firstName: "Grace" }) { user { id } errors { code } } }',
    )

    await aurora.ask(USERS)

    expect(aurora.calls).toEqual(['users 1', 'users 2', 'u-1-0 null', 'users 1', 'users 2'])
  })

  it.each([20, 25, 99, 100, 230, 250])(
    'is asked for again soon, where it is 404 behind a first page of %i',
    async (length) => {
      const lengths = [length]
      await using aurora = await openAurora(lengths, json(404, REFUSAL))
      await aurora.ask(USERS)
      await aurora.advance(11_000)
      lengths.push(7)

      const { data } = await aurora.ask<{ users: unknown[] }>(USERS)

      expect(data?.users).toHaveLength(length + 7)
      expect(aurora.calls.slice(0, 3)).toEqual(['users 1', 'users 2', 'users 2'])
    },
  )

  it.each([25, 250])(
    'is remembered as long as the list, where 404 has come again a minute later behind a page of %i',
    async (length) => {
      await using aurora = await openAurora([length], json(404, REFUSAL))
      await aurora.ask(USERS)
      await aurora.advance(MINUTE)
      await aurora.ask(USERS)
      await aurora.advance(58 * MINUTE)

      const { data, extensions } = await aurora.ask<{ users: unknown[] }>(USERS)

      expect(data?.users).toHaveLength(length)
      expect(extensions.upstream).toMatchObject({ calls: 0, saved: { cache: 2, stale: 0 } })
      expect(aurora.calls).toEqual(['users 1', 'users 2', 'users 2'])
    },
  )

  it.each([['416', json(416, REFUSAL)], ...WRONG_NUMBER] as const)(
    'answers each further question about the whole list, where it is %s',
    async (_, answer) => {
      await using aurora = await openAurora([120], answer)
      const countOf = (search: string): string =>
        `{ usersConnection(search: "${search}", first: 5) { totalCount isComplete } }`
      await aurora.ask(countOf('Ada'))

      const { data } = await aurora.ask(countOf('Grace'))

      expect(data).toEqual({ usersConnection: { totalCount: 0, isComplete: true } })
      expect(aurora.calls).toEqual(['users 1', 'users 2'])
    },
  )
})

describe('404 for a page that had items before', () => {
  const MINUTE = 60_000
  const USERS = '{ users { id } }'

  /** The list has 280 users, and its copy has become stale; then its second page is answered with 404. */
  async function openWithStale() {
    const lengths = [250, 30]
    const aurora = await openAurora(lengths, json(404, REFUSAL))
    await aurora.ask(USERS)
    await aurora.advance(61 * MINUTE)
    lengths.pop()
    aurora.calls.length = 0
    return { aurora, lengths }
  }

  /** A stale page is served once more, and read again behind the answer. */
  async function askAndRefresh(aurora: Awaited<ReturnType<typeof openAurora>>, page: string) {
    const count = (): number => aurora.calls.filter((call) => call === page).length
    const before = count()
    const answer = await aurora.ask<{ users: unknown[] }>(USERS)
    await waitUntil(() => count() > before)
    return answer
  }

  it('leaves these items in the list, marked, and is asked for again when 10 seconds are over', async () => {
    const { aurora, lengths } = await openWithStale()
    await using _ = aurora
    await askAndRefresh(aurora, 'users 2')
    await waitUntil(async () => (await aurora.ask(USERS)).extensions.upstream.saved.stale === 1)
    const { data, errors } = await aurora.ask<{ users: unknown[] }>(USERS)

    expect(errors).toBe(undefined)
    expect(data?.users).toHaveLength(280)
    expect(aurora.calls.filter((call) => call === 'users 2')).toHaveLength(1)

    lengths.push(31)
    await aurora.advance(11_000)
    await askAndRefresh(aurora, 'users 2')
    await waitUntil(async () => (await aurora.ask<{ users: unknown[] }>(USERS)).data?.users.length === 281)
  })

  it('ends the list where it comes again a minute later', async () => {
    const { aurora } = await openWithStale()
    await using _ = aurora
    await askAndRefresh(aurora, 'users 2')
    await aurora.advance(MINUTE)
    await askAndRefresh(aurora, 'users 2')

    await waitUntil(async () => (await aurora.ask<{ users: unknown[] }>(USERS)).data?.users.length === 250)
    const { extensions } = await aurora.ask(USERS)
    expect(extensions.upstream).toMatchObject({ calls: 0, saved: { stale: 0 } })
  })

  it('ends the list at once after a write, which may have changed it', async () => {
    const { aurora } = await openWithStale()
    await using _ = aurora
    await askAndRefresh(aurora, 'users 2')
    await aurora.ask(
      'mutation { updateUser(id: "u-1-0", input: { firstName: "Grace" }) { user { id } errors { code } } }',
    )

    const { data, errors } = await aurora.ask<{ users: unknown[] }>(USERS)

    expect(errors).toBe(undefined)
    expect(data?.users).toHaveLength(250)
  })
})

describe('204 to a read', () => {
  it('is an empty list, an object that may be absent, and no object that has to be there', async () => {
    await using aurora = await openAurora([], empty(204))

    const { data, errors } = await aurora.ask(`{
      users { id }
      project(id: "p1") { consumptionProfile { utility } designs { id } }
      design(id: "d1") { name }
    }`)

    expect(data).toEqual({ users: [], project: { consumptionProfile: null, designs: [] }, design: null })
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['design'], 'UPSTREAM_INVALID'],
    ])
  })

  it('is no empty list where it has another status', async () => {
    await using aurora = await openAurora([], empty(200))

    const { data, errors } = await aurora.ask('{ users { id } }')

    expect(data).toEqual({ users: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_INVALID'])
  })
})

describe('a refusal behind a full page that says that nothing follows', () => {
  it.each(
    [404, 400, 422].flatMap((status) => [
      { status, length: 250, beside: { meta: { total: 250 } } },
      { status, length: 50, beside: { has_more: false } },
    ]),
  )('with $status ends the list at once: $length, $beside', async ({ status, length, beside }) => {
    await using aurora = await openAurora([length], json(status, REFUSAL), { beside })
    const asked = '{ usersConnection(search: "ada") { totalCount isComplete } }'
    const whole = { data: { usersConnection: { totalCount: length, isComplete: true } } }

    expect(await aurora.ask(asked)).toMatchObject(whole)
    expect(aurora.calls).toEqual(['users 1', 'users 2'])
    // Nothing of it is in doubt, so the end is cached as long as the list.
    await aurora.advance(60_000)
    expect(await aurora.ask(asked)).toMatchObject(whole)
    expect(aurora.calls).toHaveLength(2)
  })

  it.each([404, 400, 422])('is in doubt with %i where the page says nothing', async (status) => {
    await using aurora = await openAurora([250], json(status, REFUSAL))
    expect(await aurora.ask('{ usersConnection(search: "ada") { totalCount isComplete } }')).toMatchObject({
      data: { usersConnection: { totalCount: null, isComplete: false } },
    })
  })
})
