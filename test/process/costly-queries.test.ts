// Costly queries of one caller in a row, on the whole program with a heap of 256 MB: another caller is answered between them.
import { createHash } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { endPrograms, startProgram } from '../support/program.ts'

afterEach(endPrograms)

const KEYS = { attacker: 'a'.repeat(43), honest: 'h'.repeat(43) }
const digest = (key: string): string => createHash('sha256').update(key).digest('hex')

async function start() {
  const program = startProgram({
    NODE_OPTIONS: '--max-old-space-size=256',
    CALLER_AUTH: 'keys',
    GATEWAY_KEYS: `attacker:${digest(KEYS.attacker)},honest:${digest(KEYS.honest)}`,
    MAX_PLANNED_CALLS: '100',
    ACCESS_LOG: 'off',
    LOG_LEVEL: 'error',
  })
  const url = await program.listening
  async function ask(caller: keyof typeof KEYS, query: string) {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEYS[caller] },
      body: JSON.stringify({ query }),
    })
    return { status: answer.status, body: (await answer.json()) as unknown }
  }
  return { program, ask }
}

/** Names of fields make each a query of its own, whose plan is shared with no other. */
const costly = (number: number, roots: number): string =>
  `{ ${Array.from({ length: roots }, (_, root) => `a${number}x${root}: projects(first: 250) { nodes { id designs { id pricing { systemPrice } financings { id } } } }`).join(' ')} }`
const explained = (number: number): string =>
  `{ ${[0, 1, 2].map((part) => `e${part}: explain(query: ${JSON.stringify(costly(3 * number + part, 3))}) { calls { max } }`).join(' ')} }`

const COUNT = 4
/** name, the queries, the status of their answers */
const attacks: [name: string, query: (number: number) => string, status: number][] = [
  ['that are refused for their calls', (number) => costly(number, 10), 400],
  ['that explain three queries', explained, 200],
]

it.each(attacks)(
  'S17 another caller is answered between queries %s',
  async (_, query, status) => {
    const { program, ask } = await start()
    // From then on the gateway knows that there are hundreds of projects.
    expect(await ask('honest', '{ projects(first: 250) { nodes { id } } }')).toMatchObject({ status: 200 })
    const statuses: number[] = []
    const row = Array.from({ length: COUNT }, async (_each, number) => {
      const answer = await ask('attacker', query(number))
      statuses.push(answer.status)
    })
    for (let round = 0; round < 3; round += 1)
      expect(await ask('honest', '{ tenant { name } }')).toMatchObject({
        status: 200,
        body: { data: { tenant: {} } },
      })
    const before = statuses.length
    await Promise.all(row)
    expect({ isBetween: before < COUNT, statuses, ended: program.child.exitCode }).toEqual({
      isBetween: true,
      statuses: Array.from({ length: COUNT }, () => status),
      ended: null,
    })
  },
  300_000,
)

it('explains a search of a list that was never read, for all that it may have 100,000 items', async () => {
  const { program, ask } = await start()
  const query = '{ projects(search: "a") { totalCount } }'
  const answer = await ask(
    'attacker',
    `{ explain(query: ${JSON.stringify(query)}) { isComplete calls { min max } } }`,
  )
  expect({ ...answer, ended: program.child.exitCode }).toEqual({
    status: 200,
    body: expect.objectContaining({
      data: { explain: { isComplete: true, calls: { min: 1, max: 400 } } },
    }),
    ended: null,
  })
})
