// The upstream contract as data, with its references followed.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Schema {
  readonly $ref?: string
  readonly required?: readonly string[]
}

interface Operation {
  readonly get: {
    readonly responses: {
      readonly '200': { readonly content: { readonly 'application/json': { readonly schema?: Schema } } }
    }
  }
}

interface Contract {
  readonly paths: Readonly<Record<string, Operation>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export const contract = parse(
  readFileSync(new URL('aurora.openapi.yaml', import.meta.url), 'utf8'),
) as Contract

export function resolve(schema: Schema | undefined): Schema | undefined {
  const name = schema?.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolve(contract.components.schemas[name])
}

/** An answer as the contract describes it, with references followed and parts put together. */
export interface Described {
  readonly types: readonly string[]
  readonly properties: Readonly<Record<string, Described>>
  readonly items: Described | null
}

interface Node extends Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly allOf?: readonly Node[]
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
}

/** By operationId; operations that are answered with no JSON are left out. */
export function readAnswers(): ReadonlyMap<string, Described> {
  const operations = Object.values(contract.paths).flatMap((verbs) => Object.values(verbs) as unknown[])
  return new Map(
    operations.flatMap((operation) => {
      const { operationId, responses = {} } = operation as {
        operationId?: string
        responses?: Record<string, { content?: Record<string, { schema?: Node }> }>
      }
      const [success] = Object.entries(responses).filter(([status]) => status.startsWith('2'))
      const schema = success?.[1].content?.['application/json']?.schema
      return operationId !== undefined && schema ? [[operationId, describeNode(schema)] as const] : []
    }),
  )
}

function describeNode(given: Node): Described {
  const node = (resolve(given) ?? {}) as Node
  const parts = [...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])].map(describeNode)
  const own = Object.entries(node.properties ?? {}).map(([name, inner]) => [name, describeNode(inner)])
  return {
    types: [node.type ?? [], parts.flatMap(({ types }) => types)].flat(2),
    properties: Object.assign(
      {},
      ...parts.map(({ properties }) => properties),
      Object.fromEntries(own),
    ) as Described['properties'],
    items: node.items ? describeNode(node.items) : null,
  }
}

/** What names an answer of the contract: the operation, and where in the answer the object or list is. */
export interface AnswerName {
  readonly operation: string
  readonly wrapper: string | null
  readonly answers: 'object' | 'list' | 'nothing'
}

const answers = readAnswers()

/** The members of an answer's object, or of the items of its list; none where the answer has no body. */
export function readMembers({ operation, wrapper, answers: form }: AnswerName): Described['properties'] {
  if (form === 'nothing') return {}
  const body = answers.get(operation)
  const inner = wrapper === null ? body : body?.properties[wrapper]
  return (form === 'list' ? inner?.items : inner)?.properties ?? {}
}

/** The names that the contract gives, in its order. */
export function readNames(): {
  readonly operationIds: readonly string[]
  readonly routes: readonly string[]
} {
  const verbs = Object.values(contract.paths).flatMap((path) => Object.values(path) as unknown[])
  const operationIds = verbs.flatMap((verb) => {
    const { operationId } = (verb ?? {}) as { operationId?: unknown }
    return typeof operationId === 'string' ? [operationId] : []
  })
  return { operationIds, routes: Object.keys(contract.paths) }
}
