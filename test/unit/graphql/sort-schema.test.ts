// The order of the schema, which introspection shows, and its validity, which no start checks.
import { GraphQLSchema, introspectionFromSchema, lexicographicSortSchema, validateSchema } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../../src/graphql/schema.ts'

it('is the one that graphql gives a schema', () => {
  const text = (shown: GraphQLSchema): string => JSON.stringify(introspectionFromSchema(shown))
  expect(text(schema)).toBe(text(lexicographicSortSchema(schema)))
})

it('the schema is valid', () => {
  expect(validateSchema(new GraphQLSchema({ ...schema.toConfig(), assumeValid: false }))).toEqual([])
})
