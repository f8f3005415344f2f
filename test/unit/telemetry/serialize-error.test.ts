// The parts of an error that are logged: an allow-list, whatever else is attached to the error.
import { GraphQLError } from 'graphql'
import { expect, it } from 'vitest'
import { createScrubber } from '../../../src/telemetry/scrubber.ts'
import { serializeError } from '../../../src/telemetry/serialize-error.ts'

it('tells what it is, where it came from and what caused it', () => {
  const cause = Object.assign(new TypeError('no connection'), { code: 'ECONNREFUSED', syscall: 'connect' })
  const told = serializeError(new Error('could not ask', { cause }))
  expect(told).toEqual({
    type: 'Error',
    message: 'could not ask',
    stack: expect.arrayContaining([expect.stringContaining('serialize-error.test.ts')]) as string[],
    cause: {
      type: 'TypeError',
      message: 'no connection',
      code: 'ECONNREFUSED',
      syscall: 'connect',
      stack: expect.any(Array) as string[],
    },
  })
})

it.each([
  [
    'members',
    Object.assign(new Error('m'), { request: { headers: { authorization: 'canary' } }, body: 'canary' }),
  ],
  ['a code that is no text', Object.assign(new Error('m'), { code: { canary: 'canary' } })],
  ['a cause that is no error', new Error('m', { cause: 'canary' })],
  ['what JSON.parse quotes', new SyntaxError(`Unexpected token 'c', "canary" is not valid JSON`)],
  ['what graphql quotes', new GraphQLError('Enum "Milestone" cannot represent value: "canary"')],
  ['that it is no error', { message: 'canary' }],
  ['a text that was thrown', 'canary'],
])('leaves out %s', (_name, error) => {
  expect(JSON.stringify(serializeError(error))).not.toContain('canary')
})

it('ends: of causes without end, of many errors, of a message without measure', () => {
  const loop = new Error('m')
  loop.cause = loop
  expect(JSON.stringify(serializeError(loop)).match(/"message"/g)).toHaveLength(4)
  const many = new AggregateError(
    Array.from({ length: 100 }, () => new Error('one of them')),
    'all failed',
  )
  expect(serializeError(many).errors).toHaveLength(4)
  expect(serializeError(new Error('many words '.repeat(1e5))).message).toBe(
    `${'many words '.repeat(90)}many …`,
  )
})

it('cuts no secret in two, which would not be recognized afterwards', () => {
  const { scrub } = createScrubber(['canary-of-the-token'])
  for (let before = 970; before <= 1001; before += 1) {
    const message = `${'x'.repeat(before - 1)} canary-of-the-token and more`
    expect(scrub(JSON.stringify(serializeError(new Error(message))))).not.toContain('canary')
  }
  expect(serializeError(new Error('canary-of-'.repeat(1000))).message).toBe('…')
})
