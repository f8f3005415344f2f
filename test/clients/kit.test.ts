// The kit alone, over answers made by hand: whose data it keeps, when a stream ends, and when it connects again.
import { expect, it } from 'vitest'
import { createAsking } from '../../client/src/asking.ts'
import type { Device } from '../../client/src/device.ts'
import { keepKnown } from '../../client/src/keep-known.ts'
import { createRepeats } from '../../client/src/repeats.ts'
import { createStreams } from '../../client/src/streams.ts'
import type { Answer } from '../../client/src/transport.ts'

const refused = (...path: (string | number)[]) => ({
  path,
  extensions: { code: 'RATE_LIMITED', retryAfter: 30 },
})

/** Its pauses end at once, and its silences never. */
function createDevice(random = 0) {
  const pauses: number[] = []
  const device: Device = {
    nowMs: () => 0,
    random: () => random,
    after(ms, then) {
      if (ms === 25_000) return () => {}
      pauses.push(ms)
      const timer = setImmediate(() => then())
      return () => clearImmediate(timer)
    },
    locks: { request: async (_name, _options, work) => work() },
    isHidden: () => false,
    onVisibility: () => () => {},
  }
  return { device, pauses }
}

const isAlice = (init: RequestInit | undefined): boolean =>
  new Headers(init?.headers).get('authorization') === 'Bearer alice'

it('fills the gaps of an answer with what the same user has read alone', async () => {
  let user = 'alice'
  const { device } = createDevice()
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
  const { device } = createDevice()
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
  const { device, pauses } = createDevice(0.5)
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
