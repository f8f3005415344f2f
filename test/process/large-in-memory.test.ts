// Answers that would take more memory than the process has, on the whole program with a heap of 256 MB: each is refused while it is made.
import { createHash } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { endPrograms, startProgram } from '../support/program.ts'

afterEach(endPrograms)

const KEYS = { router: 'r'.repeat(43), honest: 'h'.repeat(43) }
const digest = (key: string): string => createHash('sha256').update(key).digest('hex')

interface Body {
  readonly data: Record<string, unknown> | null
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

async function start() {
  const program = startProgram({
    NODE_OPTIONS: '--max-old-space-size=256',
    SUBGRAPH: 'on',
    CALLER_AUTH: 'keys',
    GATEWAY_KEYS: `honest:${digest(KEYS.honest)}`,
    ROUTER_KEYS: `router:${digest(KEYS.router)}`,
    // A slow machine needs minutes for so much memory, and no request is to end before.
    REQUEST_TIMEOUT_MS: '60000',
    ACCESS_LOG: 'off',
    LOG_LEVEL: 'error',
  })
  const url = await program.listening
  async function ask(caller: keyof typeof KEYS, query: string, variables: object = {}) {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEYS[caller] },
      body: JSON.stringify({ query, variables }),
    })
    return { status: answer.status, body: (await answer.json()) as Body }
  }
  return { program, ask }
}

type Ask = Awaited<ReturnType<typeof start>>['ask']

/** Equal representations of the project with the most designs, which are cached then. */
async function representations(ask: Ask): Promise<{ readonly of: readonly object[] }> {
  const { body } = await ask('honest', '{ projects(first: 20) { nodes { auroraId designs { id } } } }')
  const listed = body.data?.['projects'] as
    { nodes: { auroraId: string; designs: unknown[] }[] } | null | undefined
  const [most] = listed?.nodes.toSorted((a, b) => b.designs.length - a.designs.length) ?? []
  if (!most) throw new Error('no projects')
  const { auroraId } = most
  return { of: Array.from({ length: 1_000 }, () => ({ __typename: 'Project', auroraId })) }
}

const aliased = (count: number, field: string): string =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')

const attack = (number: number, fields: string): string =>
  `query Attack${number} ($of: [_Any!]!) { _entities(representations: $of) { ... on Project { ${fields} } } }`

const NESTED = aliased(100, 'designs { project { designs { a: __typename } } }')

const FLAT = aliased(300, 'designs { __typename }')

/** Short names: most of the answer is its objects. */
const DEEP = Array.from({ length: 4 }).reduce<string>(
  (inner) => `designs { project { ${inner} } }`,
  'a: __typename',
)

it.each([
  ['nested fields', NESTED],
  ['nested lists', DEEP],
  ['aliases', FLAT],
])(
  'an answer of 1,000 equal representations with %s is refused',
  async (_, fields) => {
    const { program, ask } = await start()
    const variables = await representations(ask)
    const { status, body } = await ask('router', attack(0, fields), variables)
    expect({ status, data: body.data, codes: body.errors?.map(({ extensions }) => extensions.code) }).toEqual(
      {
        status: 200,
        data: null,
        codes: ['QUERY_REJECTED'],
      },
    )
    expect(await ask('honest', '{ tenant { name } }')).toMatchObject({
      status: 200,
      body: { data: { tenant: {} } },
    })
    expect(program.child.exitCode).toBeNull()
  },
  600_000,
)

it('several of them at once are refused, and others are answered between them', async () => {
  const { program, ask } = await start()
  const variables = await representations(ask)
  const attacks = [0, 1, 2, 3, 4, 5].map((number) =>
    ask('router', attack(number, number % 2 ? NESTED : FLAT), variables),
  )
  for (let round = 0; round < 5; round += 1)
    expect(await ask('honest', '{ tenant { name } }')).toMatchObject({
      status: 200,
      body: { data: { tenant: {} } },
    })
  for (const { body } of await Promise.all(attacks))
    expect(body).toMatchObject({
      data: null,
      errors: [{ extensions: { code: expect.stringMatching(/^(QUERY_REJECTED|RATE_LIMITED)$/) } }],
    })
  expect(await ask('honest', '{ tenant { name } }')).toMatchObject({
    status: 200,
    body: { data: { tenant: {} } },
  })
  expect(program.child.exitCode).toBeNull()
}, 600_000)
