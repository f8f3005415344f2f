// What a reader of header fields sees is what a web Headers of the same request would say.
import { createServer, request } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFields } from '../../../src/http/fields.ts'
import { readHeaders } from '../../../src/http/headers.ts'
import { listenLocally } from '../../support/local-server.ts'

const NAMES = [
  'accept',
  'Authorization',
  'host',
  'X-API-Key',
  'prefer',
  'cache-control',
  'constructor',
  '__proto__',
]

describe('the header fields of a request', () => {
  it('are those of a web Headers, also where a name comes twice, of which Node drops one', async () => {
    let compare = (): void => {}
    const server = createServer((incoming, outgoing) => {
      const fields = readFields(incoming)
      const headers = readHeaders(incoming)
      compare = () => {
        for (const name of NAMES.map((each) => each.toLowerCase())) {
          expect([name, fields.get(name)]).toEqual([name, headers.get(name)])
          expect([name, fields.has(name)]).toEqual([name, headers.has(name)])
        }
      }
      outgoing.end()
    })
    await using local = await listenLocally(server)
    const { port } = local
    const send = (sent: readonly string[]): Promise<void> =>
      new Promise((resolve, reject) => {
        const outgoing = request({
          port,
          host: '127.0.0.1',
          headers: ['host', 'localhost', ...sent] as never,
        })
        outgoing.on('response', (incoming) => incoming.resume().on('end', resolve))
        outgoing.on('error', reject).end()
      })
    const field = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('a', 'b, c', '', 'Bearer x'))
    await fc.assert(
      fc.asyncProperty(fc.array(field, { maxLength: 6 }), async (fields) => {
        await send(fields.flat())
        compare()
      }),
      { numRuns: 100 },
    )
  })
})
