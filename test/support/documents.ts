// The documents that the repository shows and tests, with values for their variables, and a document with every field.
import { readdirSync, readFileSync } from 'node:fs'
import {
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql'
import type { DataSet } from '../../src/simulator/data.ts'

export interface Document {
  readonly name: string
  readonly query: string
}

const FOLDERS = ['../queries/', '../../examples/'] as const

export const readDocuments = (): readonly Document[] =>
  FOLDERS.flatMap((folder) => {
    const url = new URL(folder, import.meta.url)
    const names = readdirSync(url).flatMap((file) => file.match(/^(.+)\.graphql$/)?.[1] ?? [])
    return names.map((name) => ({ name, query: readFileSync(new URL(`${name}.graphql`, url), 'utf8') }))
  })

/** Ids of a project with a team, a profile, and a design with several financings. */
export function pickVariables(data: DataSet) {
  const designOf = (projectId: string) =>
    data.designsOf(projectId).find(({ financings }) => financings.length > 1)
  const project = data.projects.find(({ id, team_id: team }) => team && data.profile(id) && designOf(id))
  if (!project) throw new Error('the data set has no such project')
  const designId = designOf(project.id)?.design.id ?? ''
  const userId = data.users[0]?.id ?? ''
  return {
    projectId: project.id,
    designId,
    userId,
    nodeIds: [`Project:${project.id}`, `Design:${designId}`, `User:${userId}`],
  }
}

type Field = GraphQLField<unknown, unknown>

/** The gateway refuses larger documents. */
const MAX_DOCUMENT_BYTES = 16 * 1024

/** Everything that can be reached without further ids from one project, design and user, and from each list. */
export function writeEveryField(schema: GraphQLSchema): readonly Document[] {
  const { project, design, user, ...others } = schema.getQueryType()?.getFields() ?? {}
  const byId = [project, design, user].flatMap((field) => field ?? [])
  const lists = Object.values(others).filter(needsNothing)
  return [
    ...byId.map((field) => writeDocument(field, `query ($${field.name}Id: ID!)`, `(id: $${field.name}Id)`)),
    ...lists.map((field) => writeDocument(field, '', sliceOf(field))),
  ]
}

/** The depth that fits into the longest document. Deeper levels repeat what is above them. */
function writeDocument(field: Field, head: string, args: string): Document {
  const queries = [5, 4, 3, 2].map((depth) => `${head} { ${field.name}${args}${select(field, [], depth)} }`)
  const query = queries.find(({ length }) => length <= MAX_DOCUMENT_BYTES) ?? '{ __typename }'
  return { name: `every field of ${field.name}`, query }
}

const needsNothing = ({ args }: Field): boolean => !args.some(isRequiredArgument)

const sliceOf = ({ args }: Field): string => (args.some(({ name }) => name === 'first') ? '(first: 2)' : '')

/** Each type once on every path down. */
function select({ type }: Field, above: readonly GraphQLNamedType[], depth: number): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const fields = Object.values(named.getFields()).filter((field) => {
    const below = getNamedType(field.type)
    const isNew = below !== named && !above.includes(below) && depth > 1
    return needsNothing(field) && (isLeafType(below) || isNew)
  })
  const names = fields.map(
    (field) => `${field.name}${sliceOf(field)}${select(field, [...above, named], depth - 1)}`,
  )
  return ` { __typename ${names.join(' ')} }`
}

/** What the fields of a document show, by their place in the answer, such as `projects.nodes.name`. */
export interface Shown {
  /** The members in its `needs`. */
  readonly members: readonly string[]
  /** A value without documented members, so it may contain anything. */
  readonly isOpaque: boolean
}

export function readShown(schema: GraphQLSchema, query: string): ReadonlyMap<string, Shown> {
  const shown = new Map<string, Shown>()
  const path: string[] = []
  const types = new TypeInfo(schema)
  visit(
    parse(query),
    visitWithTypeInfo(types, {
      Field: {
        enter({ name, alias }) {
          path.push(alias?.value ?? name.value)
          const needs: unknown = types.getFieldDef()?.extensions['needs']
          const members = Array.isArray(needs) ? needs.map(String) : []
          const type = types.getType()
          const isOpaque = OPAQUE.has(type ? getNamedType(type).name : '') || CURSORS.has(name.value)
          shown.set(path.join('.'), { members, isOpaque })
        },
        leave: () => void path.pop(),
      },
    }),
  )
  return shown
}

const OPAQUE: ReadonlySet<string> = new Set(['JSON'])
/** They contain the time of an object in Aurora's form. */
const CURSORS: ReadonlySet<string> = new Set(['cursor', 'startCursor', 'endCursor'])
