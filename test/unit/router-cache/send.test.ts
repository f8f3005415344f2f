// A request to the invalidation endpoint, as the documentation of Apollo Router has it; redirects are not followed.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { afterAll, expect, it } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import { NO_PROXIES } from '../../../src/network/proxies.ts'
import { createSend } from '../../../src/router-cache/send.ts'
import type { Tags } from '../../../src/router-cache/outbox.ts'
import { listenLocally } from '../../support/local-server.ts'

const received: { path: string; headers: IncomingHttpHeaders; body: unknown }[] = []
const server = createServer((request, response) => {
  let text = ''
  request.on('data', (piece) => (text += String(piece)))
  request.on('end', () => {
    const path = request.url ?? ''
    received.push({ path, headers: request.headers, body: JSON.parse(text) })
    const status = Number(path.slice(1))
    response.writeHead(status, { location: '/202' }).end('{"count":1}')
  })
})
const router = await listenLocally(server)
afterAll(() => router[Symbol.asyncDispose]())

const send = createSend({ proxies: NO_PROXIES, clock: createSystemClock() })
const sendTo = (path: string, tags: Tags, at = router.port) =>
  send({
    url: new URL(`http://127.0.0.1:${at}/${path}`),
    key: 'the-shared-key',
    subgraph: 'aurora',
    tags,
    signal: new AbortController().signal,
  })

it('names tags one by one, with the shared key as it is', async () => {
  expect(await sendTo('202', ['Project:1', 'Project:list'])).toEqual({ isTaken: true })
  expect(received.at(-1)).toMatchObject({
    headers: { authorization: 'the-shared-key', 'content-type': 'application/json' },
    body: [
      { kind: 'cache_tag', subgraphs: ['aurora'], cache_tag: 'Project:1' },
      { kind: 'cache_tag', subgraphs: ['aurora'], cache_tag: 'Project:list' },
    ],
  })
})

it('names the subgraph where everything may have changed', async () => {
  await sendTo('200', 'all')
  expect(received.at(-1)?.body).toEqual([{ kind: 'subgraph', subgraph: 'aurora' }])
})

it.each(['302', '307', '400', '401', '404', '500'])(
  'a status %s has not taken it, and leads nowhere',
  async (status) => {
    const before = received.length
    expect(await sendTo(status, ['Project:1'])).toEqual({ isTaken: false, why: status })
    expect(received).toHaveLength(before + 1)
  },
)

it('a router that is not there has not taken it, and its address is in no text', async () => {
  const gone = await listenLocally(createServer())
  await gone[Symbol.asyncDispose]()
  expect(await sendTo('202', ['Project:1'], gone.port)).toEqual({ isTaken: false, why: 'ECONNREFUSED' })
})
