// Two different questions never have one key, whatever stands in their parts.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { callKey, createKeys } from '../../../src/rest/call.ts'
import { createListedKeys, listedKey } from '../../../src/cache/listed-key.ts'
import type { ScopeKey } from '../../../src/rest/scope.ts'
import { ALL_READS, READS } from '../../../src/aurora/reads.ts'

/** A few letters, and the marks that separate the parts of a key, so that different parts can look alike. */
const part = fc.string({ unit: fc.constantFrom('a', 'b', ':', '"', ',', '[', ']', '\\', ' '), maxLength: 4 })
const question = fc.record({
  scope: part.map((key) => key as ScopeKey),
  endpoint: fc.constantFrom(READS.retrieveProject, READS.listProjects, READS.listDesigns),
  path: fc.dictionary(part, part, { maxKeys: 2 }),
  query: fc.dictionary(part, part, { maxKeys: 2 }),
})

it('S10 a key is that of one scope, operation, path and query alone', () => {
  fc.assert(
    fc.property(question, question, (one, other) => {
      const isSame =
        one.scope === other.scope &&
        one.endpoint === other.endpoint &&
        isDeepStrictEqual({ ...one.path }, { ...other.path }) &&
        isDeepStrictEqual({ ...one.query }, { ...other.query })
      expect(callKey(one.scope, one) === callKey(other.scope, other)).toBe(isSame)
    }),
    { numRuns: 5000 },
  )
})

it('S10 `a:b` with `c` is not `a` with `b:c`, and a listed object is no call', () => {
  const keys = [
    listedKey('a' as ScopeKey, 'project', 'b'),
    listedKey('a:b' as ScopeKey, 'project', 'c'),
    listedKey('a' as ScopeKey, 'project', 'b:c'),
    callKey('a' as ScopeKey, { endpoint: READS.retrieveProject, path: { id: 'b' }, query: {} }),
  ]
  expect(new Set(keys).size).toBe(keys.length)
})

/** The marks of the other tests, and what JSON has to escape: lone halves of a pair, control characters, line ends of JavaScript. */
const anyText = fc.oneof(
  part,
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom('\ud800', '\udc00', '\u2028', '\u0000', 'é', '__proto__'),
    maxLength: 3,
  }),
)
const anyIds = fc.dictionary(anyText, anyText, { maxKeys: 4 })
const anId = fc.oneof(fc.uuid(), anyText)
const anyQuestion = fc.constantFrom(...ALL_READS).chain((endpoint) =>
  fc.record({
    endpoint: fc.constant(endpoint),
    path: fc.oneof(
      // As the loaders make it: the ids of the route, and no others.
      anId.map((id) => Object.fromEntries(endpoint.parameters.map((name) => [name, id]))),
      anyIds,
    ),
    query: fc.oneof(fc.constant({}), fc.constant({ page: '1', per_page: '250' }), anyIds),
    kind: fc.constant(endpoint.kind),
    id: anId,
  }),
)
const pairs = (parts: Readonly<Record<string, string>>): string[][] =>
  Object.entries(parts).sort(([left], [right]) => (left < right ? -1 : 1))

it('a key is the JSON of the question, so that replicas and cache files of every version find the same answers', () => {
  fc.assert(
    fc.property(anyText, anyText, fc.array(anyQuestion, { maxLength: 6 }), (one, other, questions) => {
      const scopes = [one, other] as ScopeKey[]
      // Those of a request write once what keys have in common, so each question comes twice.
      const ofRequest = scopes.map((scope) => createKeys(scope))
      const keyOf = createListedKeys()
      for (const asked of [...questions, ...questions])
        for (const [index, scope] of scopes.entries()) {
          const { endpoint, path, query, kind, id } = asked
          const key = JSON.stringify([scope, endpoint.operation, pairs(path), pairs(query)])
          expect([callKey(scope, asked), ofRequest[index]?.(asked)]).toEqual([key, key])
          const listed = JSON.stringify([scope, 'listed', kind, id])
          expect([listedKey(scope, kind, id), keyOf(scope, kind, id)]).toEqual([listed, listed])
        }
    }),
    { numRuns: 2000 },
  )
})
