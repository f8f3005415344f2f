// The executor against graphql-js over the schema of the gateway itself, with loaders that answer everything at once, late, or not.
import fc from 'fast-check'
import { execute, parse, validate, versionInfo } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { expect, it } from 'vitest'
import { GatewayError } from '../../../src/errors/errors.ts'
import { createExecute } from '../../../src/execution/execute.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { outsideNulls } from '../../support/outside-nulls.ts'
import { makeDocument } from '../../support/schema-documents.ts'

const executeOurs = createExecute(schema)

/** 0 to 1, by what is asked. */
function chance(seed: number, asked: string): number {
  let hash = seed | 0
  for (const letter of asked) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x5bd1e995)
  hash ^= hash >>> 15
  return (Math.imul(hash, 0x2c1b3c6d) >>> 0) / 2 ** 32
}

const VALUES: readonly unknown[] = [
  'text',
  '7',
  'sold',
  12.5,
  true,
  null,
  undefined,
  {},
  { id: 'x', name: 'n' },
  [],
  ['a', null, 3],
  ['a', {}, 3],
  [{ id: 1 }, null],
  '2026-01-02T03:04:05Z',
  '',
]

/** What is known of a whole list, beside its slice. */
const FOUND = { total: 3, isComplete: false, asOf: null, missingPages: 1, failure: null, hasMoved: false }

/** An object of Aurora, a list of them, or a slice of a list: whatever the field makes of it. */
function openContext(seed: number) {
  const value = (asked: string, make: () => unknown): unknown => {
    const how = chance(seed, `${asked} how`)
    const fault = (): GatewayError => new GatewayError('NOT_FOUND', `nothing at ${asked}`)
    if (how < 0.05) return Promise.reject(fault())
    if (how < 0.08) throw fault()
    return how < 0.3 ? Promise.resolve(make()) : make()
  }
  const object = (kind: string, key: string, depth = 0): object => {
    const self = {
      kind,
      key,
      hasNext: true,
      hasPrevious: false,
      get: (member: string) =>
        value(
          `${kind} ${key} ${member}`,
          () => VALUES[Math.floor(chance(seed, `${kind} ${key} ${member}`) * VALUES.length)],
        ),
      raw: () => value(`${kind} ${key}`, () => ({ kind, key })),
    }
    if (depth > 0) return self
    const items = [0, 1, 2].map((index) => item(kind, `${key}/${index}`))
    return Object.assign(items, self, { edges: items.map((node, index) => ({ cursor: `c${index}`, node })) })
  }
  /** A list may contain what its type does not allow, and an error in place of an item. */
  const item = (kind: string, key: string): object | null => {
    const what = chance(seed, `${kind} ${key} item`)
    if (what < 0.08) return null
    return what < 0.16 ? new GatewayError('NOT_FOUND', `no ${key}`) : object(kind, key, 1)
  }
  const byKey = (kind: string) => ({
    refer: (key: string) => object(kind, key, 1),
    load: (key: string) => value(`load ${kind} ${key}`, () => object(kind, key, 1)),
    find: (key: string) => value(`find ${kind} ${key}`, () => object(kind, key, 1)),
    readWith: (key: string) => value(`read ${kind} ${key}`, () => ({ kind, key })),
  })
  return {
    isTraced: false,
    describe: ({ code, message }: GatewayError) => ({ message, extensions: { code } }),
    parts: { spoil: () => {} },
    loaders: {
      object: byKey,
      read: (operation: string) => (key: unknown) =>
        value(`${operation} ${JSON.stringify(key)}`, () => object('project', 'p1')),
      find: (operation: string) => (question: unknown) =>
        value(`find ${operation} ${JSON.stringify(question)}`, () =>
          Object.assign(object('project', 'found'), FOUND),
        ),
    },
  }
}

/** Errors of promises that settle together have no order among them. */
function seen(result: ExecutionResult): string {
  const { shown, below } = outsideNulls(result, ({ message, path, locations }) =>
    JSON.stringify([message, path, locations]),
  )
  return JSON.stringify({ data: result.data, errors: shown.toSorted(), below })
}

it.runIf(versionInfo.major === 16)(
  'the executor answers as graphql-js does over the schema of the gateway',
  async () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 31 })
    let withData = 0
    await fc.assert(
      fc.asyncProperty(seeds, seeds, fc.boolean(), async (documentSeed, seed, no) => {
        const text = makeDocument(documentSeed, schema, ['explain'])
        const document = parse(text)
        expect(validate(schema, document).map(({ message }) => message)).toEqual([])
        const args = { document, variableValues: { no } }
        const theirs = await execute({ schema, ...args, contextValue: openContext(seed) })
        const ours = await executeOurs({ ...args, contextValue: openContext(seed) })
        if (ours === null) throw new Error('left to graphql-js')
        const shown = seen(ours)
        expect(`${text}\n${shown}`).toBe(`${text}\n${seen(theirs)}`)
        if (shown.length > 500) withData += 1
      }),
      { numRuns: 300 },
    )
    expect(withData).toBeGreaterThan(100)
  },
)
