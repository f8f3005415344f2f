// Whatever the contract lets Aurora answer, each field of each type shows what was sent, and the answer counts its calls.
import { getNamedType, getNullableType, isEnumType, isLeafType, isListType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLObjectType, GraphQLOutputType } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { KIND_OF_TYPE, kindRow } from '../../src/aurora/kinds.ts'
import type { Kind } from '../../src/aurora/kinds.ts'
import { ALL_READS } from '../../src/aurora/reads.ts'
import { schema } from '../../src/graphql/schema.ts'
import { LISTED, openContractAurora, PARENT } from '../support/contract-aurora.ts'
import type { ContractAurora } from '../support/contract-aurora.ts'
import type { Members } from '../support/contract-values.ts'
import { examplesOf } from '../support/examples.ts'
import { createTestGateway } from '../support/test-gateway.ts'

let aurora: ContractAurora

beforeAll(async () => void (aurora = await openContractAurora()))
afterAll(() => aurora[Symbol.asyncDispose]())

type Field = GraphQLField<unknown, unknown>
type Shown = Readonly<Record<string, unknown>>

const isShown = (value: unknown): value is Shown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The member that a field shows; undefined where it shows something else, or another object of Aurora. */
function memberOf({ extensions, type }: Field): string | undefined {
  const { needs } = extensions
  const below = getNamedType(type)
  const isValue = isLeafType(below) || (isObjectType(below) && !KIND_OF_TYPE.has(below.name))
  return isValue && Array.isArray(needs) && needs.length === 1 ? String(needs[0]) : undefined
}

const fieldsOf = (type: GraphQLObjectType): readonly [Field, member: string][] =>
  Object.values(type.getFields()).flatMap((field) => {
    const member = memberOf(field)
    return member === undefined ? [] : [[field, member] as [Field, string]]
  })

function select(type: GraphQLObjectType): string {
  const fields = fieldsOf(type).map(([{ name, type: of }]) => {
    const below = getNamedType(of)
    return isObjectType(below) ? `${name} ${select(below)}` : name
  })
  return `{ __typename ${fields.join(' ')} }`
}

/** Places where something else is shown than was sent. */
function findDifferences(type: GraphQLObjectType, shown: Shown, sent: Members, path: string): string[] {
  return fieldsOf(type).flatMap(([{ name, type: of }, member]) =>
    // The maker of a part may come from the other parts.
    name.startsWith('manufacturer') && isBlank(sent[member])
      ? []
      : compare(of, shown[name], sent[member], `${path}.${name}`),
  )
}

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

function compare(type: GraphQLOutputType, shown: unknown, sent: unknown, path: string): string[] {
  const here = [`${path}: ${JSON.stringify(shown)} of ${JSON.stringify(sent)}`]
  const below = getNamedType(type)
  if (sent === undefined || sent === null) return shown === null ? [] : here
  if (isListType(getNullableType(type))) {
    if (!Array.isArray(shown) || !Array.isArray(sent) || shown.length !== sent.length) return here
    return shown.flatMap((item, at) => compare(below, item, sent[at], `${path}.${at}`))
  }
  if (isObjectType(below)) {
    // What Aurora has not computed may come without members.
    if (shown === null) return Object.keys(sent).length === 0 ? [] : here
    return isShown(shown) ? findDifferences(below, shown, sent as Members, path) : here
  }
  return JSON.stringify(shown) === JSON.stringify(toShown(below.name, sent, shown)) ? [] : here
}

function toShown(typeName: string, sent: unknown, shown: unknown): unknown {
  switch (typeName) {
    case 'DateTime':
      return aurora.momentOf(String(sent))
    case 'Float':
    case 'Int':
      return Number(String(sent).replace('%', ''))
    case 'Boolean':
      return String(sent) === 'true'
    case 'JSON':
      return sent
    default:
      // The word itself is in a field beside it; which words mean a value is a matter of unit tests. A job without one is running.
      return isEnumType(schema.getType(typeName))
        ? isBlank(sent) && typeName !== 'JobStatus'
          ? null
          : shown
        : String(sent)
  }
}

/** All members that the reads of an object show; the sizes of a design are in its summary. */
const membersOf = (kind: Kind, id: string): Members =>
  Object.assign(
    {},
    ...ALL_READS.filter((read) => read.kind === kind || (kind === 'design' && read.kind === 'designSummary'))
      .toSorted(
        (left, right) => Number(right.kind === 'designSummary') - Number(left.kind === 'designSummary'),
      )
      .map((read) => aurora.membersOf(read, id)),
  ) as Members

const keyOf = (kind: Kind, id: string): string =>
  kindRow(kind).keyedBy === 'parent/id' ? `${PARENT}/${id}` : id

const types = [...KIND_OF_TYPE].filter(([, kind]) => kindRow(kind).keyedBy !== 'tenant')
const seeds = Array.from({ length: examplesOf(3) }, (_, at) => `${process.env['TEST_SEED'] ?? ''} ${at}`)

it.each(types)('%s shows what was sent', async (typeName, kind) => {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) throw new Error(`${typeName} is no type`)
  const asked = LISTED.map(
    (id) => `o${id}: node(id: "${typeName}:${keyOf(kind, id)}") { ... on ${typeName} ${select(type)} }`,
  )
  for (const seed of seeds) {
    aurora.setSeed(seed)
    await using gateway = await createTestGateway({ baseUrl: aurora.url, simulator: { projectCount: 1 } })

    const { data, errors, extensions } = await gateway.ask<Shown>(`{ ${asked.join(' ')} }`)

    expect({ seed, errors }).toEqual({ seed, errors: undefined })
    expect(extensions.upstream.calls).toBe(aurora.calls.length)
    const differences = LISTED.flatMap((id) => {
      const shown = data?.[`o${id}`]
      return isShown(shown) ? findDifferences(type, shown, membersOf(kind, id), id) : [`${id}: nothing`]
    })
    expect({ seed, differences }).toEqual({ seed, differences: [] })
  }
})
