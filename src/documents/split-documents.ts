// Splits an app's .graphql files into one document for each operation, with the fragments that it needs and no others.
import { createHash } from 'node:crypto'
import { Kind, parse, print, visit } from 'graphql'
import type { DefinitionNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql'
import { withTypenames } from './typenames.ts'

export interface SourceFile {
  readonly name: string
  readonly text: string
}

export interface AppDocument {
  /** SHA-256 of the text, in hex. */
  readonly id: string
  readonly name: string
  readonly type: 'query' | 'mutation' | 'subscription'
  readonly body: string
  readonly file: string
}

/** Sorted by name, so that the same files make the same manifest. Throws an Error that names the file and the fault. */
export function splitDocuments(files: readonly SourceFile[]): readonly AppDocument[] {
  const fragments = new Map<string, FragmentDefinitionNode>()
  const operations: { readonly file: string; readonly operation: OperationDefinitionNode }[] = []
  for (const { name: file, text } of files)
    for (const definition of parseFile(file, text)) {
      if (definition.kind === Kind.OPERATION_DEFINITION) operations.push({ file, operation: definition })
      else if (definition.kind !== Kind.FRAGMENT_DEFINITION)
        throw new Error(`${file}: only operations and fragments belong here`)
      else if (fragments.has(definition.name.value))
        throw new Error(`${file}: there are two fragments ${definition.name.value}`)
      else fragments.set(definition.name.value, definition)
    }
  const documents = operations.map(({ file, operation }): AppDocument => {
    const name = operation.name?.value ?? file.replace(/\.graphql$/, '')
    const needed = neededBy(operation, fragments, file)
    const body = [operation, ...needed].map((node) => print(withTypenames(node))).join('\n\n')
    return {
      id: createHash('sha256').update(body).digest('hex'),
      name,
      type: operation.operation,
      body,
      file,
    }
  })
  const names = new Set<string>()
  for (const { name, file } of documents) {
    if (names.has(name)) throw new Error(`${file}: there are two operations ${name}`)
    names.add(name)
  }
  return documents.toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

function parseFile(file: string, text: string): readonly DefinitionNode[] {
  try {
    return parse(text).definitions
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : 'it cannot be read'}`, {
      cause: error,
    })
  }
}

/** The fragments that an operation needs, directly or through other fragments, in the order of their names. */
function neededBy(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  file: string,
): readonly FragmentDefinitionNode[] {
  const needed = new Map<string, FragmentDefinitionNode>()
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name: { value: name } }) {
        const fragment = fragments.get(name)
        if (!fragment) throw new Error(`${file}: there is no fragment ${name}`)
        if (needed.has(name)) return
        needed.set(name, fragment)
        collect(fragment)
      },
    })
  }
  collect(operation)
  return [...needed.values()].toSorted((left, right) => (left.name.value < right.name.value ? -1 : 1))
}

/** Apollo's form, which the tools of several clients read. */
export const toManifest = (documents: readonly AppDocument[]): string =>
  `${JSON.stringify(
    {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: documents.map(({ id, name, type, body }) => ({ id, name, type, body })),
    },
    null,
    2,
  )}\n`
