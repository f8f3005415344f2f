import { GraphQLError, Kind, locatedError, parse } from 'graphql'
import type { FieldNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { locateError } from '../../../src/execution/locate-error.ts'

function readFields(text: string): readonly FieldNode[] {
  const [operation] = parse(text).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
  return operation.selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD)
}

const nodes = readFields('{\n  a\n  a\n}')
const PATH = ['a', 1, 'b']

const thrown: [name: string, thrown: unknown][] = [
  ['an error', new Error('no')],
  ['a text', 'no'],
  ['nothing', undefined],
  ['an error of graphql', new GraphQLError('no', { extensions: { code: 'X' } })],
  ['an error of graphql that has its place', new GraphQLError('no', { path: ['c'], nodes })],
  ['an error with extensions', Object.assign(new Error('no'), { extensions: { code: 'X' } })],
  ['an error with nodes of its own', Object.assign(new Error('no'), { nodes: readFields('{ x }') })],
  ['an error with a path of its own', Object.assign(new Error('no'), { path: ['z'] })],
]

const shown = (error: GraphQLError) => ({
  written: JSON.stringify(error),
  isOfGraphql: error instanceof GraphQLError,
  text: String(error),
  name: error.name,
  nodes: error.nodes,
  source: error.source,
  positions: error.positions,
})

describe('the error of a place', () => {
  it.each(thrown)('made of %s is that of graphql', (_, each) => {
    const located = locateError(each, nodes, PATH)
    const expected = locatedError(each, nodes, PATH)
    expect(shown(located)).toEqual(shown(expected))
    if (each instanceof Error) expect(located.originalError).toBe(expected.originalError)
  })

  it('costs neither a stack nor a second look into the document, as an answer may have thousands', () => {
    const [first, second] = [new Error('a'), new Error('b')].map((each) => locateError(each, nodes, PATH))
    expect(first).not.toHaveProperty('stack')
    expect(second?.locations).toBe(first?.locations)
  })
})
