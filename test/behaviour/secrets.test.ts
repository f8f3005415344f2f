// Failures that need a gateway of their own: no name, no TLS, a fault of the gateway. None shows a secret.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import type { AuroraConfig } from '../../src/config/config.ts'
import { DEFAULT_TENANT_ID } from '../../src/simulator/simulator.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { createScrubber } from '../../src/telemetry/scrubber.ts'
import { findCanaries } from '../support/canaries.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const TOKEN = 'canary+of/the=aurora"token'

const auroraAt = (url: string): AuroraConfig => ({
  baseUrl: new URL(url),
  tenantId: DEFAULT_TENANT_ID,
  credential: { kind: 'bearer', token: TOKEN },
})

/** The written log of a gateway whose settings contain the canary. */
function openLog() {
  const lines: string[] = []
  const { scrub } = createScrubber([TOKEN])
  return { lines, log: createLog({ level: 'info', scrub, write: (line) => void lines.push(line) }) }
}

const post = (url: string): Promise<Response> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ tenant { name } }' }),
  })

const nobody = createServer((_request, response) => void response.end())

it.each([
  ['has no address (F2)', async () => 'http://nowhere.invalid'],
  [
    'speaks no TLS (F3)',
    async () => {
      await new Promise<void>((resolve) => void nobody.listen(0, '127.0.0.1', resolve))
      return `https://127.0.0.1:${(nobody.address() as AddressInfo).port}`
    },
  ],
])('S8 of an Aurora that %s, no secret is told', async (_name, toUrl) => {
  const { lines, log } = openLog()
  await using gateway = await createTestGateway({ log, config: { aurora: auroraAt(await toUrl()) } })
  await using server = await serveOnLoopback(gateway)
  const response = await post(server.url)
  const answer = await response.text()
  nobody.close()
  expect(answer).toMatch(/UPSTREAM_UNAVAILABLE|UPSTREAM_INVALID/)
  expect(lines.join()).toContain('no whole answer')
  expect(findCanaries({ TOKEN }, { answer, log: lines.join() })).toEqual([])
})

it('S8 for a fault of the gateway the client gets an id, and the log a line without secrets', async () => {
  const { lines, log } = openLog()
  await using gateway = await createTestGateway({ log })
  await using server = await serveOnLoopback(gateway, {
    handle: () => {
      const cause = new Error(`GET /v2/x?AuroraKey=${encodeURIComponent(TOKEN)}`)
      const bag = { request: { headers: { authorization: `Bearer ${TOKEN}` } }, body: TOKEN }
      throw Object.assign(new Error(`could not send ${JSON.stringify({ TOKEN })}`, { cause }), bag)
    },
  })
  const answer = await (await post(server.url)).text()
  expect(answer).toContain('INTERNAL_SERVER_ERROR')
  expect(lines.join()).toContain('could not send')
  expect(findCanaries({ TOKEN }, { answer, log: lines.join() })).toEqual([])
})

it('S8 a value of Aurora that violates the schema is not quoted in the log', async () => {
  const { lines, log } = openLog()
  const error = new SyntaxError('Unexpected token c, "canary-of-aurora" is not valid JSON')
  log.error({ err: new Error('could not be read', { cause: error }) }, 'a line')
  expect(lines.join()).toContain('could not be read')
  expect(lines.join()).not.toContain('canary')
})

it('S8 a plan that cannot be made does not quote the variables, which may contain a secret', async () => {
  await using gateway = await createTestGateway()
  const query =
    'query ($document: String!, $given: JSON) { explain(query: $document, variables: $given) { calls { max } } }'
  const document =
    'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { errors { code } } }'
  const given = { input: { event: 'ASSET_CREATED', headerAuthValue: 'canary' } }
  const { text, errors } = await gateway.ask(query, { document, given })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(text).toContain('urlTemplate')
  expect(text).not.toContain('canary')
})
