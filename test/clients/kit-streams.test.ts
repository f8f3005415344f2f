// The streams of the kit over answers made by hand: faults of the app, texts of users, proxies, and places without streams.
import { cacheExchange, Client, gql, mapExchange } from '@urql/core'
import { expect, it } from 'vitest'
import { createStreams } from '../../client/src/streams.ts'
import type { Streams } from '../../client/src/streams.ts'
import type { Answer } from '../../client/src/transport.ts'
import { auroraExchange, auroraStreamExchange } from '../../client/src/urql.ts'
import { createQuickDevice, refused, uncaughtIn } from './quick-device.ts'

const STREAM = { headers: { 'content-type': 'text/event-stream' } }
const eventOf = (answer: Answer) =>
  new TextEncoder().encode(`event: next\ndata: ${JSON.stringify(answer)}\n\n`)

/** What a watch shows, until it shows something for the last time. */
function watchAll(responses: readonly (() => Response)[]) {
  const { device } = createQuickDevice()
  let opened = 0
  const fetch = async (): Promise<Response> => {
    const respond = responses[Math.min(opened, responses.length - 1)]
    opened += 1
    return respond ? respond() : Response.error()
  }
  return new Promise<{ answers: Answer[]; opened: number }>((resolve) => {
    const answers: Answer[] = []
    createStreams({ url: 'http://gateway.test', fetch }, { device }).watch(
      { query: '{ job }' },
      {
        onAnswer(answer, isOver) {
          answers.push(answer)
          if (isOver) resolve({ answers, opened })
        },
        isLast: ({ data }) => JSON.stringify(data).includes('DONE'),
      },
    )
  })
}

const DONE = { data: { job: 'DONE' } }
const done = () => new Response(eventOf(DONE), STREAM)

it('leaves a fault of the app to the app: the stream stays open, and goes on', async () => {
  const fault = new Error('of the app')
  let opened = 0
  const answers: Answer[] = []
  const { device } = createQuickDevice()
  const fetch = async (): Promise<Response> => {
    opened += 1
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(eventOf({ data: { job: 'RUNNING' } }))
        controller.enqueue(eventOf(DONE))
      },
    })
    return new Response(body, STREAM)
  }
  const faults = await uncaughtIn(async () => {
    createStreams({ url: 'http://gateway.test', fetch }, { device }).watch(
      { query: '{ job }' },
      {
        onAnswer(answer) {
          answers.push(answer)
          if (answers.length === 1) throw fault
        },
      },
    )
  })
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  expect({ faults, opened, last: answers.at(-1) }).toEqual({ faults: [fault], opened: 1, last: DONE })
})

it('reads texts of users whatever is in them', async () => {
  const answer = { data: { job: 'DONE', name: 'a\u2028b\u2029c\u0085d: e\ne' } }
  expect(await watchAll([() => new Response(eventOf(answer), STREAM)])).toEqual({
    answers: [answer],
    opened: 1,
  })
})

it.each([
  ['JSON of a proxy that has no gateway', () => Response.json({ message: 'no server' }, { status: 503 })],
  ['a text of a proxy', () => new Response('no server', { status: 502 })],
  [
    'an answer that was cut',
    () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.error(new TypeError('no network')) }),
        {
          headers: { 'content-type': 'application/json' },
        },
      ),
  ],
])('connects again after %s', async (_, respond) => {
  expect(await watchAll([respond, done])).toEqual({ answers: [DONE], opened: 2 })
})

it.each([
  ['JSON that is no GraphQL', () => Response.json({ message: 'who are you?' }, { status: 403 })],
  ['a list', () => Response.json([1], { status: 200 })],
])('shows %s as an error, and does not connect again', async (_, respond) => {
  const { answers, opened } = await watchAll([respond, done])
  expect({ answers, opened }).toEqual({
    answers: [{ errors: [{ message: expect.stringContaining('did not answer with GraphQL') as string }] }],
    opened: 1,
  })
})

it('says so at once where the fetch of a platform reads no streams', async () => {
  const respond = () => Object.defineProperty(done(), 'body', { value: undefined })
  const { answers } = await watchAll([respond])
  expect(answers).toEqual([{ errors: [{ message: expect.stringContaining('no streams') as string }] }])
})

it('does not repeat a live query of urql: the gateway itself asks again for what was refused', async () => {
  const { device, pauses } = createQuickDevice()
  let opened = 0
  const streams: Streams = {
    watch(_operation, { onAnswer }) {
      opened += 1
      onAnswer({ data: { project: null }, errors: [refused('project')] }, false)
      return () => {}
    },
  }
  const client = new Client({
    url: 'http://gateway.test',
    preferGetMethod: false,
    exchanges: [cacheExchange, auroraExchange({ device }), auroraStreamExchange(streams), mapExchange({})],
  })
  const { unsubscribe } = client
    .query(gql('query Shown @live { project(id: "1") { id } }'), {})
    .subscribe(() => {})
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
  expect({ opened, repeats: pauses.length }).toEqual({ opened: 1, repeats: 0 })
  unsubscribe()
})
