// Live queries and subscriptions on connections: what a client sends, and what it gets.
import { expect, it } from 'vitest'
import { nth } from '../support/builders.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const LIVE = 'query ($id: ID!) @live { project(id: $id) { name } }'
const EVENTS = 'text/event-stream'

async function open() {
  const gateway = await createTestGateway()
  const server = await serveOnLoopback(gateway)
  const project = nth(gateway.simulator.data.projects, 0)
  return { gateway, server, project }
}

/** Each call reads on until all of the text matches. */
function read(response: Response): (pattern: RegExp) => Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return async (pattern) => {
    while (!pattern.test(text)) {
      const { done = true, value = '' } = (await reader?.read()) ?? {}
      if (done) throw new Error(`the stream has ended after ${text}`)
      text += value
    }
    return text
  }
}

const readUntil = (response: Response, pattern: RegExp): Promise<string> => read(response)(pattern)

it('a live query is posted, and a change comes as another event', async () => {
  const { gateway, server, project } = await open()
  await using _gateway = gateway
  await using _server = server
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: EVENTS },
    body: JSON.stringify({ query: LIVE, variables: { id: project.id } }),
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining(EVENTS),
  ])
  const until = read(response)
  expect(await until(/event: next[^]*\n\n/)).toContain('"calls":1')
  await gateway.ask(
    `mutation { updateProject(id: "${project.id}", input: { name: "New" }) { errors { code } } }`,
  )
  await until(/event: next[^]*event: next[^]*"New"/)
})

it.each([
  [
    'a subscription in an address',
    (id: string) => ({ query: `subscription { projectChanged(id: "${id}") { name } }` }),
  ],
  ['a live query in an address', (id: string) => ({ query: LIVE, variables: JSON.stringify({ id }) })],
])('%s is answered by a stream', async (_what, toParameters) => {
  const { gateway, server, project } = await open()
  await using _gateway = gateway
  await using _server = server
  const search = new URLSearchParams(toParameters(project.id))
  const response = await fetch(`${server.url}/graphql?${search.toString()}`, {
    headers: { accept: EVENTS, 'graphql-require-preflight': 'true' },
  })
  expect(await readUntil(response, /event: next\n[^]*\n\n/)).toContain(JSON.stringify(project.name))
})

it.each(['variables={', 'variables={},"query":"x"'])('an address with %s is refused once', async (search) => {
  const { gateway, server } = await open()
  await using _gateway = gateway
  await using _server = server
  const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(LIVE)}&${search}`, {
    headers: { accept: `application/json, ${EVENTS}`, 'graphql-require-preflight': 'true' },
  })
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
  ])
})

it('a subscription of something that is not there is one event and the end, as parts of Apollo', async () => {
  const { gateway, server } = await open()
  await using _gateway = gateway
  await using _server = server
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json',
    },
    body: JSON.stringify({ query: 'subscription { projectChanged(id: "none") { name } }' }),
  })
  const text = await response.text()
  expect(text).toContain('"payload":{"errors":[')
  expect(text).toContain('NOT_FOUND')
  expect(text.trimEnd().endsWith('--')).toBe(true)
})
