// Decides whether what is typed can be counted: the question to the gateway, or a hint at what is missing.
import { parse, validate } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { readTyped } from './unknown.ts'
import type { Members } from './unknown.ts'

export interface Typed {
  readonly query: string
  readonly variables: string
  readonly headers: string
  /** That of the operation in which the cursor is. */
  readonly operationName: string | null
  /** Null until the gateway has sent it. Without it, only the gateway can validate the query. */
  readonly schema: GraphQLSchema | null
}

export interface Question {
  readonly headers: Readonly<Record<string, string>>
  readonly variables: {
    readonly query: string
    readonly variables: Members
    readonly operationName: string | null
  }
}

export interface Hint {
  readonly hint: string
}

export function readQuestion({ query, variables, headers, operationName, schema }: Typed): Question | Hint {
  const document = readDocument(query, schema)
  if ('hint' in document) return document
  const values = readTyped(variables)
  if (values === null) return { hint: 'The variables are not a JSON object yet.' }
  const fields = readTyped(headers)
  if (fields === null) return { hint: 'The headers are not a JSON object yet.' }
  return {
    headers: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
    variables: { query, variables: values, operationName: chooseOperation(document, operationName) },
  }
}

/** As many lines as a hint has room for. */
const MAX_HINT = 200

function readDocument(query: string, schema: GraphQLSchema | null): DocumentNode | Hint {
  if (query.replaceAll(/#.*/g, '').trim() === '') return { hint: 'Type a query: its cost is shown here.' }
  let document: DocumentNode
  try {
    document = parse(query)
  } catch (error) {
    return hintAt('Not a whole query yet', error)
  }
  if (!document.definitions.some(({ kind }) => kind === 'OperationDefinition'))
    return { hint: 'Type a query: these are fragments only.' }
  const [fault] = schema ? validate(schema, document, undefined, { maxErrors: 1 }) : []
  return fault ? hintAt('Not a valid query yet', fault) : document
}

const hintAt = (what: string, fault: unknown): Hint => ({
  hint: `${what}: ${fault instanceof Error ? fault.message : String(fault)}`.slice(0, MAX_HINT),
})

/** A name that the document does not have belongs to an earlier text. */
function chooseOperation({ definitions }: DocumentNode, wanted: string | null): string | null {
  const names = definitions.flatMap((definition) =>
    definition.kind === 'OperationDefinition' ? [definition.name?.value ?? null] : [],
  )
  return names.includes(wanted) ? wanted : (names[0] ?? null)
}
