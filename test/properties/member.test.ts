// Whatever JSON a member holds: each kind of field shows a value of its type, or fails alone and says why.
import fc from 'fast-check'
import { assertObjectType, execute, parse } from 'graphql'
import { expect, it } from 'vitest'
import { isGatewayError } from '../../src/errors/errors.ts'
import { builder } from '../../src/graphql/builder.ts'
import {
  choice,
  createValueType,
  dateTime,
  flag,
  identifier,
  identifiers,
  json,
  number,
  numbers,
  object,
  objectOrText,
  objects,
  objectUnlessEmpty,
  text,
  texts,
  whole,
} from '../../src/graphql/member.ts'
import type { Source } from '../../src/graphql/read-value.ts'
import { createOpenEnum } from '../../src/graphql/open-enum.ts'

const word = createOpenEnum('Word', { description: 'A word.', values: { KNOWN: 'One that is known.' } })

const Inner = createValueType('Inner', {
  description: 'An object within.',
  fields: { name: text('A member within.') },
})

const Probe = createValueType('Probe', {
  description: 'One member, read in every way.',
  fields: {
    text: text('Text.', 'it'),
    identifier: identifier('An id.', 'it'),
    number: number('A number.', 'it'),
    whole: whole('A whole number.', 'it'),
    flag: flag('A flag.', 'it'),
    dateTime: dateTime('A moment.', 'it'),
    json: json('Anything.', 'it'),
    choice: choice(word, 'A word of a set.', 'it'),
    object: object(Inner, 'An object.', 'it'),
    objectUnlessEmpty: objectUnlessEmpty(Inner, 'An object with something in it.', 'it'),
    objectOrText: objectOrText(Inner, 'name', 'An object, or one member of it.', 'it'),
    texts: texts('Texts.', 'it'),
    identifiers: identifiers('Ids.', 'it'),
    numbers: numbers('Numbers.', 'it'),
    objects: objects(Inner, 'Objects.', 'it'),
  },
})

builder.queryFields((t) => ({
  probe: t.field({
    type: Probe,
    nullable: false,
    description: 'The member.',
    resolve: (source) => source as Source,
  }),
}))

const schema = builder.toSchema()
const SCALARS = ['text', 'identifier', 'number', 'whole', 'flag', 'dateTime', 'choice']
const INNER = ['object', 'objectUnlessEmpty', 'objectOrText', 'objects']
const NAMES = Object.keys(assertObjectType(schema.getType('Probe')).getFields())
const document = parse(
  `{ probe { ${NAMES.map((name) => (INNER.includes(name) ? `${name} { name }` : name)).join(' ')} } }`,
)

async function read(value: unknown) {
  const rootValue: Source = { get: () => value }
  const { data, errors = [] } = await execute({ schema, document, rootValue })
  // Through JSON, as clients get it.
  const { probe } = JSON.parse(JSON.stringify(data)) as { probe: Record<string, unknown> }
  return { probe, errors }
}

/** JSON with what Aurora is known or feared to write where something else was wanted. */
const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double().map((given) => String(given)),
  fc.double({ noNaN: true }),
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((given) => `${given}%`),
  fc.jsonValue({ maxDepth: 2 }).map((given) => JSON.stringify(given)),
  fc.array(
    fc.oneof(
      fc.constant(null),
      fc.double(),
      fc.string(),
      fc.constant('null'),
      fc.dictionary(fc.string(), fc.string()),
    ),
  ),
  fc.constantFrom('', ' ', '%', 'null', 'true', 'known', 'Infinity', '0x1f', '1e400', '[', '[null]', '{}'),
  fc.constantFrom(JSON.parse('1e400') as unknown, -0, 2 ** 31, -(2 ** 31), 2 ** 53),
  fc
    .constantFrom('then', '__proto__', 'constructor', 'toJSON')
    .map((name) => JSON.parse(`{"${name}": {"a": 1}}`) as unknown),
)

it('a field shows a value or fails with UPSTREAM_INVALID; the others beside it are not touched', async () => {
  await fc.assert(
    fc.asyncProperty(anyJson, async (value) => {
      const { errors, probe } = await read(value)

      const codes = errors.map(({ originalError }) =>
        isGatewayError(originalError) ? originalError.code : originalError,
      )
      expect(codes.filter((code) => code !== 'UPSTREAM_INVALID')).toEqual([])
      expect(Object.keys(probe)).toEqual(NAMES)
      for (const { path = [] } of errors) expect(valueAt({ probe }, path)).toBeNull()
      if (typeof value === 'object') expect(SCALARS.flatMap((name) => probe[name] ?? [])).toEqual([])
    }),
    { numRuns: 600 },
  )
})

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (inner === null ? null : (inner as Record<string, unknown>)[key]),
    value,
  )

it('JSON comes out as it came', async () => {
  await fc.assert(
    fc.asyncProperty(anyJson, async (value) => {
      const { probe } = await read(value)

      expect(probe['json']).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 150 },
  )
})

it('a number comes out as it is, however it was written', async () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
  await fc.assert(
    fc.asyncProperty(finite, fc.constantFrom('', ' ', '%', ' %\n'), async (value, end) => {
      const shown = JSON.parse(JSON.stringify(value)) as unknown
      for (const written of [value, `${value}${end}`]) {
        expect((await read(written)).probe['number']).toEqual(shown)
      }
      expect((await read([`${value}`, null, 'null', value])).probe['numbers']).toEqual([
        shown,
        null,
        null,
        shown,
      ])
    }),
    { numRuns: 100 },
  )
})

it('a value of more levels than an answer can hold fails alone', async () => {
  const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown

  for (const value of [deep, { inside: deep }]) {
    const { probe, errors } = await read(value)

    expect(probe['json']).toBeNull()
    expect(errors.map(({ message }) => message)).toContain(
      'Aurora sent something other than a value of a sane depth here.',
    )
  }
})

it('nothing is nothing, in every field and without an error', async () => {
  for (const nothing of [null, undefined]) {
    const { probe, errors } = await read(nothing)

    expect(errors).toEqual([])
    expect(new Set(Object.values(probe))).toEqual(new Set([null]))
  }
})
