// The kit alone, over answers made by hand: whose data it keeps, when a stream ends, and when it connects again.
import { expect, it } from 'vitest'
import { createAsking } from '../../client/src/asking.ts'
import { keepKnown } from '../../client/src/keep-known.ts'
import { sentenceOf } from '../../client/src/limited.ts'
import { createRepeats } from '../../client/src/repeats.ts'
import { createRetries } from '../../client/src/retries.ts'
import { createStreams } from '../../client/src/streams.ts'
import type { Answer } from '../../client/src/transport.ts'
import { createQuickDevice, refused, uncaughtIn } from './quick-device.ts'

const isAlice = (init: RequestInit | undefined): boolean =>
  new Headers(init?.headers).get('authorization') === 'Bearer alice'

it('fills the gaps of an answer with what the same user has read alone', async () => {
  let user = 'alice'
  const { device } = createQuickDevice()
  const asking = createAsking(
    {
      url: 'http://gateway.test/graphql',
      headers: () => ({ authorization: `Bearer ${user}` }),
      fetch: async (_url, init) =>
        Response.json(
          isAlice(init)
            ? { data: { projects: [{ id: '1' }] } }
            : { data: { projects: null }, errors: [refused('projects')] },
        ),
    },
    { device },
  )
  const ask = (): Promise<Answer['data']> =>
    new Promise((resolve, reject) => {
      const end = asking.query(
        { query: '{ projects { id } }' },
        {
          onAnswer({ data }) {
            resolve(data)
            setImmediate(() => end())
          },
          onError: reject,
        },
      )
    })
  expect(await ask()).toEqual({ projects: [{ id: '1' }] })
  user = 'bob'
  expect(await ask()).toEqual({ projects: null })
})

it('keeps nothing of an item without an id, which may be any other', () => {
  const data = { nodes: [{ name: 'new', designs: null }] }
  const known = { nodes: [{ name: 'old', designs: ['of the old one'] }] }
  expect(keepKnown(data, [refused('nodes', 0, 'designs')], known)).toEqual(data)
})

const EVENT = new TextEncoder().encode('event: next\ndata: {"data":{"job":"DONE"}}\n\n')

it('closes a stream that stays open after the last answer, and says that it is over', async () => {
  let isClosed = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(EVENT),
    cancel: () => void (isClosed = true),
  })
  const { device } = createQuickDevice()
  const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  await new Promise<void>((onEnd) => {
    createStreams({ url: 'http://gateway.test', fetch }, { device }).watch(
      { query: '{ job }' },
      { onAnswer: () => {}, isLast: () => true, onEnd },
    )
  })
  expect(isClosed).toBe(true)
})

const cut = async (isAnswered: boolean): Promise<Response> => {
  if (!isAnswered) throw new TypeError('no network')
  return new Response(EVENT.slice(), { headers: { 'content-type': 'text/event-stream' } })
}

it.each([
  ['answers, and is cut', true, [3000, 3000, 3000, 3000, 3000, 3000]],
  ['never opens', false, [3000, 6000, 12_000, 18_000, 18_000, 18_000]],
])('waits by chance before it connects again where a stream %s', async (_, isAnswered, expected) => {
  const { device, pauses } = createQuickDevice(0.5)
  await new Promise<void>((resolve) => {
    const end = createStreams(
      {
        url: 'http://gateway.test',
        fetch: () => {
          if (pauses.length === expected.length) {
            end()
            resolve()
          }
          return cut(isAnswered)
        },
      },
      { device },
    ).watch({ query: '{ job }' }, { onAnswer: () => {} })
  })
  expect(pauses).toEqual(expected)
})

it('has one repeat planned at a time, also after a failure', () => {
  let planned = 0
  const repeats = createRepeats({
    plan() {
      planned += 1
      return () => void (planned -= 1)
    },
  })
  repeats.take([refused('a')], () => {})
  repeats.takeFailure(() => {})
  expect(planned).toBe(1)
})

it('begins anew after a whole answer: a screen that stays open is asked again however often it was refused', () => {
  let planned = 0
  const repeats = createRepeats({
    plan({ ask }) {
      planned += 1
      ask(() => {})
      return () => {}
    },
  })
  for (let time = 0; time < 8; time += 1) {
    repeats.take([refused('a')], () => {})
    repeats.take(undefined, () => {})
  }
  expect(planned).toBe(8)
})

it('begins anew when the user asks again after repeats that brought nothing', () => {
  let planned = 0
  let answer = (): void => {}
  const repeats = createRepeats({
    plan({ ask }) {
      planned += 1
      answer = () => ask(() => {})
      return () => {}
    },
  })
  const take = () => repeats.take([refused('a')], () => {})
  while (take()) answer()
  expect(planned).toBe(5)
  expect(take()).not.toBeNull()
  expect(planned).toBe(6)
})

it('asks again without a turn where the browser refuses its locks', async () => {
  const { device } = createQuickDevice()
  const locks = { request: () => Promise.reject(new DOMException('no locks here', 'SecurityError')) }
  const asked = new Promise<string>((resolve) => {
    createRetries({ device: { ...device, locks } }).plan({
      limited: { retryAt: new Date(), waitMs: 1, fields: 1 },
      vain: 0,
      ask(done) {
        done()
        resolve('asked')
      },
    })
  })
  expect(await asked).toBe('asked')
})

it('leaves a fault of the app to the app: it is no failure of the network, and is not asked again for', async () => {
  const { device } = createQuickDevice()
  const fault = new Error('of the app')
  let sent = 0
  let failures = 0
  const asking = createAsking(
    {
      url: 'http://gateway.test',
      fetch: async () => {
        sent += 1
        return Response.json(sent === 1 ? { data: { a: null }, errors: [refused('a')] } : { data: { a: 1 } })
      },
    },
    { device },
  )
  const faults = await uncaughtIn(async () => {
    asking.query(
      { query: '{ a }' },
      {
        onAnswer({ data }) {
          if (JSON.stringify(data) === '{"a":1}') throw fault
        },
        onError: () => void (failures += 1),
      },
    )
    await expect.poll(() => sent).toBe(2)
  })
  // A repeat would be planned by now, and its pause ends at once.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  expect({ faults, sent, failures }).toEqual({ faults: [fault], sent: 2, failures: 0 })
})

it('shows the old data where all of an answer was refused for a time', () => {
  const known = { projects: [{ id: '1' }] }
  expect(keepKnown(undefined, [{ extensions: { code: 'RATE_LIMITED', retryAfter: 3 } }], known)).toBe(known)
  expect(keepKnown(undefined, [{ extensions: { code: 'UNAUTHENTICATED' } }], known)).toBeUndefined()
})

it('has a sentence for a session that has ended: to wait a minute would not help', () => {
  expect(sentenceOf([{ extensions: { code: 'UNAUTHENTICATED' } }])).toBe('Please sign in again.')
})
