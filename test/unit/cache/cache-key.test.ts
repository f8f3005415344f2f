// Two different questions never have one key, whatever stands in their parts.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { callKey } from '../../../src/rest/call.ts'
import { listedKey } from '../../../src/cache/listed-key.ts'
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

it('a key is the JSON of the question, so that replicas and cache files of every version find the same answers', () => {
  const pairs = (parts: Readonly<Record<string, string>>): string[][] =>
    Object.entries(parts).sort(([left], [right]) => (left < right ? -1 : 1))
  fc.assert(
    fc.property(anyText, fc.constantFrom(...ALL_READS), anyIds, anyIds, (scope, endpoint, path, query) => {
      expect(callKey(scope as ScopeKey, { endpoint, path, query })).toBe(
        JSON.stringify([scope, endpoint.operation, pairs(path), pairs(query)]),
      )
      expect(listedKey(scope as ScopeKey, endpoint.kind, scope)).toBe(
        JSON.stringify([scope, 'listed', endpoint.kind, scope]),
      )
    }),
    { numRuns: 5000 },
  )
})
