// The answers to credentials that may be made up, over real sockets: they leave a sole tenant everything.
import { expect, it } from 'vitest'
import type { BroughtCredential, Caller } from '../../src/callers/caller.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { buildScope } from '../support/builders.ts'
import { createHandMadeStream } from '../support/hand-made-stream.ts'
import { createManualClock } from '../support/manual-clock.ts'

const UNPROVEN: BroughtCredential = {
  standing: () => 'unknown',
  isDoubtful: () => false,
  recall: async () => {},
}
const SOLE = buildScope('a true token', 'sole')

it('a credential that may be made up takes no place from a sole tenant, whatever its answer weighs', async () => {
  const clock = createManualClock()
  const answer = { data: { text: 'x'.repeat(100_000) } }
  const server = createHttpServer({
    port: 0,
    host: '127.0.0.1',
    clock,
    isReady: () => true,
    authenticate: (headers) => {
      const name = headers.get('x-api-key') ?? ''
      return name === 'made-up'
        ? { name, scope: buildScope(name, name), isReadOnly: false, credential: UNPROVEN }
        : { name, scope: SOLE, isReadOnly: false }
    },
    onError: () => {},
    limits: { silenceMs: 0, maxStreams: 16, maxStreamsOfCaller: 16 },
    handle: async (_, { name }: Caller) =>
      name === 'a program' || name === 'made-up' ? Response.json(answer) : createHandMadeStream(answer),
  })
  const { url } = await server.listen()
  const leaving = new AbortController()
  const ask = (name: string): Promise<Response> =>
    fetch(`${url}/graphql?query={a}`, {
      headers: { 'x-api-key': name, accept: 'application/json, text/event-stream' },
      signal: leaving.signal,
    })
  for (const name of ['a program', 'made-up', 'a program'])
    expect(await (await ask(name)).json()).toEqual(answer)
  const types: (string | null)[] = []
  for (let index = 0; index < 16; index += 1)
    types.push((await ask(`reader ${index}`)).headers.get('content-type'))
  expect(new Set(types)).toEqual(new Set(['text/event-stream; charset=utf-8']))
  leaving.abort()
  const closing = server.close(0)
  await clock.advance(1000)
  await closing
})
