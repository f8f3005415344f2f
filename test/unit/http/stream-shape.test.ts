// The bytes of streams: an answer is one line, streams of one question share it, and what a browser reads of an end.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { STREAM_SHAPES } from '../../../src/http/stream-shape.ts'

const { events, payloads, parts } = STREAM_SHAPES

it('an answer is in one line, however it was written', () => {
  const written = Buffer.from('{\r\n  "data": {"text":"ä\\n"}\n}')
  expect(Buffer.from(events.answer(written)).toString()).toBe(
    'event: next\ndata: {    "data": {"text":"ä\\n"} }\n\n',
  )
  expect(written.toString()).toContain('\n')
})

it.each([
  ['events', events],
  ['payloads', payloads],
  ['parts', parts],
])('streams of one question share the bytes of an answer: %s', (_, shape) => {
  const response = Buffer.from('{"data":1}')
  expect(shape.answer(response).buffer).toBe(shape.answer(response).buffer)
  expect(shape.answer(response)).toEqual(shape.answer(Buffer.from('{"data":1}')))
  expect(shape.answer(Buffer.from('{"data":1}')).buffer).not.toBe(shape.answer(response).buffer)
})

it('what was written of an answer is not kept as long as the answer', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const response = Buffer.from('{"data":1}')
  const written = new WeakRef(events.answer(response).buffer)
  await new Promise(setImmediate)
  collect()
  expect([written.deref(), response.length]).toEqual([undefined, 10])
})

it('the end of a stream is an event of its own, with what a browser is to do next', () => {
  expect(events.end({})).toBe('event: complete\ndata:\n\n')
  expect(events.end({ retryMs: 1234.5 })).toBe('retry: 1235\nevent: complete\ndata:\n\n')
  expect(events.end({ lastId: 'complete' })).toBe('retry: 1000\nid: complete\nevent: complete\ndata:\n\n')
})

it.each([
  [
    'an answer',
    () => events.answer(Buffer.from('{"data":1}')).toString() + events.end({ lastId: 'complete' }),
  ],
  ['a refusal', () => events.failure('[]') + events.end({ lastId: 'refused' })],
  ['nothing', () => events.end({})],
])('each block of a stream of events has data or comments alone, where it brings %s', (_, rest) => {
  const blocks = (events.opening.toString() + rest()).split('\n\n')
  expect(blocks.pop()).toBe('')
  for (const block of blocks) expect(block).toMatch(/^data:/m.test(block) ? /^event: /m : /^(:.*(\n|$))+$/)
  // The id of an earlier stream ends with the first event, not with a block that some clients show as an event.
  expect(blocks[1]).toMatch(/^id:\n/)
})

it('parts without a protocol have padding as heartbeat, and a last part after which nothing more is expected', () => {
  const body = [parts.opening, parts.answer(Buffer.from('{"data":1}')), parts.heartbeat]
  expect(Buffer.concat(body).toString() + parts.end({})).toBe(
    [
      '',
      '---',
      'Content-Type: application/json; charset=utf-8',
      '',
      '{"data":1}',
      '--- ',
      'Content-Type: application/json; charset=utf-8',
      '',
      '{"hasNext":false}',
      '-----',
      '',
    ].join('\r\n'),
  )
})
