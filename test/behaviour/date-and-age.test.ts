// Date and Age of an answer name the same time, whichever way it is written: some caches of clients read only one of them.
import { expect, it } from 'vitest'
import { openRawGateway } from '../support/raw-gateway.ts'

const QUERY = '{ projects(first: 3) { nodes { name } } }'
const SEARCH = `?query=${encodeURIComponent(QUERY)}`

const OPERATIONS = [
  '--x',
  'Content-Disposition: form-data; name="operations"',
  '',
  JSON.stringify({ query: QUERY }),
  '--x--',
  '',
].join('\r\n')

const get = (...fields: string[]): string =>
  [`GET /graphql${SEARCH} HTTP/1.1`, 'Host: localhost', 'X-Api-Key: k', ...fields, '', ''].join('\r\n')

function post(type: string, body: string): string {
  const head = ['POST /graphql HTTP/1.1', 'Host: localhost', 'X-Api-Key: k', `Content-Type: ${type}`]
  return [...head, `Content-Length: ${body.length}`, '', body].join('\r\n')
}

const fieldOf = (answer: string, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(answer)?.[1]?.trim() ?? ''

const seconds = (ms: number): number => Math.floor(ms / 1000)

/**
 * The date is made by the clock of the machine, between the two moments at which the test looks at it. That of an answer without an age
 * is Node's own, which it writes anew once in a second, up to a millisecond late.
 */
async function askAt(opened: Awaited<ReturnType<typeof openRawGateway>>, request: string) {
  const before = seconds(Date.now())
  const answer = await opened.ask(request, request.startsWith('HEAD') || request.includes('If-None-Match'))
  const after = seconds(Date.now())
  const age = Number(fieldOf(answer, 'age'))
  const date = seconds(Date.parse(fieldOf(answer, 'date')))
  expect(answer.match(/^date: /gim)).toHaveLength(1)
  expect(date).toBeGreaterThanOrEqual(before - (age === 0 ? 1 : age))
  expect(date).toBeLessThanOrEqual(after - age)
  return { age, status: Number(answer.slice(9, 12)) }
}

it.each([
  ['a GET', get(), 200],
  ['a GET that is compressed', get('Accept-Encoding: gzip'), 200],
  ['a HEAD', get().replace('GET', 'HEAD'), 200],
  ['a condition', get('If-None-Match: *'), 304],
  ['a POST', post('application/json', JSON.stringify({ query: QUERY })), 200],
  ['a form', post('multipart/form-data; boundary=x', OPERATIONS), 200],
])(
  'the date of the answer to %s is its age ago, also where it is given again',
  async (_, request, status) => {
    await using opened = await openRawGateway()
    expect(await askAt(opened, request)).toMatchObject({ age: 0, status })
    await opened.clock.advance(100_000)
    // The last ones are given again without execution, and on this connection without the parser.
    for (let turn = 0; turn < 5; turn += 1) expect(await askAt(opened, request)).toEqual({ age: 100, status })
    await opened.clock.advance(7000)
    expect(await askAt(opened, request)).toEqual({ age: 107, status })
  },
)

it('the date of an answer without an age is that of its moment', async () => {
  await using opened = await openRawGateway()
  const refused = post('application/json', JSON.stringify({ query: '{ nothing }' }))
  for (let turn = 0; turn < 3; turn += 1)
    expect(await askAt(opened, refused)).toEqual({ age: 0, status: 200 })
})
