// The plans of operations that were executed before, found by their document, their name, and the values that decide their fields.
import { Kind } from 'graphql'
import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { OperationPlan } from './plan.ts'
import { lettersOf, readDirectives } from './variables.ts'
import type { VariableValues } from './variables.ts'

/** A plan holds its document, so it is counted as graphql/read-documents.ts counts documents. */
const BYTES_PER_CHAR = 75
/** Some 200 screens of 100 fields. */
const MAX_BYTES = 48 * 1024 * 1024

/** What all operations of a document share. */
interface DocumentFacts {
  readonly id: number
  /** The keys of its remembered plans. */
  readonly keys: Set<string>
  readonly operations: readonly OperationDefinitionNode[]
  readonly fragments: Record<string, FragmentDefinitionNode>
  readonly directiveVariables: readonly string[]
  readonly isStreamed: boolean
  readonly bytes: number
  /** Whether its plans are dropped when it is garbage collected. */
  isWatched: boolean
}

export interface Plans {
  /** Null if the document has no such operation, or several, or demands an answer in parts. */
  operation(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode | null
  /** Returns the same plan for all values of variables that select the same fields. */
  find(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variableValues: VariableValues,
  ): OperationPlan
  /** Remembers the plan as long as its document exists, and counts what an execution has added to the plan. */
  keep(plan: OperationPlan, document: DocumentNode): void
}

export function createPlans(schema: GraphQLSchema, maxBytes: number = MAX_BYTES): Plans {
  const facts = new WeakMap<DocumentNode, DocumentFacts>()
  const plans = new LRUCache<string, OperationPlan>({
    maxSize: maxBytes,
    dispose: ({ keys }, key) => keys.delete(key),
  })
  /** Plans whose document is gone cannot be found again, so they leave. No plan holds its whole document. */
  const lost = new FinalizationRegistry<ReadonlySet<string>>((keys) => {
    for (const key of keys) plans.delete(key)
  })
  let documents = 0

  function factsOf(document: DocumentNode): DocumentFacts {
    const known = facts.get(document)
    if (known) return known
    documents += 1
    const made = readFacts(document, documents)
    facts.set(document, made)
    return made
  }

  /** Watching costs more than making a small plan, so only documents with a remembered plan are watched. */
  function watch(document: DocumentNode): void {
    const known = factsOf(document)
    if (known.isWatched) return
    known.isWatched = true
    lost.register(document, known.keys)
  }

  return {
    operation: (document, name) => findOperation(factsOf(document), name),
    find(document, operation, variableValues) {
      const { id, keys, fragments, directiveVariables, bytes } = factsOf(document)
      const key = `${id} ${operation.name?.value ?? ''} ${lettersOf(directiveVariables, variableValues)}`
      const known = plans.get(key)
      if (known) return known
      return {
        schema,
        fragments,
        operation,
        key,
        keys,
        bytes,
        countedBytes: 0,
        root: null,
      }
    },
    keep(plan, document) {
      if (plan.countedBytes === plan.bytes) return
      watch(document)
      plan.countedBytes = plan.bytes
      // The cache counts the size of a value again only if it was removed before.
      plans.delete(plan.key)
      plans.set(plan.key, plan, { size: plan.bytes })
      if (plans.has(plan.key)) plan.keys.add(plan.key)
    },
  }
}

function findOperation(
  { operations, isStreamed }: DocumentFacts,
  name: string | null | undefined,
): OperationDefinitionNode | null {
  if (isStreamed) return null
  const found =
    name === null || name === undefined ? operations : operations.filter((each) => each.name?.value === name)
  return found.length === 1 ? (found[0] ?? null) : null
}

function readFacts(document: DocumentNode, id: number): DocumentFacts {
  const operations: OperationDefinitionNode[] = []
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>
  for (const each of document.definitions)
    if (each.kind === Kind.OPERATION_DEFINITION) operations.push(each)
    else if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each
  const { names, variables } = readDirectives(document)
  return {
    id,
    keys: new Set(),
    operations,
    fragments,
    directiveVariables: [...variables],
    isStreamed: names.has('defer') || names.has('stream'),
    bytes: (document.loc?.end ?? 0) * BYTES_PER_CHAR,
    isWatched: false,
  }
}
